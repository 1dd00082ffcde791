import { closestOf } from './closest.ts'
import type { Definitions, JsonSchema, JsonType } from './definitions.ts'
import { describeSchema, describeTypeOf, describeValues } from './describe-schema.ts'

export interface Violation {
  /** `items[0].price`; empty for the value itself. */
  path: string
  rule: 'type' | 'required' | 'unknown' | 'enum' | 'const' | 'anyOf'
  message: string
  expected?: string
  /** The known key that an unknown one most resembles. */
  suggestion?: string
}

export interface ValidateOptions {
  /** Treats objects that Stripe returns as closed, to find fields that the API does not have. */
  strictObjects?: boolean
}

/** Real answers nest some ten levels; what goes deeper is made to hurt. */
const MAX_DEPTH_LEVELS = 200

/** More would not be read, and a list with a million wrong elements must not cost a million messages. */
const MAX_VIOLATIONS = 100

type Key = string | number
/** A violation whose place is told from the inside out while we are on the way back up. */
type Finding = Omit<Violation, 'path'> & { keys: Key[] }

interface Check {
  definitions: Definitions
  strictObjects: boolean
  /** Branches of a union lead to the same types again; each pair of type and value is looked at once. */
  seen: Map<string, WeakMap<object, Finding[]>>
  depth: number
}

/**
 * Checks a JSON value strictly: at most one violation for each place, none when it conforms. Never throws on
 * JSON values, however odd, and ends even where objects refer to themselves.
 */
export function validate(
  definitions: Definitions,
  schema: JsonSchema,
  value: unknown,
  { strictObjects = false }: ValidateOptions = {},
): Violation[] {
  const check: Check = { definitions, strictObjects, seen: new Map(), depth: 0 }
  return findingsIn(check, schema, value).map(({ keys, ...rest }) => ({ path: formatPath(keys), ...rest }))
}

function findingsIn(check: Check, schema: JsonSchema, value: unknown): Finding[] {
  if (check.depth >= MAX_DEPTH_LEVELS)
    return [finding('type', `is nested deeper than ${MAX_DEPTH_LEVELS} levels`)]
  check.depth += 1
  try {
    if (schema.$ref !== undefined) return findingsInReference(check, schema.$ref, value)
    if (schema.anyOf) return findingsInUnion(check, schema, value)
    const wrong = wrongValue(schema, value)
    if (wrong) return [wrong]
    if (Array.isArray(value)) return findingsInList(check, schema, value)
    return isObject(value) ? findingsInObject(check, schema, value) : []
  } finally {
    check.depth -= 1
  }
}

function findingsInReference(check: Check, reference: string, value: unknown): Finding[] {
  const schema = resolve(check.definitions, reference)
  if (!schema) return [finding('type', `has a type that the definitions do not have (${reference})`)]
  if (typeof value !== 'object' || value === null) return findingsIn(check, schema, value)
  let seen = check.seen.get(reference)
  if (!seen) {
    seen = new WeakMap()
    check.seen.set(reference, seen)
  }
  const known = seen.get(value)
  if (known) return known
  // Holds while we look inside, so a value that contains itself comes back here and stops.
  seen.set(value, [])
  const findings = findingsIn(check, schema, value)
  seen.set(value, findings)
  return findings
}

/** What is wrong with a value by itself, before looking inside. */
function wrongValue(schema: JsonSchema, value: unknown): Finding | undefined {
  if (schema.type !== undefined && ![schema.type].flat().some((type) => hasType(value, type))) {
    const expected = describeSchema(schema)
    return finding('type', `must be ${expected}, not ${describeTypeOf(value)}`, expected)
  }
  if (schema.const !== undefined && value !== schema.const) {
    const expected = describeSchema(schema)
    return finding('const', `must be ${expected}`, expected)
  }
  if (schema.enum && schema['x-open-enum'] !== true && !schema.enum.includes(value as string)) {
    const expected = describeValues(schema.enum)
    const near =
      typeof value === 'string'
        ? closestOf(
            value,
            schema.enum.filter((each) => typeof each === 'string'),
          )
        : undefined
    return finding(
      'enum',
      `must be ${expected}${near === undefined ? '' : `. Did you mean '${near}'?`}`,
      expected,
    )
  }
  return undefined
}

function findingsInList(check: Check, { items }: JsonSchema, list: unknown[]): Finding[] {
  const findings: Finding[] = []
  if (!items) return findings
  for (const [position, element] of list.entries()) {
    addBelow(findings, position, findingsIn(check, items, element))
    if (findings.length >= MAX_VIOLATIONS) break
  }
  return findings
}

function findingsInObject(check: Check, schema: JsonSchema, value: Record<string, unknown>): Finding[] {
  const findings: Finding[] = []
  for (const name of schema.required ?? []) {
    if (!has(value, name)) addBelow(findings, name, [finding('required', 'is required')])
  }
  const properties = schema.properties ?? {}
  // A type without any fields says that there is something, not what.
  const isClosed = check.strictObjects && Object.keys(properties).length > 0
  const rest = schema.additionalProperties ?? !isClosed
  for (const key of Object.keys(value)) {
    if (findings.length >= MAX_VIOLATIONS) break
    // Undefined is not JSON: it will not be sent.
    if (value[key] === undefined) continue
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined
    if (property) addBelow(findings, key, findingsIn(check, property, value[key]))
    else if (typeof rest === 'object') addBelow(findings, key, findingsIn(check, rest, value[key]))
    else if (!rest) addBelow(findings, key, [unknownKey(key, Object.keys(properties))])
  }
  return findings.slice(0, MAX_VIOLATIONS)
}

