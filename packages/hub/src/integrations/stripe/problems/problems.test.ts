import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { PROBLEMS } from '../../../contract/problem.ts'
import { errorMeanings } from '../problem-of.ts'
import { adviceMeanings, declineMeanings, meaningOfDecline } from './declines.ts'
import { textMeanings } from './error-texts.ts'
import type { Meaning } from './meaning.ts'
import { meaningOfMissing, missingKinds } from './not-found.ts'

/** On the wire, and not in the types of the package: of the API's older or newer parts, of /v2, or of the sandbox. */
const WIRE_ONLY = [
  'account_already_exists',
  'invoice_already_paid',
  'more_permissions_required',
  'more_permissions_required_for_application',
  'not_found',
  'payment_intent_invalid_currency',
  'sandbox_not_supported',
  'subscription_payment_intent_requires_action',
  'test_mode_live_card',
]

/** Values of `type` that stand for a code where an error has none. */
const TYPES = ['api_connection_error', 'api_error', 'authentication_error', 'card_error', 'rate_limit_error']

/** What an agent can call by name: the curated tools and the hub's own. */
const TOOLS = `
  stripe_list_customers stripe_get_customer stripe_create_customer stripe_update_customer stripe_delete_customer
  stripe_create_customer_balance_transaction stripe_create_customer_session stripe_search_customers
  stripe_list_payment_intents stripe_get_payment_intent stripe_create_payment_intent stripe_confirm_payment_intent
  stripe_capture_payment_intent stripe_cancel_payment_intent stripe_get_balance stripe_list_balance_transactions
  stripe_create_charge stripe_capture_charge stripe_create_refund stripe_list_subscriptions
  stripe_get_subscription stripe_create_subscription stripe_update_subscription stripe_cancel_subscription
  stripe_pause_subscription stripe_resume_subscription stripe_list_subscription_items
  stripe_create_subscription_item stripe_delete_subscription_item stripe_list_invoices stripe_get_invoice
  stripe_create_invoice stripe_finalize_invoice stripe_send_invoice stripe_void_invoice stripe_delete_invoice
  stripe_create_preview_invoice stripe_add_invoice_lines stripe_create_invoice_item stripe_list_invoice_items
  stripe_create_credit_note stripe_create_checkout_session stripe_get_checkout_session
  stripe_expire_checkout_session stripe_list_products stripe_get_product stripe_create_product
  stripe_update_product stripe_delete_product stripe_create_price stripe_list_prices stripe_create_coupon
  stripe_list_coupons stripe_delete_coupon stripe_create_promotion_code stripe_create_billing_portal_session
  stripe_create_billing_portal_configuration stripe_list_disputes stripe_get_dispute stripe_close_dispute
  stripe_list_payouts stripe_get_payout stripe_create_payout stripe_cancel_payout stripe_list_payment_methods
  stripe_attach_payment_method stripe_detach_payment_method stripe_create_payment_method
  stripe_create_setup_intent stripe_confirm_setup_intent stripe_cancel_setup_intent
  clawlink_list_integrations clawlink_list_tools clawlink_search_tools clawlink_describe_tool
  clawlink_preview_tool clawlink_call_tool clawlink_get_confirmation`
  .trim()
  .split(/\s+/)

const resources = dirname(createRequire(import.meta.url).resolve('stripe'))
const source = (...path: string[]): string => readFileSync(join(resources, ...path), 'utf8')

function codesIn(file: string): string[] {
  const unions = [...source('resources', file).matchAll(/type Code = ([^;]*);/g)].map(
    ([, union]) => union ?? '',
  )
  const union = unions.find((text) => text.includes("'resource_missing'")) ?? ''
  return [...union.matchAll(/'([a-z0-9_]+)'/g)].map(([, code]) => code ?? '')
}

test('every error code that the installed Stripe package knows has a meaning, and no other has but those of the wire', () => {
  const known = new Set(['PaymentIntents.d.ts', 'SetupIntents.d.ts', 'Invoices.d.ts'].flatMap(codesIn))
  expect(known.size).toBeGreaterThan(200)
  const hasMeaning = (code: string): boolean => errorMeanings.has(code) || declineMeanings.has(code)
  expect([...known].filter((code) => !hasMeaning(code))).toEqual([])
  const others = [...errorMeanings.keys()].filter((name) => !known.has(name) && !typesOfV2().includes(name))
  expect(others.toSorted()).toEqual([...WIRE_ONLY, ...TYPES].toSorted())
})

