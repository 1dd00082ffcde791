import type { ProblemCode } from '../../../contract/problem.ts'
import type { Meaning } from './meaning.ts'

const searchFor = (what: string): string => `a tool that clawlink_search_tools finds for "list ${what}"`

/** Each kind of object that a tool can name, and where its id is found. */
const KINDS = {
  customer: 'stripe_search_customers',
  payment_intent: 'stripe_list_payment_intents',
  payment_method: 'stripe_list_payment_methods, among those of the same customer',
  charge: "stripe_get_payment_intent, in the payment's latest_charge",
  refund: searchFor('refunds'),
  subscription: 'stripe_list_subscriptions with status all',
  subscription_item: 'stripe_list_subscription_items',
  subscription_schedule: "stripe_get_subscription, in the subscription's schedule",
  invoice: 'stripe_list_invoices',
  invoice_item: 'stripe_list_invoice_items',
  invoice_line_item: "stripe_get_invoice, in the invoice's lines",
  credit_note: searchFor('credit notes'),
  checkout_session: searchFor('checkout sessions'),
  product: 'stripe_list_products',
  price: 'stripe_list_prices',
  coupon: 'stripe_list_coupons',
  promotion_code: searchFor('promotion codes'),
  discount: 'stripe_get_subscription, in the discounts',
  dispute: 'stripe_list_disputes',
  payout: 'stripe_list_payouts',
  bank_account: 'stripe_get_payout, in the destination of an earlier payout',
  balance_transaction: 'stripe_list_balance_transactions',
  customer_balance_transaction: searchFor('customer balance transactions'),
  setup_intent: searchFor('setup intents'),
  billing_portal_configuration: searchFor('billing portal configurations'),
  source: 'stripe_list_payment_methods, or let the customer enter the card anew',
  tax_rate: searchFor('tax rates'),
  tax_code: searchFor('tax codes'),
  shipping_rate: searchFor('shipping rates'),
  account: 'clawlink_list_integrations',
  test_clock: searchFor('test clocks'),
} as const

type Kind = keyof typeof KINDS

/** Other words that Stripe has for them, in messages and as parameters. */
const ALIASES: Record<string, Kind> = {
  session: 'checkout_session',
  configuration: 'billing_portal_configuration',
  line_item: 'invoice_line_item',
  plan: 'price',
  sku: 'price',
  card: 'source',
  token: 'source',
  external_account: 'bank_account',
  destination: 'account',
  connected_account: 'account',
  on_behalf_of: 'account',
  schedule: 'subscription_schedule',
  from_invoice: 'invoice',
  default_source: 'source',
  default_price: 'price',
  default_payment_method: 'payment_method',
  default_tax_rates: 'tax_rate',
  tax_rates: 'tax_rate',
}

/** "PaymentMethod", "checkout.session", "setupintent" and "promotion code" are all spelled their own way. */
const squeezed = (name: string): string => name.toLowerCase().replace(/[^a-z]/g, '')

const BY_NAME: ReadonlyMap<string, Kind> = new Map([
  ...Object.entries(ALIASES).map(([name, kind]): [string, Kind] => [squeezed(name), kind]),
  ...Object.keys(KINDS).map((kind): [string, Kind] => [squeezed(kind), kind as Kind]),
])

const CHECK = 'and check that the connection is the right account and mode'

/** What the id was given as, when it is no id of what is wanted but the place in a list. */
const CURSORS = new Set(['starting_after', 'ending_before'])

/** Stripe's `resource_missing`: which kind of object it misses, and where its id is found. */
export function meaningOfMissing(message: string, param: string): Meaning {
  const named = /^No such ([^:']{1,60}):/.exec(message)?.[1]
  const kind = BY_NAME.get(
    squeezed(named ?? param.split(/[[\]]/).findLast((part) => /[a-z]/.test(part)) ?? ''),
  )
  const code: ProblemCode = kind === undefined ? 'object_not_found' : `${kind}_not_found`
  return { code, nextStep: nextStep(kind, message, param) }
}

function nextStep(kind: Kind | undefined, message: string, param: string): string {
  const mode = /similar object exists in (live|test) mode/.exec(message)?.[1]
  if (mode !== undefined) {
    return `The id is one of ${mode} mode, so ask the user which mode is meant, and choose the connection with clawlink_list_integrations.`
  }
  if (CURSORS.has(param))
    return `Call the list again with clawlink_call_tool and without ${param}, because its cursor is gone.`
  if (kind === undefined)
    return `Look for the id with clawlink_search_tools and a tool that lists such objects, ${CHECK}.`
  return `Find the id with ${KINDS[kind]}, ${CHECK}.`
}

export const missingKinds = Object.keys(KINDS) as Kind[]
