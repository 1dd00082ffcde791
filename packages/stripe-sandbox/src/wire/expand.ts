import type { Definitions, JsonSchema, OperationResult } from '@clawlink/stripe-definitions'
import { isJsonObject } from '../store/json.ts'
import type { Json, JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import type { Stored } from '../store/table.ts'
import { invalidRequest } from './errors.ts'

/** Stripe's own bound. */
const MAX_LEVELS = 4

/** Finds the kind that an id belongs to: by the id's prefix, or by the member it stands in where ids may be anything. */
export type KindIndex = (id: string, member: string) => Kind<Stored> | undefined

/** No lists and no references, and still they come only on demand. */
const ON_DEMAND = new Set(['applies_to', 'confirmation_secret', 'currency_options', 'tiers'])

export function indexKinds(kinds: readonly Kind<never>[]): KindIndex {
  const byPrefix = new Map(kinds.flatMap((kind) => (kind.prefix === undefined ? [] : [[kind.prefix, kind]])))
  const byMember = new Map(
    kinds.flatMap((kind) => (kind.customIdsIn === undefined ? [] : [[kind.customIdsIn, kind]])),
  )
  // A kind only ever meets the entities of its own table.
  return (id, member) =>
    (byMember.get(member) ?? byPrefix.get(id.slice(0, id.indexOf('_') + 1))) as Kind<Stored> | undefined
}

/**
 * Checks `expand` before anything is executed, so that a wrong path never leaves an effect behind.
 *
 * @throws StripeError 400 for a path that is too deep or leads to nothing that can be expanded
 */
export function checkExpand(
  definitions: Definitions,
  result: OperationResult,
  paths: readonly string[],
): void {
  for (const path of paths) {
    const segments = path.split('.')
    if (segments.length > MAX_LEVELS) {
      throw invalidRequest(
        `You cannot expand more than ${MAX_LEVELS} levels of a property. Property: ${path}`,
        {
          stored: false,
          param: 'expand',
        },
      )
    }
    const [first, ...rest] = segments
    const inside = result.kind === 'object' ? segments : first === 'data' ? rest : undefined
    // Stripe offers the count of a search this way, and only this way.
    if (result.kind === 'search' && path === 'total_count') continue
    if (!inside || !isExpandable(definitions, [{ $ref: `#/objects/${result.type}` }], inside)) {
      throw invalidRequest(`This property cannot be expanded (${path}).`, { stored: false, param: 'expand' })
    }
  }
}

function isExpandable(definitions: Definitions, schemas: JsonSchema[], segments: readonly string[]): boolean {
  const [name, ...rest] = segments
  if (name === undefined) return false
  return objectsIn(definitions, schemas).some((object) => {
    const member = object.properties?.[name]
    if (!member) return false
    const target = member['x-expandable'] ?? member.items?.['x-expandable']
    if (rest.length === 0) return target !== undefined || isOptionalList(object, name, member)
    return isExpandable(
      definitions,
      target === undefined ? [member] : [{ $ref: `#/objects/${target}` }],
      rest,
    )
  })
}

/** Lists inside objects (`charge.refunds`) come on demand. */
function isOptionalList(object: JsonSchema, name: string, member: JsonSchema): boolean {
  const optional = object.required?.includes(name) !== true
  return optional && (member.properties?.object?.const === 'list' || ON_DEMAND.has(name))
}

function objectsIn(definitions: Definitions, schemas: readonly JsonSchema[], depth = 0): JsonSchema[] {
  // A union of unions of objects is as far as the definitions go.
  if (depth > 4) return []
  return schemas.flatMap((schema) => {
    if (schema.$ref !== undefined) {
      const target = definitions.objects[schema.$ref.slice('#/objects/'.length)]
      return target ? objectsIn(definitions, [target], depth + 1) : []
    }
    if (schema.anyOf) return objectsIn(definitions, schema.anyOf, depth + 1)
    if (schema.items) return objectsIn(definitions, [schema.items], depth + 1)
    return schema.properties ? [schema] : []
  })
}

/** Replaces ids by the objects they stand for, along paths that `checkExpand` has let pass. */
export function expand(
  kinds: KindIndex,
  view: View,
  answer: JsonObject,
  paths: readonly string[],
): JsonObject {
  let expanded = answer
  for (const path of paths) expanded = expandObject(kinds, view, expanded, path.split('.'))
  return expanded
}

function expandObject(
  kinds: KindIndex,
  view: View,
  object: JsonObject,
  segments: readonly string[],
): JsonObject {
  const [name, ...rest] = segments
  if (name === undefined) return object
  const present = Object.hasOwn(object, name) ? object[name] : includedList(kinds, view, object, name)
  if (present === undefined) return object
  return { ...object, [name]: expandMember(kinds, view, { name, value: present }, rest) }
}

function expandMember(
  kinds: KindIndex,
  view: View,
  member: { name: string; value: Json },
  rest: readonly string[],
): Json {
  const { name, value } = member
  if (Array.isArray(value)) {
    return (value as readonly Json[]).map((element) =>
      expandMember(kinds, view, { name, value: element }, rest),
    )
  }
  const found = typeof value === 'string' ? (objectOf(kinds, view, value, name) ?? value) : value
  return isJsonObject(found) ? expandObject(kinds, view, found, rest) : found
}

function objectOf(kinds: KindIndex, view: View, id: string, member: string): JsonObject | undefined {
  const kind = kinds(id, member)
  const entity = kind && view.get(kind, id)
  return entity && kind.format(entity, view)
}

function includedList(kinds: KindIndex, view: View, object: JsonObject, name: string): Json {
  if (typeof object.id !== 'string') return undefined
  const kind = kinds(object.id, typeof object.object === 'string' ? object.object : '')
  const entity = kind && view.get(kind, object.id)
  return entity && kind.includes?.[name]?.(entity, view)
}
