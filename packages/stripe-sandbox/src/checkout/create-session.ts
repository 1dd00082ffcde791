import { checkEmail, customers } from '../customers/customer.ts'
import { isFollowable } from '../pages/page.ts'
import { checkTypes } from '../payment-intents/intent-params.ts'
import { METHOD_TYPES } from '../payment-intents/payment-intent.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { createSetupIntent } from '../setup-intents/save-setup-intent.ts'
import { createShippingRate } from '../shipping-rates/create-shipping-rate.ts'
import type { CreateShippingRate } from '../shipping-rates/create-shipping-rate.ts'
import { shippingRates } from '../shipping-rates/shipping-rate.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest, missingParam, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { priceSession, readDiscounts } from './price-session.ts'
import type { DiscountParam } from './price-session.ts'
import { lineItemsOf, putLineItems } from './put-line-items.ts'
import type { LineItemParam, Mode } from './put-line-items.ts'
import { checkoutSessions } from './session.ts'
import type { CheckoutSession } from './session.ts'

export interface CreateSession {
  allow_promotion_codes?: boolean
  allowed_payment_method_types?: readonly string[]
  automatic_tax?: { enabled: boolean }
  billing_address_collection?: string
  cancel_url?: string
  client_reference_id?: string
  currency?: string
  customer?: string
  customer_creation?: string
  customer_email?: string
  discounts?: readonly DiscountParam[]
  excluded_payment_method_types?: readonly string[]
  expires_at?: number
  invoice_creation?: { enabled: boolean }
  line_items?: readonly LineItemParam[]
  locale?: string
  metadata?: MetadataParam
  mode?: Mode
  payment_intent_data?: JsonObject
  payment_link?: string
  payment_method_collection?: string
  /** Only from clients of versions before 2026-09-30. */
  payment_method_types?: readonly string[]
  phone_number_collection?: { enabled: boolean }
  redirect_on_completion?: string
  return_url?: string
  setup_intent_data?: { description?: string; metadata?: MetadataParam }
  shipping_options?: readonly ShippingOptionParam[]
  submit_type?: string
  subscription_data?: JsonObject
  success_url?: string
  ui_mode?: string
}

interface ShippingOptionParam {
  shipping_rate?: string
  shipping_rate_data?: CreateShippingRate
}

const MINUTE_SECONDS = 60
const DAY_SECONDS = 24 * 60 * MINUTE_SECONDS
const MAX_REFERENCE_CHARACTERS = 200
const MAX_SHIPPING_OPTIONS = 5

/** What a payment intent made by a session may be told. */
const INTENT_DATA = new Set([
  'capture_method',
  'description',
  'metadata',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
])

/** @throws StripeError 400 for parameters that contradict one another, 501 for what the sandbox cannot do */
export function createSession(tx: Transaction, params: CreateSession): CheckoutSession {
  const mode = params.mode ?? 'payment'
  const uiMode = params.ui_mode ?? 'hosted_page'
  checkAddresses(params, uiMode)
  checkContradictions(params, mode)
  const { types } = checkTypes(params, mode === 'payment' ? METHOD_TYPES : ['card'])
  const customer =
    params.customer === undefined ? null : inParam(tx, customers, params.customer, 'customer').id
  const id = `cs_${tx.livemode ? 'live' : 'test'}_${tx.token(30)}${tx.token(28)}`
  const embedded = uiMode !== 'hosted_page'
  const blank: CheckoutSession = {
    id,
    created: tx.now,
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: types ?? null,
    amount_subtotal: null,
    amount_total: null,
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    client_secret: embedded ? `${id}_secret_${tx.token(24)}` : null,
    currency: params.currency === undefined ? null : readCurrency(params.currency),
    customer,
    customer_creation:
      customer !== null || mode === 'subscription'
        ? mode === 'subscription' && customer === null
          ? 'always'
          : null
        : (params.customer_creation ?? (mode === 'setup' ? 'always' : 'if_required')),
    customer_details: null,
    customer_email: params.customer_email ?? null,
    discounts: [],
    excluded_payment_method_types: params.excluded_payment_method_types ?? null,
    expires_at: expiryOf(tx, params.expires_at),
    invoice: null,
    locale: params.locale ?? null,
    metadata: mergeMetadata({}, params.metadata),
    mode,
    payment_intent: null,
    payment_intent_data: params.payment_intent_data ?? {},
    payment_link: params.payment_link ?? null,
    payment_method_collection:
      params.payment_method_collection ?? (mode === 'subscription' ? 'always' : 'if_required'),
    payment_status: mode === 'setup' ? 'no_payment_required' : 'unpaid',
    phone_number_collection: params.phone_number_collection?.enabled ?? false,
    redirect_on_completion: embedded ? (params.redirect_on_completion ?? 'always') : null,
    return_url: params.return_url ?? null,
    setup_intent: null,
    shipping_options: [],
    shipping_rate: null,
    status: 'open',
    submit_type: params.submit_type ?? null,
    subscription: null,
    subscription_data: params.subscription_data ?? {},
    success_url: params.success_url ?? null,
    ui_mode: uiMode,
  }
  if (mode === 'setup') return tx.put(checkoutSessions, withSetupIntent(tx, blank, params))
  if (!params.line_items || params.line_items.length === 0) throw missingParam('line_items')
  putLineItems(
    tx,
    id,
    { currency: blank.currency ?? undefined, mode, reusesPrices: mode === 'subscription' },
    params.line_items,
  )
  const shipped = withShipping(tx, blank, params.shipping_options ?? [])
  const priced = priceSession(tx, shipped)
  const discounts = readDiscounts(tx, priced, params.discounts ?? [])
  return tx.put(checkoutSessions, priceSession(tx, { ...priced, discounts }))
}

