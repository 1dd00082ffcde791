import type { Definitions, JsonSchema } from '@clawlink/stripe-definitions'
import type { Json } from '../store/json.ts'
import { closestName } from './closest-name.ts'
import { emptyParam, invalidParam, invalidRequest, missingParam } from './errors.ts'
import type { StripeError } from './errors.ts'
import type { FormObject, FormValue } from './form.ts'

const MAX_NAMES_TOLD = 10
const MAX_CHARACTERS_TOLD = 100

type Coerced = { ok: true; value: Json } | { ok: false; error: StripeError }

/**
 * Reads a form by its schema: text becomes integers, booleans and lists, and what the schema does not know is
 * refused in Stripe's words.
 *
 * @throws StripeError 400 naming the first parameter that is wrong
 */
export function coerceParams(
  definitions: Definitions,
  schema: JsonSchema,
  form: FormObject,
): Record<string, Json> {
  const coerced = coerceObject(definitions, schema, form, '')
  if (!coerced.ok) throw coerced.error
  return coerced.value
}

function coerceObject(
  definitions: Definitions,
  schema: JsonSchema,
  form: FormObject,
  path: string,
): { ok: true; value: Record<string, Json> } | { ok: false; error: StripeError } {
  const known = schema.properties ?? {}
  const extra = schema.additionalProperties
  const unknown =
    typeof extra === 'object' ? [] : Object.keys(form).filter((name) => !Object.hasOwn(known, name))
  if (unknown.length > 0) return no(unknownParams(unknown, Object.keys(known), path))
  for (const name of schema.required ?? []) {
    if (form[name] === undefined) return no(missingParam(join(path, name)))
  }
  const value: Record<string, Json> = {}
  for (const [name, given] of Object.entries(form)) {
    const member = Object.hasOwn(known, name) ? known[name] : typeof extra === 'object' ? extra : undefined
    if (!member) continue
    const coerced = coerceValue(definitions, member, given, join(path, name))
    if (!coerced.ok) return coerced
    value[name] = coerced.value
  }
  return { ok: true, value }
}

function coerceValue(definitions: Definitions, given: JsonSchema, value: FormValue, path: string): Coerced {
  const schema = resolve(definitions, given)
  const branches =
    schema.anyOf ??
    (Array.isArray(schema.type) ? schema.type.map((type) => ({ ...schema, type })) : undefined)
  if (branches) return coerceUnion(definitions, branches, value, path)
  if (schema.type === 'object') {
    if (typeof value === 'string')
      return no(value === '' ? emptyParam(path) : invalidParam(path, 'Invalid object'))
    return coerceObject(definitions, schema, value, path)
  }
  if (schema.type === 'array') return coerceList(definitions, schema, value, path)
  return typeof value === 'string'
    ? coerceText(schema, value, path)
    : no(invalidParam(path, `Invalid ${String(schema.type ?? 'value')}`))
}

function coerceList(definitions: Definitions, schema: JsonSchema, value: FormValue, path: string): Coerced {
  if (typeof value === 'string')
    return no(value === '' ? emptyParam(path) : invalidParam(path, 'Invalid array'))
  const positions = Object.keys(value)
  if (!positions.every((position) => /^\d{1,4}$/.test(position)))
    return no(invalidParam(path, 'Invalid array'))
  const elements: Json[] = []
  for (const position of positions.sort((left, right) => Number(left) - Number(right))) {
    const coerced = coerceValue(
      definitions,
      schema.items ?? {},
      value[position] ?? '',
      `${path}[${position}]`,
    )
    if (!coerced.ok) return coerced
    elements.push(coerced.value)
  }
  return { ok: true, value: elements }
}

