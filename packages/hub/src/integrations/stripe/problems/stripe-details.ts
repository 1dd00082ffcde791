import { hasCardNumber } from '../../../contract/card-numbers.ts'
import { cleanLine } from '../../../contract/clean-text.ts'
import type { Params } from '../../define.ts'
import { idAt, isObject, textAt } from '../json.ts'

/** Scalars of an error that may pass; everything else stays behind. */
const KEPT = [
  'type',
  'code',
  'decline_code',
  'advice_code',
  'network_decline_code',
  'network_advice_code',
  'param',
]

/** Objects that Stripe sends along, with client secrets and addresses inside: their id and status may pass. */
const OBJECTS = ['payment_intent', 'setup_intent', 'payment_method', 'charge']
const OBJECT_ID = /^[a-z]{2,8}_[A-Za-z0-9]{1,200}$/
const OBJECT_STATUS = /^[a-z_]{1,40}$/

const DOC_HOSTS = new Set(['docs.stripe.com', 'stripe.com'])
const DOC_PLACE = /^[\w/.#-]*$/

/** Client secrets, keys, and the addresses that open a page for whoever has them. */
const SECRETS =
  /\b\w+_secret_\w+|\b(?:sk|rk|ek|whsec|pk)_[\w*]{8,}|\bBearer \S+|https:\/\/(?:billing|checkout|connect|invoice|hooks|pay)\.stripe\.com\/\S+/g
const HIDDEN = '[hidden]'

const MAX_MESSAGE_CHARACTERS = 500
const MAX_ADDRESS_CHARACTERS = 200

/** Stripe's own words on one line, without what would open something. */
export function publicMessage(message: string): string {
  return publicLine(message, MAX_MESSAGE_CHARACTERS)
}

/** What Stripe said, as the caller may see it. */
export function stripeDetails(status: number, error: Params, requestId: string | undefined): Params {
  const details: Params = { status, request_id: requestId }
  for (const key of KEPT) {
    const value = textAt(error, key)
    if (value !== undefined) details[key] = publicLine(value)
  }
  const address = docAddress(textAt(error, 'doc_url'))
  if (address !== undefined) details['doc_url'] = address
  for (const key of OBJECTS) {
    const id = idAt(error, key)
    if (id === undefined || !OBJECT_ID.test(id)) continue
    details[key] = id
    const object = error[key]
    const state = isObject(object) ? textAt(object, 'status') : undefined
    if (state !== undefined && OBJECT_STATUS.test(state)) details[`${key}_status`] = state
  }
  return details
}

/** Hidden before it is cut, so that no part of a secret is left at the end. */
function publicLine(text: string, maxLength?: number): string {
  const line = cleanLine(cleanLine(text, Number.POSITIVE_INFINITY).replace(SECRETS, HIDDEN), maxLength)
  return hasCardNumber(line) ? HIDDEN : line
}

function docAddress(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text)
  if (url === null || url.protocol !== 'https:' || !DOC_HOSTS.has(url.host)) return undefined
  const place = `${url.pathname}${url.hash}`
  return DOC_PLACE.test(place) ? publicLine(`${url.origin}${place}`, MAX_ADDRESS_CHARACTERS) : undefined
}
