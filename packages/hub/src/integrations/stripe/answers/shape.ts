import { cleanText } from '../../../contract/clean-text.ts'
import { formatMoney, currencyDecimals } from '../../../contract/money.ts'
import type { Params, Shape, ShapedResult } from '../../define.ts'
import { isObject, textAt } from '../json.ts'
import { ROW_FIELDS } from './row-fields.ts'
import { secretsIn } from './secrets.ts'

const AMOUNT_FIELD =
  /^(?:amount(?:_.*)?|balance|net|fee|total|subtotal|unit_amount|.*_amount|(?:start|end)ing_balance)$/
const TIME_FIELD =
  /^(?:created|.*_at|.*_on|.*_date|due_by|date|trial_(?:start|end)|current_period_(?:start|end))$/
const PERIOD_FIELD = /^(?:start|end)$/

/** What a `Date` can hold; a greater number is shown as it is. */
const MAX_UNIX_SECONDS = 8.64e12

/** In every object of Stripe and seldom asked for; `view: "full"` and `fields` show them. */
const NOISE = new Set([
  'automatic_tax',
  'invoice_prefix',
  'livemode',
  'next_invoice_sequence',
  'object',
  'payment_method_configuration_details',
  'payment_method_options',
  'request_log_url',
])

/** Without a table of its own, a row shows this many plain values. */
const UNKNOWN_ROW_VALUES = 8

/** Of `2026-11-27T09:17:00Z`. */
const DAY_LENGTH = 10

const MORE = 'Rows show the usual fields: view "full", or fields, shows the rest.'

/** Stripe's JSON as an agent should get it: cleaned, with human forms, and small unless `full` is asked for. */
export function shapeAnswer(body: unknown, shape: Shape): ShapedResult {
  const cleaned = clean(body)
  const result =
    shape.fields !== undefined
      ? choose(cleaned, shape.fields)
      : shape.view === 'full'
        ? cleaned
        : compactAnswer(cleaned)
  const delivered = textsIn(result)
  return {
    result,
    secrets: secretsIn(body)
      .filter(({ value }) => delivered.has(value))
      .map(({ path }) => path),
  }
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value)
  if (Array.isArray(value)) return value.map(clean)
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [cleanText(key), clean(item)]))
}

/** Keeps the named fields (`id`, `billing_details.email`), in a list those of each object. */
function choose(value: unknown, fields: string[]): unknown {
  if (!isObject(value)) return value
  if (isList(value)) return { data: rowsOf(value).map((item) => choose(item, fields)), ...paging(value) }
  const chosen: Params = {}
  for (const field of ['id', ...fields]) {
    const found = valueIn(value, field.split('.'))
    if (found !== undefined) chosen[field] = found
  }
  return chosen
}

function compactAnswer(body: unknown): unknown {
  const small = compact(body, true)
  return isObject(body) && isList(body) && rowsOf(body).length > 0 && isObject(small)
    ? { ...small, more: MORE }
    : small
}

function compact(value: unknown, top: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => compact(item, false))
  if (!isObject(value)) return value
  if (isList(value)) return { data: rowsOf(value).map(rowOf), ...paging(value) }
  const small: Params = {}
  for (const [key, item] of Object.entries(value)) {
    const inner = compact(item, false)
    if (isEmpty(inner) || (NOISE.has(key) && !(top && key === 'object'))) continue
    Object.assign(small, readable(key, item, inner, value))
  }
  return small
}