function unknownKey(key: string, known: string[]): Finding {
  const suggestion = closestOf(key, known)
  if (suggestion === undefined) return finding('unknown', 'is not a known key')
  return { ...finding('unknown', `is not a known key. Did you mean '${suggestion}'?`), suggestion }
}

/** No violations if any branch has none; else those of the branch that was most likely meant. */
function findingsInUnion(check: Check, schema: JsonSchema, value: unknown): Finding[] {
  const branches = branchesOf(check.definitions, schema)
  const ofType = branches.filter(
    ({ type }) => type === undefined || [type].flat().some((each) => hasType(value, each)),
  )
  if (ofType.length === 0) {
    const expected = describeSchema(schema)
    return [finding('anyOf', `must be ${expected}, not ${describeTypeOf(value)}`, expected)]
  }
  if (!isObject(value)) return bestOf(check, schema, ofType, value)

  // Fields such as `object` and `type` say which branch this is, without looking at all of each.
  const differing = ofType.map((branch) => ({ branch, keys: differingConstants(branch, value) }))
  const fewest = Math.min(...differing.map(({ keys }) => keys.length))
  const nearest = differing.filter(({ keys }) => keys.length === fewest)
  const [key] = nearest[0]?.keys ?? []
  if (key === undefined || nearest.length === 1) {
    return bestOf(
      check,
      schema,
      nearest.map(({ branch }) => branch),
      value,
    )
  }
  const known = new Set(
    nearest.flatMap(({ branch, keys }) => (keys[0] === key ? (branch.properties?.[key]?.const ?? []) : [])),
  )
  const expected = describeValues([...known])
  return addBelow([], key, [finding('enum', `must be ${expected}`, expected)])
}

function bestOf(check: Check, schema: JsonSchema, branches: JsonSchema[], value: unknown): Finding[] {
  let best: Finding[] | undefined
  for (const branch of branches) {
    const findings = findingsIn(check, branch, value)
    if (findings.length === 0) return []
    if (!best || findings.length < best.length) best = findings
  }
  // Several wrong constants or lists are one statement: what the place takes in all.
  const isOneValue = branches.length > 1 && !isObject(value) && !Array.isArray(value)
  if (!isOneValue) return best ?? []
  const expected = describeSchema(schema)
  return [finding('anyOf', `must be ${expected}`, expected)]
}

/** Keys whose constant in the branch is not what the value holds; absent ones differ as well. */
function differingConstants(branch: JsonSchema, value: Record<string, unknown>): string[] {
  return constantKeysOf(branch).filter((key) =>
    has(value, key)
      ? value[key] !== branch.properties?.[key]?.const
      : (branch.required?.includes(key) ?? false),
  )
}

const constantKeys = new WeakMap<JsonSchema, string[]>()

function constantKeysOf(schema: JsonSchema): string[] {
  let keys = constantKeys.get(schema)
  if (!keys) {
    const properties = Object.entries(schema.properties ?? {})
    keys = properties.flatMap(([key, property]) => (property.const === undefined ? [] : key))
    constantKeys.set(schema, keys)
  }
  return keys
}

const branchLists = new WeakMap<JsonSchema, JsonSchema[]>()

/** All branches of a union, those of unions within it included. */
function branchesOf(definitions: Definitions, schema: JsonSchema): JsonSchema[] {
  let branches = branchLists.get(schema)
  if (!branches) {
    const found = new Set<JsonSchema>()
    collectBranches(definitions, schema, found, new Set())
    branches = [...found]
    branchLists.set(schema, branches)
  }
  return branches
}

function collectBranches(
  definitions: Definitions,
  schema: JsonSchema,
  found: Set<JsonSchema>,
  visited: Set<JsonSchema>,
): void {
  if (visited.has(schema)) return
  visited.add(schema)
  const resolved = schema.$ref === undefined ? schema : resolve(definitions, schema.$ref)
  if (resolved?.anyOf)
    for (const branch of resolved.anyOf) collectBranches(definitions, branch, found, visited)
  else found.add(resolved ?? schema)
}

function resolve(definitions: Definitions, reference: string): JsonSchema | undefined {
  const name = reference.slice('#/objects/'.length)
  return Object.hasOwn(definitions.objects, name) ? definitions.objects[name] : undefined
}

function hasType(value: unknown, type: JsonType): boolean {
  switch (type) {
    case 'object':
      return isObject(value)
    case 'array':
      return Array.isArray(value)
    case 'null':
      return value === null
    case 'integer':
      return Number.isInteger(value)
    case 'number':
      return Number.isFinite(value)
    case 'string':
    case 'boolean':
      return typeof value === type
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function has(value: Record<string, unknown>, key: string): boolean {
  return Object.hasOwn(value, key) && value[key] !== undefined
}

function finding(rule: Violation['rule'], message: string, expected?: string): Finding {
  return { keys: [], rule, message, ...(expected === undefined ? {} : { expected }) }
}

function addBelow(findings: Finding[], key: Key, inside: Finding[]): Finding[] {
  for (const each of inside) findings.push({ ...each, keys: [...each.keys, key] })
  return findings
}

function formatPath(keysInsideOut: Key[]): string {
  let path = ''
  for (const key of keysInsideOut.toReversed()) {
    if (typeof key === 'number') path += `[${key}]`
    else if (/^\w+$/.test(key)) path += path === '' ? key : `.${key}`
    else path += `[${JSON.stringify(key)}]`
  }
  return path
}
