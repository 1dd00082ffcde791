import { invalidRequest } from './errors.ts'

/** A decoded form: text, or members by name. Lists are members named 0, 1, 2 …; the schema tells which they are. */
export type FormValue = string | FormObject
export interface FormObject {
  [name: string]: FormValue
}

/** Stripe's own objects nest some ten levels. */
const MAX_DEPTH_LEVELS = 16
/** Far more than any Stripe call needs; bounds the work that one body can cause. */
const MAX_FIELDS = 2_000

/**
 * Decodes `a=1&b[c]=2&d[0]=3&e[]=4` into nested objects without a prototype.
 *
 * @throws StripeError 400 for malformed percent signs, brackets and contradictions
 */
export function decodeForm(text: string, into: FormObject = emptyObject()): FormObject {
  if (text === '') return into
  const fields = text.split('&')
  if (fields.length > MAX_FIELDS) throw malformed(`more than ${MAX_FIELDS} fields`)
  for (const field of fields) {
    if (field === '') continue
    const equals = field.indexOf('=')
    const name = decodePart(equals === -1 ? field : field.slice(0, equals))
    assign(into, splitName(name), equals === -1 ? '' : decodePart(field.slice(equals + 1)), name)
  }
  return into
}

function emptyObject(): FormObject {
  return Object.create(null) as FormObject
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw malformed('a percent sign that starts no valid character')
  }
}

/** `items[0][price]` becomes `items`, `0`, `price`. */
function splitName(name: string): string[] {
  const open = name.indexOf('[')
  if (open === -1 && !name.includes(']')) return [name]
  const segments = [name.slice(0, open)]
  const rest = name.slice(open)
  if (!/^(\[[^[\]]*\])+$/.test(rest) || segments[0] === '')
    throw malformed(`the name ${JSON.stringify(name.slice(0, 80))}`)
  segments.push(...rest.slice(1, -1).split(']['))
  if (segments.length > MAX_DEPTH_LEVELS) throw malformed(`more than ${MAX_DEPTH_LEVELS} levels`)
  return segments
}

function assign(target: FormObject, segments: string[], value: string, name: string): void {
  let object = target
  for (const [depth, segment] of segments.entries()) {
    const next = segments[depth + 1]
    const key = segment === '' && depth > 0 ? appendKey(object, next) : segment
    const present = object[key]
    if (next === undefined) {
      if (typeof present === 'object') throw contradiction(name)
      object[key] = value
      return
    }
    if (typeof present === 'string') throw contradiction(name)
    object = object[key] = present ?? emptyObject()
  }
}

/** `list[][a]=1&list[][b]=2` describes one element; a repeated member begins the next. */
function appendKey(list: FormObject, member: string | undefined): string {
  const length = Object.keys(list).length
  const last = list[String(length - 1)]
  const continues = member !== undefined && member !== '' && typeof last === 'object' && !(member in last)
  return String(continues ? length - 1 : length)
}

function malformed(what: string) {
  return invalidRequest(`Invalid request: the form has ${what}.`, { stored: false })
}

function contradiction(name: string) {
  return invalidRequest(
    `Invalid request: ${JSON.stringify(name.slice(0, 80))} is given both as a value and as an object.`,
    {
      stored: false,
    },
  )
}