function coerceText(schema: JsonSchema, text: string, path: string): Coerced {
  if (schema.const !== undefined) {
    return text === String(schema.const)
      ? { ok: true, value: schema.const }
      : no(mustBe(path, [schema.const]))
  }
  if (schema.enum) {
    const found = schema.enum.find((choice) => String(choice ?? '') === text)
    if (found !== undefined) return { ok: true, value: found }
    return no(text === '' ? emptyParam(path) : mustBe(path, schema.enum))
  }
  switch (schema.type) {
    case 'integer':
      if (text === '') return no(emptyParam(path))
      return /^-?\d{1,15}$/.test(text)
        ? { ok: true, value: Number(text) }
        : no(invalidParam(path, `Invalid integer: ${shortened(text)}`, 'parameter_invalid_integer'))
    case 'number':
      if (text === '') return no(emptyParam(path))
      return /^-?\d+(\.\d+)?$/.test(text)
        ? { ok: true, value: Number(text) }
        : no(invalidParam(path, `Invalid decimal: ${shortened(text)}`, 'parameter_invalid_integer'))
    case 'boolean':
      // Python's client sends its own spelling, True.
      if (/^(?:true|false)$/i.test(text)) return { ok: true, value: text.toLowerCase() === 'true' }
      return no(text === '' ? emptyParam(path) : invalidParam(path, `Invalid boolean: ${shortened(text)}`))
    case 'null':
      return text === '' ? { ok: true, value: null } : no(invalidParam(path, 'Invalid value'))
    case 'string':
    case 'array':
    case 'object':
    case undefined:
    default:
      // An empty text is left to the rules: for most texts it unsets, for ids it is refused.
      return { ok: true, value: text }
  }
}

/** Text that a union takes as plain text stays text: metadata takes strings and numbers and answers strings. */
function coerceUnion(
  definitions: Definitions,
  branches: readonly JsonSchema[],
  value: FormValue,
  path: string,
): Coerced {
  if (typeof value === 'string') {
    const schemas = branches.map((branch) => resolve(definitions, branch))
    const empty = schemas.find((schema) => schema.const === '' || schema.enum?.includes(''))
    if (value === '' && empty) return { ok: true, value: '' }
    if (schemas.some(isPlainText)) return { ok: true, value }
  }
  let failure: Coerced | undefined
  for (const branch of branches) {
    const coerced = coerceValue(definitions, branch, value, path)
    if (coerced.ok) return coerced
    // The first branch is the main one, but the one of the value's own sort explains best.
    if (!failure || (typeof value === 'object' && resolve(definitions, branch).type === 'object'))
      failure = coerced
  }
  return failure ?? no(invalidParam(path, 'Invalid value'))
}

function isPlainText(schema: JsonSchema): boolean {
  return schema.type === 'string' && schema.const === undefined && schema.enum === undefined
}

function resolve(definitions: Definitions, schema: JsonSchema): JsonSchema {
  if (schema.$ref === undefined) return schema
  return definitions.objects[schema.$ref.slice('#/objects/'.length)] ?? {}
}

function unknownParams(names: string[], known: string[], path: string): StripeError {
  const full = names.slice(0, MAX_NAMES_TOLD).map((name) => shortened(join(path, name)))
  const [first = ''] = full
  const close = names.length === 1 ? closestName(names[0] ?? '', known) : undefined
  return invalidRequest(
    `Received unknown parameter${names.length === 1 ? '' : 's'}: ${full.join(', ')}` +
      (close === undefined ? '' : `. Did you mean ${close}?`),
    { code: 'parameter_unknown', param: first, stored: false },
  )
}

function mustBe(path: string, choices: readonly Json[]): StripeError {
  const texts = choices.filter((choice) => choice !== '' && choice !== null).map(String)
  const list =
    texts.length <= 2 ? texts.join(' or ') : `${texts.slice(0, -1).join(', ')}, or ${texts.at(-1) ?? ''}`
  return invalidParam(path, `Invalid ${path}: must be ${texts.length === 1 ? '' : 'one of '}${list}`)
}

/** An answer repeats what was wrong, not all of what was sent. */
function shortened(text: string): string {
  return text.length > MAX_CHARACTERS_TOLD ? `${text.slice(0, MAX_CHARACTERS_TOLD)}…` : text
}

function join(path: string, name: string): string {
  return path === '' ? name : `${path}[${name}]`
}

function no(error: StripeError): { ok: false; error: StripeError } {
  return { ok: false, error }
}
