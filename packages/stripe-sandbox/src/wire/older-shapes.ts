import { coupons } from '../coupons/coupon.ts'
import { invoicePayments } from '../invoice-payments/invoice-payment.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import { prices } from '../prices/price.ts'
import { isJsonObject } from '../store/json.ts'
import type { Json, JsonObject } from '../store/json.ts'
import type { View } from '../store/kind.ts'

/** Members that objects had until a version, in place of or besides those of today. */
interface OlderShape {
  /** The first version without them. */
  until: string
  object: string
  also: (object: JsonObject, view: View) => JsonObject
}

const BASIL = '2025-03-31'
const CLOVER = '2025-09-30'

const olderShapes: readonly OlderShape[] = [
  {
    until: BASIL,
    object: 'charge',
    also: ({ payment_intent: intent }, view) => ({ invoice: invoicePaidBy(idOf(intent), view) }),
  },
  {
    until: BASIL,
    object: 'payment_intent',
    also: ({ id }, view) => ({ invoice: invoicePaidBy(idOf(id), view) }),
  },
  {
    until: BASIL,
    object: 'invoice',
    also: (invoice, view) => {
      const intent = intentOf(idOf(invoice.id), view)
      return {
        charge: (intent === null ? undefined : view.get(paymentIntents, intent)?.latest_charge) ?? null,
        paid: invoice.status === 'paid',
        payment_intent: intent,
        subscription: at(invoice, 'parent', 'subscription_details', 'subscription') ?? null,
      }
    },
  },
  {
    until: BASIL,
    object: 'subscription',
    also: (subscription) => ({
      current_period_end: at(subscription, 'items', 'data', 0, 'current_period_end') ?? null,
      current_period_start: at(subscription, 'items', 'data', 0, 'current_period_start') ?? null,
    }),
  },
  {
    until: BASIL,
    object: 'invoiceitem',
    also: (item, view) => {
      const price = view.get(prices, idOf(at(item, 'pricing', 'price_details', 'price')) ?? '')
      return {
        price: price ? prices.format(price, view) : null,
        subscription: at(item, 'parent', 'subscription_details', 'subscription') ?? null,
      }
    },
  },
  {
    until: BASIL,
    object: 'credit_note',
    also: (note) => ({ refund: at(note, 'refunds', 0, 'refund') ?? null }),
  },
  {
    until: CLOVER,
    object: 'discount',
    also: (discount, view) => {
      const coupon = view.get(coupons, idOf(at(discount, 'source', 'coupon')) ?? '')
      return { coupon: coupon ? coupons.format(coupon, view) : null }
    },
  },
  {
    until: CLOVER,
    object: 'promotion_code',
    also: (code, view) => {
      const coupon = view.get(coupons, idOf(at(code, 'promotion', 'coupon')) ?? '')
      return { coupon: coupon ? coupons.format(coupon, view) : null }
    },
  },
]

/** The answer as a client of the requested version expects it. */
export function inVersion(version: string, answer: JsonObject, view: View): JsonObject {
  const shapes = olderShapes.filter(({ until }) => version < until)
  return shapes.length === 0 ? answer : (withShapes(answer, shapes, view) as JsonObject)
}

function withShapes(value: Json, shapes: readonly OlderShape[], view: View): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => withShapes(one, shapes, view))
  if (!isJsonObject(value)) return value
  const members = Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, withShapes(member, shapes, view)]),
  )
  const shape = shapes.find(({ object }) => object === value.object)
  // What is there by that name today means something else, or the same: it stays.
  return shape ? { ...shape.also(value, view), ...members } : members
}

function invoicePaidBy(intent: string | undefined, view: View): string | null {
  const payment =
    intent === undefined ? undefined : view.rows(invoicePayments, 'payment_intent', intent).at(-1)
  return payment?.entity.invoice ?? null
}

function intentOf(invoice: string | undefined, view: View): string | null {
  const payment = invoice === undefined ? undefined : view.rows(invoicePayments, 'invoice', invoice).at(-1)
  return payment?.entity.payment_intent ?? null
}

function idOf(reference: Json): string | undefined {
  if (typeof reference === 'string') return reference
  return isJsonObject(reference) ? idOf(reference.id) : undefined
}

function at(object: JsonObject, ...path: readonly (string | number)[]): Json {
  let value: Json = object
  for (const step of path) {
    if (typeof step === 'number') value = Array.isArray(value) ? (value as readonly Json[])[step] : undefined
    else value = isJsonObject(value) ? value[step] : undefined
  }
  return value
}
