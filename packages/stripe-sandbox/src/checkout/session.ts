import { pageUrl } from '../pages/page.ts'
import { METHOD_TYPES } from '../payment-intents/payment-intent.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import type { Address } from '../wire/contact.ts'
import { innerList } from '../wire/lists.ts'
import type { Metadata } from '../wire/metadata.ts'
import { lineItems } from './line-item.ts'
import { lineItemsOf } from './put-line-items.ts'
import type { Mode } from './put-line-items.ts'

export type SessionDiscount = { readonly coupon: string; readonly promotion_code: string | null }

export type CustomerDetails = {
  readonly address: Address | null
  readonly email: string | null
  readonly name: string | null
  readonly phone: string | null
}

/** One visit to the cash desk. */
export interface CheckoutSession {
  id: string
  created: number
  allow_promotion_codes: boolean | null
  allowed_payment_method_types: readonly string[] | null
  amount_subtotal: number | null
  amount_total: number | null
  billing_address_collection: string | null
  cancel_url: string | null
  client_reference_id: string | null
  /** For pages that are part of somebody's own site. */
  client_secret: string | null
  currency: string | null
  customer: string | null
  customer_creation: string | null
  customer_details: CustomerDetails | null
  customer_email: string | null
  discounts: readonly SessionDiscount[]
  excluded_payment_method_types: readonly string[] | null
  expires_at: number
  invoice: string | null
  locale: string | null
  metadata: Metadata
  mode: Mode
  payment_intent: string | null
  /** For the payment intent, once there is one. */
  payment_intent_data: JsonObject
  payment_link: string | null
  payment_method_collection: string
  payment_status: 'no_payment_required' | 'paid' | 'unpaid'
  phone_number_collection: boolean
  redirect_on_completion: string | null
  return_url: string | null
  setup_intent: string | null
  /** The first is taken unless the customer chooses another. */
  shipping_options: readonly { readonly shipping_amount: number; readonly shipping_rate: string }[]
  shipping_rate: string | null
  status: 'open' | 'complete' | 'expired'
  submit_type: string | null
  subscription: string | null
  subscription_data: JsonObject
  success_url: string | null
  ui_mode: string
}

export const checkoutSessions: Kind<CheckoutSession> = {
  table: 'checkout_sessions',
  type: 'Checkout.Session',
  prefix: 'cs_',
  noun: 'checkout.session',
  indexes: ['customer', 'payment_intent', 'payment_link', 'status', 'subscription'],
  format: (session, view) => ({
    id: session.id,
    object: 'checkout.session',
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: session.allow_promotion_codes,
    allowed_payment_method_types: session.allowed_payment_method_types,
    amount_subtotal: session.amount_subtotal,
    amount_total: session.amount_total,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: session.billing_address_collection,
    cancel_url: session.cancel_url,
    client_reference_id: session.client_reference_id,
    client_secret: session.client_secret,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: session.created,
    currency: session.currency,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: session.customer,
    customer_account: null,
    customer_creation: session.customer_creation,
    customer_details:
      session.customer_details === null
        ? null
        : {
            ...session.customer_details,
            business_name: null,
            individual_name: null,
            tax_exempt: 'none',
            tax_ids: [],
          },
    customer_email: session.customer_email,
    discounts: session.discounts.map(({ coupon, promotion_code: code }) => ({
      // As it was given: by code or by coupon.
      coupon: code === null ? coupon : null,
      promotion_code: code,
    })),
    ...(session.excluded_payment_method_types === null
      ? {}
      : { excluded_payment_method_types: session.excluded_payment_method_types }),
    expires_at: session.expires_at,
    integration_identifier: null,
    invoice: session.invoice,
    invoice_creation:
      session.mode === 'payment'
        ? {
            enabled: false,
            invoice_data: {
              account_tax_ids: null,
              custom_fields: null,
              description: null,
              footer: null,
              issuer: null,
              metadata: {},
              rendering_options: null,
            },
          }
        : null,
    livemode: view.livemode,
    locale: session.locale,
    managed_payments: { enabled: false },
    metadata: session.metadata,
    mode: session.mode,
    origin_context: null,
    payment_intent: session.payment_intent,
    payment_link: session.payment_link,
    payment_method_collection: session.payment_method_collection,
    payment_method_configuration_details: null,
    payment_method_options: methodTypes(session).includes('card')
      ? { card: { request_three_d_secure: 'automatic' } }
      : {},
    payment_method_types: methodTypes(session),
    payment_status: session.payment_status,
    permissions: null,
    phone_number_collection: { enabled: session.phone_number_collection },
    recovered_from: null,
    ...(session.redirect_on_completion === null
      ? {}
      : { redirect_on_completion: session.redirect_on_completion }),
    ...(session.return_url === null ? {} : { return_url: session.return_url }),
    saved_payment_method_options: null,
    setup_intent: session.setup_intent,
    shipping_address_collection: null,
    shipping_cost: costOfShipping(session),
    shipping_options: session.shipping_options,
    status: session.status,
    submit_type: session.submit_type,
    subscription: session.subscription,
    success_url: session.success_url,
    total_details:
      session.amount_subtotal === null
        ? null
        : {
            amount_discount: session.amount_subtotal + shippingAmount(session) - (session.amount_total ?? 0),
            amount_shipping: shippingAmount(session),
            amount_tax: 0,
          },
    ui_mode: session.ui_mode,
    url:
      session.status === 'open' && session.ui_mode === 'hosted_page'
        ? pageUrl(view, 'checkout', session.id)
        : null,
    wallet_options: null,
  }),
  includes: {
    line_items: (session, view) =>
      innerList(
        `/v1/checkout/sessions/${session.id}/line_items`,
        lineItemsOf(view, session.id).map((item) => lineItems.format(item, view)),
      ),
  },
}

function methodTypes({ allowed_payment_method_types: types }: CheckoutSession): readonly string[] {
  return types?.filter((type) => (METHOD_TYPES as readonly string[]).includes(type)) ?? ['card']
}

/** How often a payment link has been bought at. */
export function completedSessions(view: View, link: string): number {
  return view
    .rows(checkoutSessions, 'payment_link', link)
    .filter(({ entity }) => entity.status === 'complete').length
}

/** What the chosen way of shipping costs. */
export function shippingAmount(session: Pick<CheckoutSession, 'shipping_options' | 'shipping_rate'>): number {
  const chosen = session.shipping_options.find((option) => option.shipping_rate === session.shipping_rate)
  return chosen?.shipping_amount ?? 0
}

function costOfShipping(session: CheckoutSession): JsonObject | null {
  if (session.shipping_rate === null) return null
  const amount = shippingAmount(session)
  return {
    amount_subtotal: amount,
    amount_tax: 0,
    amount_total: amount,
    shipping_rate: session.shipping_rate,
  }
}