function typesOfV2(): string[] {
  const found = /const generateV2Error = [^]*?\n\};/.exec(source('Error.js'))?.[0] ?? ''
  return [...found.matchAll(/case '([a-z_]+)'/g)].map(([, type]) => type ?? '')
}

test('every error type of Stripe’s second API has a meaning', () => {
  expect(typesOfV2().length).toBeGreaterThan(15)
  expect(typesOfV2().filter((type) => !errorMeanings.has(type))).toEqual([])
})

const rows: Array<[string, Meaning]> = [
  ...errorMeanings,
  ...declineMeanings,
  ...adviceMeanings,
  ...textMeanings.map((meaning): [string, Meaning] => [`text: ${meaning.nextStep}`, meaning]),
  ...missingKinds.map((kind): [string, Meaning] => [kind, meaningOfMissing(`No such ${kind}: 'x'`, 'id')]),
  ['unknown object', meaningOfMissing('', '')],
  ['cursor', meaningOfMissing("No such customer: 'cus_1'", 'starting_after')],
  ['other mode', meaningOfMissing("No such price: 'x'; a similar object exists in live mode, but…", 'id')],
]

test.each(rows)(
  'the next step after %s is one sentence that names a tool or who acts',
  (_name, { nextStep }) => {
    expect(nextStep).toMatch(/^[A-Z][^\n]{20,240}\.$/)
    expect(nextStep).not.toMatch(/[.!?] +[A-Z]/)
    const named = nextStep.match(/\b(?:stripe|clawlink)_\w+/g) ?? []
    expect(named.filter((tool) => !TOOLS.includes(tool))).toEqual([])
    if (named.length === 0) expect(nextStep).toMatch(/\b(?:user|customer|owner)\b/)
  },
)

test('only what Stripe says to try again may be tried again', () => {
  const retryable = rows.filter(([, { code }]) => PROBLEMS[code].retryable).map(([name]) => name)
  expect(retryable.toSorted()).toEqual([
    'acss_debit_session_incomplete',
    'api_connection_error',
    'api_error',
    'approve_with_id',
    'failed_tax_calculation',
    'financial_connections_account_pending_account_numbers',
    'financial_connections_no_successful_transaction_refresh',
    'forwarding_api_retryable_upstream_error',
    'forwarding_api_upstream_connection_error',
    'forwarding_api_upstream_connection_timeout',
    'issuer_not_available',
    'lock_timeout',
    'payment_intent_rate_limit_exceeded',
    'payment_method_microdeposit_processing_error',
    'payment_method_provider_timeout',
    'payout_reconciliation_not_ready',
    'processing_error',
    'rate_limit',
    'rate_limit_error',
    'reenter_transaction',
    'shipping_calculation_failed',
    'taxes_calculation_failed',
    'terminal_reader_busy',
    'terminal_reader_hardware_fault',
    'terminal_reader_offline',
    'terminal_reader_timeout',
    'three_d_secure_authentication_upstream_error',
    'try_again_later',
  ])
})

test.each(['lost_card', 'stolen_card', 'pickup_card', 'fraudulent', 'merchant_blacklist'])(
  'the customer is never told of %s',
  (declineCode) => {
    for (const adviceCode of ['', 'do_not_try_again', 'try_again_later']) {
      const meaning = meaningOfDecline({ code: 'card_declined', declineCode, adviceCode })
      expect(meaning?.code).toBe('card_declined')
      expect(meaning?.nextStep).toMatch(/never the reason/)
      expect(meaning?.nextStep).not.toMatch(/lost|stolen|fraud|black/i)
    }
  },
)

