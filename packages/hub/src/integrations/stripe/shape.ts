import { cleanText } from '../../contract/clean-text.ts'
import { formatMoney, currencyDecimals } from '../../contract/money.ts'
import type { Params, Shape, ShapedResult } from '../define.ts'
import { isObject } from './json.ts'

/** Fields whose value opens something: delivered once, to the caller, and never stored or logged. */
const SECRET_FIELDS = new Set(['client_secret', 'secret', 'ephemeral_key_secret'])

/** The same inside another text: the address of a bank's page holds the client secret of its payment. */
const SECRET_IN_TEXT = /\b[a-z]+_[A-Za-z0-9]+_secret_[A-Za-z0-9]+/g

/** What a stored answer has in a secret's place. */
export const DELIVERED_ONCE = '[delivered once]'

const AMOUNT_FIELD = /^(?:amount(?:_.*)?|balance|net|fee|total|subtotal|.*_amount)$/
const TIME_FIELD = /^(?:created|.*_at|.*_on|.*_date|due_by)$/

/** What a `Date` can hold; a greater number is shown as it is. */
const MAX_UNIX_SECONDS = 8.64e12

/** In every object of Stripe and seldom asked for; `view: "full"` and `fields` show them. */
const NOISE = new Set(['object', 'livemode', 'request_log_url', 'payment_method_configuration_details'])

/** Stripe's JSON as an agent should get it: cleaned, with human forms, and small unless `full` is asked for. */
export function shapeAnswer(body: unknown, shape: Shape): ShapedResult {
  const make = (keepSecrets: boolean): unknown => {
    const cleaned = clean(body, keepSecrets)
    const chosen = shape.fields === undefined ? cleaned : choose(cleaned, shape.fields)
    return shape.view === 'full' || shape.fields !== undefined ? chosen : compact(chosen, true)
  }
  return { result: make(true), storable: make(false) }
}

function clean(value: unknown, keepSecrets: boolean): unknown {
  if (typeof value === 'string') {
    const text = cleanText(value)
    return keepSecrets ? text : text.replace(SECRET_IN_TEXT, DELIVERED_ONCE)
  }
  if (Array.isArray(value)) return value.map((item) => clean(item, keepSecrets))
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      cleanText(key),
      !keepSecrets && SECRET_FIELDS.has(key) && typeof item === 'string'
        ? DELIVERED_ONCE
        : clean(item, keepSecrets),
    ]),
  )
}

/** Keeps the named fields (`id`, `billing_details.email`), in a list those of each object. */
function choose(value: unknown, fields: string[]): unknown {
  if (!isObject(value)) return value
  if (value['object'] === 'list' || value['object'] === 'search_result') {
    const data = Array.isArray(value['data']) ? value['data'].map((item) => choose(item, fields)) : []
    return { data, ...paging(value) }
  }
  const chosen: Params = {}
  for (const field of ['id', ...fields]) {
    const found = field
      .split('.')
      .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), value)
    if (found !== undefined) chosen[field] = found
  }
  return chosen
}

function compact(value: unknown, top: boolean): unknown {
  if (Array.isArray(value)) return value.map((item) => compact(item, false))
  if (!isObject(value)) return value
  if (value['object'] === 'list' || value['object'] === 'search_result') {
    const data = Array.isArray(value['data']) ? value['data'].map((item) => compact(item, false)) : []
    return { data, ...paging(value) }
  }
  const small: Params = {}
  const currency = value['currency']
  for (const [key, item] of Object.entries(value)) {
    const inner = compact(item, false)
    if (isEmpty(inner) || (NOISE.has(key) && !(top && key === 'object'))) continue
    small[key] = inner
    if (typeof item !== 'number' || !Number.isSafeInteger(item)) continue
    if (TIME_FIELD.test(key) && Math.abs(item) <= MAX_UNIX_SECONDS) {
      small[key] = new Date(item * 1000).toISOString().replace('.000Z', 'Z')
    } else if (item !== 0 && AMOUNT_FIELD.test(key) && typeof currency === 'string') {
      if (currencyDecimals(currency) !== undefined)
        small[`${key}_text`] = formatMoney({ amount: item, currency })
    }
  }
  return small
}

/** `has_more` and the cursor that fetches what follows, in the words of the tool's own parameters. */
function paging(list: Params): Params {
  if (list['object'] === 'search_result') {
    return {
      has_more: list['has_more'],
      ...(isEmpty(list['next_page']) ? {} : { next_page: list['next_page'] }),
    }
  }
  const data = Array.isArray(list['data']) ? list['data'] : []
  const last: unknown = data.at(-1)
  return {
    has_more: list['has_more'],
    ...(list['has_more'] === true && isObject(last) ? { next_starting_after: last['id'] } : {}),
  }
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}
