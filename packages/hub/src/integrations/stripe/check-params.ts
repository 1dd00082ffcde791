import { validate, type Definitions, type JsonSchema, type Violation } from '@clawlink/stripe-definitions'
import { Problem } from '../../contract/problem.ts'
import { refuseCardNumbers } from '../../contract/card-numbers.ts'
import { withoutConsentWords } from '../../contract/consent-words.ts'
import { parseMoney } from '../../contract/money.ts'
import { cleanLine } from '../../contract/clean-text.ts'
import type { CheckedParams, Params } from '../define.ts'
import type { Entry } from './catalog.ts'
import type { StripeTool } from './define-tool.ts'
import { isObject } from './json.ts'
import { unlistedValues } from './open-enums.ts'
import { placeholders } from './placeholders.ts'
import { withNewNames } from './renamed-params.ts'
import { checkRules, type RuleViolation } from './rules.ts'

/** Deeper than any parameter of Stripe. */
const MAX_DEPTH = 16

/**
 * Checks params before anything is read, sent or logged: card numbers, depth, aliases, amounts with a currency,
 * unknown keys, types, placeholders, what holds between them. Answers them by the names of the schema.
 */
export function checkParams(
  definitions: Definitions,
  { tool, schema, rules }: Pick<Entry, 'tool' | 'schema' | 'rules'>,
  given: Params,
): CheckedParams {
  if (depthOf(given) > MAX_DEPTH) throw invalid(`The params are nested more than ${MAX_DEPTH} deep.`, [])
  refuseCardNumbers(given)
  const known = schema.properties ?? {}
  const params = withoutConsentWords(resolveAlias(tool, given), (key) => Object.hasOwn(known, key))
  const statedCurrencies: Record<string, string> = {}
  const converted = convertAmounts(params, schema, '', statedCurrencies) as Params
  const violations = [
    ...withNewNames(validate(definitions, schema, converted), schema),
    ...placeholders(converted),
    ...unsendable(converted),
    ...checkRules(rules, converted),
  ]
  if (violations.length > 0)
    throw invalid(`The params of ${tool.name} are not right: ${summary(violations)}`, violations)
  if (tool.mode === 'read') tool.check?.(converted)
  const advice = tool.mode === 'read' ? (tool.advise?.(converted) ?? []) : []
  return { params: converted, statedCurrencies, advice: [...advice, ...unlistedValues(schema, converted)] }
}

/** The violations in a `details` that agents can act on one by one. */
export function invalid(message: string, violations: Array<Violation | RuleViolation>): Problem {
  return new Problem('invalid_params', message, {
    nextStep: 'Correct the params; clawlink_describe_tool shows the schema.',
    details: { violations: violations.slice(0, 20) },
  })
}

function summary(violations: Array<Violation | RuleViolation>): string {
  const first = violations[0]
  if (first === undefined) return ''
  const more = violations.length > 1 ? ` (and ${violations.length - 1} more)` : ''
  // What the schema says of a value is a predicate; rules and our own checks are whole sentences.
  const at = /^(?:is|must) /.test(first.message) ? `"${first.path}" ` : ''
  return cleanLine(`${at}${first.message}${more}`, 300)
}

function resolveAlias(tool: StripeTool, given: Params): Params {
  if (tool.pathParam === undefined) return given
  const { name, aliases } = tool.pathParam
  const used = [name, ...aliases].filter((key) => Object.hasOwn(given, key))
  if (used.length > 1) throw invalid(`"${used.join('" and "')}" mean the same: give one of them.`, [])
  const alias = used[0]
  if (alias === undefined || alias === name) return given
  const { [alias]: id, ...rest } = given
  return { [name]: id, ...rest }
}

/** Replaces `{ value, currency }` wherever the schema wants an integer, and remembers the currency that was stated. */
function convertAmounts(
  value: unknown,
  schema: JsonSchema | undefined,
  path: string,
  stated: Record<string, string>,
): unknown {
  if (schema === undefined) return value
  if (Array.isArray(value)) {
    const items = alternatives(schema).find((part) => part.items !== undefined)?.items
    return value.map((item, index) => convertAmounts(item, items, `${path}[${index}]`, stated))
  }
  if (!isObject(value)) return value
  if (
    alternatives(schema).some((part) => part.type === 'integer') &&
    'value' in value &&
    'currency' in value
  ) {
    return toSmallestUnit(value, path, stated)
  }
  const properties = alternatives(schema).find((part) => part.properties !== undefined)?.properties ?? {}
  const converted = Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      key,
      convertAmounts(
        item,
        Object.hasOwn(properties, key) ? properties[key] : undefined,
        path === '' ? key : `${path}.${key}`,
        stated,
      ),
    ]),
  )
  return settleCurrency(converted, properties, path, stated)
}

function toSmallestUnit(value: Params, path: string, stated: Record<string, string>): number {
  const { value: text, currency, ...rest } = value
  if (typeof text !== 'string' || typeof currency !== 'string' || Object.keys(rest).length > 0) {
    throw invalid(
      `"${path}" must be an integer, or {"value": "50.00", "currency": "usd"} with both as text.`,
      [],
    )
  }
  const parsed = parseMoney(text, currency)
  if (!parsed.ok) throw invalid(`"${path}": ${parsed.reason}.`, [])
  stated[path] = currency.toLowerCase()
  return parsed.amount
}

/** Where a `currency` parameter stands beside the amount, the two must agree, or the stated one fills it. */
function settleCurrency(
  params: Params,
  properties: Record<string, JsonSchema>,
  path: string,
  stated: Record<string, string>,
): Params {
  if (!Object.hasOwn(properties, 'currency')) return params
  const prefix = path === '' ? '' : `${path}.`
  let settled = params
  for (const key of Object.keys(params)) {
    const currency = Object.hasOwn(stated, prefix + key) ? stated[prefix + key] : undefined
    if (currency === undefined) continue
    const beside = settled['currency']
    if (beside !== undefined && (typeof beside !== 'string' || beside.toLowerCase() !== currency)) {
      throw invalid(`"${prefix}${key}" is in ${currency}, but "${prefix}currency" says something else.`, [])
    }
    settled = { ...settled, currency }
    delete stated[prefix + key]
  }
  return settled
}

/** What form bytes cannot carry, or carry as something else than what was meant. */
function unsendable(params: Params): Violation[] {
  const found: Violation[] = []
  const refuse = (path: string, reason: string): void => {
    found.push({ path: cleanLine(path), rule: 'type', message: `"${cleanLine(path)}" ${reason}` })
  }
  const visit = (value: unknown, path: string): void => {
    if (typeof value === 'string' && !value.isWellFormed()) refuse(path, 'holds half a character')
    if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value))
      refuse(path, 'is too large a number')
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, `${path}[${index}]`)
    else if (isObject(value)) {
      for (const [key, item] of Object.entries(value)) {
        const at = path === '' ? key : `${path}.${key}`
        if (key === '' || /[[\]]/.test(key) || !key.isWellFormed())
          refuse(at, 'is not a name that Stripe takes')
        visit(item, at)
      }
    }
  }
  visit(params, '')
  return found
}

function alternatives(schema: JsonSchema): JsonSchema[] {
  return [schema, ...(schema.anyOf ?? [])]
}

function depthOf(value: unknown): number {
  let depth = 0
  let level: unknown[] = [value]
  while (level.length > 0 && depth <= MAX_DEPTH) {
    level = level.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []))
    depth += 1
  }
  return depth
}