test.each<[string, string, string, string, RegExp]>([
  ['card_declined', 'generic_decline', 'try_again_later', 'card_declined', /may work later/],
  ['card_declined', 'generic_decline', 'do_not_try_again', 'card_declined', /Do not charge/],
  ['card_declined', 'do_not_honor', 'confirm_card_data', 'card_declined', /check the details/],
  ['card_declined', 'one_of_next_year', 'do_not_try_again', 'card_declined', /Do not charge/],
  ['processing_error', 'processing_error', 'try_again_later', 'processing_error', /Wait a few minutes/],
  ['processing_error', 'processing_error', 'do_not_try_again', 'card_declined', /Do not charge/],
  ['expired_card', 'expired_card', 'do_not_try_again', 'card_declined', /not expired/],
  ['card_declined', 'insufficient_funds', 'try_again_later', 'insufficient_funds', /add funds/],
])('code %s, decline %s and advice %s is %s', (code, declineCode, adviceCode, ours, step) => {
  const meaning = meaningOfDecline({ code, declineCode, adviceCode })
  expect(meaning?.code).toBe(ours)
  expect(meaning?.nextStep).toMatch(step)
})

test.each([
  ["No such customer: 'x'", 'id', 'customer'],
  ["No such payment_intent: 'x'", 'intent', 'payment_intent'],
  [
    "No such PaymentMethod: 'x'; It's possible this PaymentMethod exists…",
    'payment_method',
    'payment_method',
  ],
  ["No such charge: 'x'", 'charge', 'charge'],
  ["No such refund: 'x'", 'id', 'refund'],
  ["No such subscription: 'x'", 'id', 'subscription'],
  ["No such subscription_item: 'x'", 'id', 'subscription_item'],
  ["No such subscription item: 'x'", 'id', 'subscription_item'],
  ["No such subscription_schedule: 'x'", 'schedule', 'subscription_schedule'],
  ["No such invoice: 'x'", 'invoice', 'invoice'],
  ["No such invoiceitem: 'x'", 'id', 'invoice_item'],
  ["No such checkout.session: 'x'", 'session', 'checkout_session'],
  ["No such checkout session: 'x'", 'id', 'checkout_session'],
  ["No such product: 'x'", 'id', 'product'],
  ["No such price: 'x'", 'items[0][price]', 'price'],
  ["No such plan: 'x'", 'plan', 'price'],
  ["No such coupon: 'x'", 'coupon', 'coupon'],
  ["No such promotion code: 'x'", 'discounts[0][promotion_code]', 'promotion_code'],
  ["No such dispute: 'x'", 'dispute', 'dispute'],
  ["No such payout: 'x'", 'payout', 'payout'],
  ["No such external account: 'x'", 'destination', 'bank_account'],
  ["No such setupintent: 'x'", 'intent', 'setup_intent'],
  ["No such setup_intent: 'x'", 'intent', 'setup_intent'],
  ["No such billing_portal.configuration: 'x'", 'id', 'billing_portal_configuration'],
  ["No such configuration: 'x'", 'configuration', 'billing_portal_configuration'],
  ["No such credit note: 'x'", 'id', 'credit_note'],
  ["No such balance transaction: 'x'", 'id', 'balance_transaction'],
  ["No such token: 'x'", 'source', 'source'],
  ["No such tax rate: 'x'", 'default_tax_rates', 'tax_rate'],
  ['It is not there.', 'discounts[0][coupon]', 'coupon'],
  ['It is not there.', 'line_items[0][price]', 'price'],
  ['It is not there.', 'default_tax_rates[0]', 'tax_rate'],
  ['It is not there.', 'customer', 'customer'],
  ['It is not there.', 'id', 'object'],
  ["No such spaceship: 'x'", 'customer', 'object'],
  ["No such constructor: 'x'", '__proto__', 'object'],
])('%s with param %s is about a %s', (message, param, kind) => {
  expect(meaningOfMissing(message, param).code).toBe(`${kind}_not_found`)
})

test('an id of the other mode is no reason to search, but to ask which mode is meant', () => {
  const message =
    "No such customer: 'cus_1'; a similar object exists in live mode, but a test mode key was used to make this request."
  const { code, nextStep } = meaningOfMissing(message, 'id')
  expect(code).toBe('customer_not_found')
  expect(nextStep).toMatch(/one of live mode, so ask the user .* clawlink_list_integrations/)
})