function checkAddresses(params: CreateSession, uiMode: string): void {
  if (uiMode === 'hosted_page') {
    // Links may end with the page's own thanks.
    if (params.success_url === undefined && params.payment_link === undefined)
      throw missingParam('success_url')
    for (const name of ['return_url', 'redirect_on_completion'] as const) {
      if (params[name] !== undefined) {
        throw invalidParam(name, `\`${name}\` cannot be set when \`ui_mode\` is \`hosted_page\`.`)
      }
    }
  } else {
    for (const name of ['success_url', 'cancel_url'] as const) {
      if (params[name] !== undefined) {
        throw invalidParam(
          name,
          `\`${name}\` cannot be set when \`ui_mode\` is \`${uiMode}\`. Use \`return_url\` instead.`,
        )
      }
    }
    const stays = params.redirect_on_completion === 'never'
    if (!stays && params.return_url === undefined) throw missingParam('return_url')
    if (stays && params.return_url !== undefined) {
      throw invalidParam('return_url', '`return_url` cannot be set when `redirect_on_completion` is `never`.')
    }
  }
  for (const name of ['success_url', 'cancel_url', 'return_url'] as const) {
    const url = params[name]
    if (url !== undefined && !isFollowable(url)) throw invalidParam(name, 'Not a valid URL', 'url_invalid')
  }
}

function checkContradictions(params: CreateSession, mode: Mode): void {
  checkEmail(params.customer_email, 'customer_email')
  const together: [keyof CreateSession, keyof CreateSession][] = [
    ['customer', 'customer_email'],
    ['allow_promotion_codes', 'discounts'],
  ]
  for (const [one, other] of together) {
    if (params[one] !== undefined && params[other] !== undefined) {
      throw invalidRequest(`You may only specify one of these parameters: ${one}, ${other}.`, {
        stored: false,
      })
    }
  }
  const belongs: [keyof CreateSession, Mode][] = [
    ['payment_intent_data', 'payment'],
    ['setup_intent_data', 'setup'],
    ['subscription_data', 'subscription'],
  ]
  for (const [name, itsMode] of belongs) {
    if (params[name] !== undefined && mode !== itsMode) {
      throw invalidParam(name, `You can not pass \`${name}\` in \`${mode}\` mode.`)
    }
  }
  if (mode === 'subscription' && params.customer_creation !== undefined) {
    throw invalidParam(
      'customer_creation',
      '`customer_creation` can only be used in `payment` and `setup` mode.',
    )
  }
  if (mode === 'setup' && params.line_items !== undefined) {
    throw invalidParam('line_items', 'You can not pass `line_items` in `setup` mode.')
  }
  if ((params.client_reference_id?.length ?? 0) > MAX_REFERENCE_CHARACTERS) {
    throw invalidParam(
      'client_reference_id',
      `Client reference ids can have up to ${MAX_REFERENCE_CHARACTERS} characters.`,
    )
  }
  if (params.automatic_tax?.enabled === true) throw notInSandbox('automatic tax', 'automatic_tax')
  if (params.invoice_creation?.enabled === true)
    throw notInSandbox('invoices for one-time payments', 'invoice_creation')
  const unknown = Object.keys(params.payment_intent_data ?? {}).find((name) => !INTENT_DATA.has(name))
  if (unknown !== undefined) {
    throw notInSandbox(`payment_intent_data[${unknown}]`, `payment_intent_data[${unknown}]`)
  }
}

function expiryOf(tx: Transaction, given: number | undefined): number {
  if (given === undefined) return tx.now + DAY_SECONDS
  if (given < tx.now + 30 * MINUTE_SECONDS || given > tx.now + DAY_SECONDS) {
    throw invalidParam(
      'expires_at',
      'The `expires_at` timestamp must be at least 30 minutes and less than 24 hours from Checkout Session creation.',
    )
  }
  return given
}

function withSetupIntent(tx: Transaction, session: CheckoutSession, params: CreateSession): CheckoutSession {
  const intent = createSetupIntent(tx, {
    ...params.setup_intent_data,
    ...(session.customer === null ? {} : { customer: session.customer }),
  })
  return 'refused' in intent ? session : { ...session, setup_intent: intent.id }
}

/** @throws StripeError 400 for a rate that is not there or in another currency */
function withShipping(
  tx: Transaction,
  session: CheckoutSession,
  given: readonly ShippingOptionParam[],
): CheckoutSession {
  if (given.length > 0 && session.mode !== 'payment') {
    throw invalidParam('shipping_options', '`shipping_options` can only be used in `payment` mode.')
  }
  if (given.length > MAX_SHIPPING_OPTIONS) {
    throw invalidParam('shipping_options', `You can have at most ${MAX_SHIPPING_OPTIONS} shipping options.`)
  }
  const currency = lineItemsOf(tx, session.id)[0]?.currency
  const options = given.map((option, position) => {
    const param = `shipping_options[${position}]`
    if (option.shipping_rate === undefined && !option.shipping_rate_data) {
      throw missingParam(`${param}[shipping_rate]`)
    }
    const rate = option.shipping_rate_data
      ? createShippingRate(tx, option.shipping_rate_data)
      : inParam(tx, shippingRates, option.shipping_rate ?? '', `${param}[shipping_rate]`)
    if (!rate.active || rate.currency !== currency) {
      throw invalidParam(
        param,
        `The shipping rate ${rate.id} is inactive or in another currency than the items.`,
      )
    }
    return { shipping_amount: rate.amount, shipping_rate: rate.id }
  })
  return { ...session, shipping_options: options, shipping_rate: options[0]?.shipping_rate ?? null }
}