/** One object of a list, with what people ask for. */
function rowOf(object: unknown): unknown {
  if (!isObject(object)) return object
  const kind = textAt(object, 'object') ?? ''
  const fields = Object.hasOwn(ROW_FIELDS, kind) ? ROW_FIELDS[kind] : undefined
  const row: Params = isEmpty(object['id']) ? {} : { id: object['id'] }
  for (const field of fields ?? plainFields(object)) {
    const [, name = field, mark = ''] = /^(.*?)(\?|:day)?$/.exec(field) ?? []
    const path = name.split('.')
    const found = idOf(valueIn(object, path))
    if (isEmpty(found) || (mark === '?' && (found === false || found === 0))) continue
    // `billing_details.email` is `email` to whoever reads the row, `price.id` is `price`.
    const last = path.at(-1) ?? name
    const key = last === 'id' ? (path.at(-2) ?? last) : last
    const holder = valueIn(object, path.slice(0, -1))
    const shown = readable(key, found, found, isObject(holder) ? holder : object, object)
    Object.assign(row, mark === ':day' ? { [key]: String(shown[key]).slice(0, DAY_LENGTH) } : shown)
  }
  return row
}

function plainFields(object: Params): string[] {
  return Object.keys(object)
    .filter(
      (key) => key !== 'id' && !NOISE.has(key) && !isEmpty(object[key]) && typeof object[key] !== 'object',
    )
    .slice(0, UNKNOWN_ROW_VALUES)
}

/** A value with its human form beside it: moments are told in UTC, money as people write it. */
function readable(key: string, raw: unknown, shown: unknown, holder: Params, root: Params = holder): Params {
  if (typeof raw !== 'number' || !Number.isSafeInteger(raw)) return { [key]: shown }
  const isTime = TIME_FIELD.test(key) || (PERIOD_FIELD.test(key) && raw > 1e8)
  if (isTime && Math.abs(raw) <= MAX_UNIX_SECONDS)
    return { [key]: new Date(raw * 1000).toISOString().replace('.000Z', 'Z') }
  const currency = textAt(holder, 'currency') ?? textAt(root, 'currency')
  if (
    raw === 0 ||
    currency === undefined ||
    !AMOUNT_FIELD.test(key) ||
    currencyDecimals(currency) === undefined
  )
    return { [key]: shown }
  return { [key]: raw, [`${key}_text`]: formatMoney({ amount: raw, currency }) }
}

/** What stands at a path; of a list on the way, the values of all its elements, alone where there is one. */
function valueIn(from: unknown, path: string[]): unknown {
  const [key, ...rest] = path
  if (key === undefined) return from
  if (Array.isArray(from)) {
    if (/^\d+$/.test(key)) return valueIn(from[Number(key)], rest)
    const values = from.map((item) => valueIn(item, path)).filter((value) => value !== undefined)
    return values.length > 1 ? values : values[0]
  }
  return isObject(from) && Object.hasOwn(from, key) ? valueIn(from[key], rest) : undefined
}

function idOf(value: unknown): unknown {
  return isObject(value) && typeof value['id'] === 'string' ? value['id'] : value
}

function isList(value: Params): boolean {
  return (
    value['object'] === 'list' ||
    value['object'] === 'search_result' ||
    (Array.isArray(value['data']) && 'next_page_url' in value)
  )
}

function rowsOf(list: Params): unknown[] {
  return Array.isArray(list['data']) ? list['data'] : []
}

/** `has_more` and the cursor that fetches what follows, in the words of the tool's own parameters. */
function paging(list: Params): Params {
  if (list['object'] === 'list') {
    const last = rowsOf(list).at(-1)
    const cursor = list['has_more'] === true && isObject(last) ? { next_starting_after: last['id'] } : {}
    return { has_more: list['has_more'], ...cursor }
  }
  if (list['object'] === 'search_result') {
    const page = isEmpty(list['next_page']) ? {} : { next_page: list['next_page'] }
    return { has_more: list['has_more'], ...page }
  }
  // The second version of the API names the whole address of the next page; its tools take the token in it.
  const next = textAt(list, 'next_page_url')
  const page = next === undefined ? null : URL.parse(next, 'https://api.stripe.com')?.searchParams.get('page')
  return { has_more: next !== undefined, ...(isEmpty(page) ? {} : { next_page: page }) }
}

function textsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value === 'string') found.add(value)
  else if (typeof value === 'object' && value !== null)
    for (const item of Object.values(value)) textsIn(item, found)
  return found
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}
