import { lineItems } from '../checkout/line-item.ts'
import { completedSessions } from '../checkout/session.ts'
import { lineItemsOf } from '../checkout/put-line-items.ts'
import type { Mode } from '../checkout/put-line-items.ts'
import { pageUrl } from '../pages/page.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import { innerList } from '../wire/lists.ts'
import type { Metadata } from '../wire/metadata.ts'

/** An address that anybody can buy at, again and again. */
export interface PaymentLink {
  id: string
  created: number
  active: boolean
  allow_promotion_codes: boolean
  billing_address_collection: string
  completed_sessions_limit: number | null
  currency: string
  custom_message: string | null
  customer_creation: string
  inactive_message: string | null
  metadata: Metadata
  mode: Mode
  payment_intent_data: JsonObject | null
  payment_method_collection: string
  phone_number_collection: boolean
  /** Where to go afterwards, instead of the page's own thanks. */
  redirect_url: string | null
  submit_type: string
  subscription_data: JsonObject | null
}

export const paymentLinks: Kind<PaymentLink> = {
  table: 'payment_links',
  type: 'PaymentLink',
  prefix: 'plink_',
  idLength: 24,
  noun: 'payment_link',
  indexes: [],
  format: (link, view) => ({
    id: link.id,
    object: 'payment_link',
    active: link.active,
    after_completion:
      link.redirect_url === null
        ? { hosted_confirmation: { custom_message: link.custom_message }, type: 'hosted_confirmation' }
        : { redirect: { url: link.redirect_url }, type: 'redirect' },
    allow_promotion_codes: link.allow_promotion_codes,
    application: null,
    application_fee_amount: null,
    application_fee_percent: null,
    automatic_tax: { enabled: false, liability: null },
    billing_address_collection: link.billing_address_collection,
    consent_collection: null,
    currency: link.currency,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer_creation: link.customer_creation,
    inactive_message: link.inactive_message,
    invoice_creation: null,
    livemode: view.livemode,
    managed_payments: null,
    metadata: link.metadata,
    on_behalf_of: null,
    payment_intent_data:
      link.payment_intent_data === null
        ? null
        : {
            capture_method: null,
            description: null,
            metadata: {},
            setup_future_usage: null,
            statement_descriptor: null,
            statement_descriptor_suffix: null,
            transfer_group: null,
            ...link.payment_intent_data,
          },
    payment_method_collection: link.payment_method_collection,
    payment_method_options: null,
    payment_method_types: null,
    phone_number_collection: { enabled: link.phone_number_collection },
    restrictions:
      link.completed_sessions_limit === null
        ? null
        : {
            completed_sessions: {
              count: completedSessions(view, link.id),
              limit: link.completed_sessions_limit,
            },
          },
    shipping_address_collection: null,
    shipping_options: [],
    submit_type: link.submit_type,
    subscription_data:
      link.mode === 'subscription'
        ? {
            description: null,
            invoice_settings: {
              account_tax_ids: null,
              custom_fields: null,
              description: null,
              footer: null,
              issuer: { type: 'self' },
            },
            metadata: {},
            trial_period_days: null,
            trial_settings: null,
            ...link.subscription_data,
          }
        : null,
    tax_id_collection: { enabled: false, required: 'never' },
    transfer_data: null,
    url: pageUrl(view, 'buy', link.id),
  }),
  includes: {
    line_items: (link, view) =>
      innerList(
        `/v1/payment_links/${link.id}/line_items`,
        lineItemsOf(view, link.id).map((item) => lineItems.format(item, view)),
      ),
  },
}
