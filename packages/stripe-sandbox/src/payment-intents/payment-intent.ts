import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import type { Shipping } from '../wire/contact.ts'
import type { Metadata } from '../wire/metadata.ts'

export type PaymentIntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'requires_capture'
  | 'processing'
  | 'succeeded'
  | 'canceled'

export type AutomaticPaymentMethods = { readonly enabled: boolean; readonly allow_redirects: string }

export interface PaymentIntent {
  id: string
  created: number
  allowed_payment_method_types: readonly string[] | null
  amount: number
  amount_capturable: number
  amount_received: number
  automatic_payment_methods: AutomaticPaymentMethods | null
  canceled_at: number | null
  cancellation_reason: string | null
  capture_method: string
  client_secret: string
  confirmation_method: string
  currency: string
  customer: string | null
  description: string | null
  excluded_payment_method_types: readonly string[] | null
  /** As it goes over the wire. */
  last_payment_error: JsonObject | null
  latest_charge: string | null
  metadata: Metadata
  next_action: JsonObject | null
  payment_method: string | null
  receipt_email: string | null
  request_three_d_secure: string
  setup_future_usage: string | null
  shipping: Shipping | null
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
  status: PaymentIntentStatus
  transfer_group: string | null
}

export const paymentIntents: Kind<PaymentIntent> = {
  table: 'payment_intents',
  type: 'PaymentIntent',
  prefix: 'pi_',
  idLength: 24,
  noun: 'payment_intent',
  indexes: ['customer', 'status'],
  format: (intent, view) => ({
    id: intent.id,
    object: 'payment_intent',
    allowed_payment_method_types: intent.allowed_payment_method_types,
    amount: intent.amount,
    amount_capturable: intent.amount_capturable,
    amount_details: { tip: {} },
    amount_received: intent.amount_received,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: intent.automatic_payment_methods,
    canceled_at: intent.canceled_at,
    cancellation_reason: intent.cancellation_reason,
    capture_method: intent.capture_method,
    client_secret: intent.client_secret,
    confirmation_method: intent.confirmation_method,
    created: intent.created,
    currency: intent.currency,
    customer: intent.customer,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: intent.excluded_payment_method_types,
    last_payment_error: intent.last_payment_error,
    latest_charge: intent.latest_charge,
    livemode: view.livemode,
    managed_payments: null,
    metadata: intent.metadata,
    next_action: intent.next_action,
    on_behalf_of: null,
    payment_method: intent.payment_method,
    payment_method_configuration_details: null,
    payment_method_options: {
      ...(methodTypes(intent).includes('card')
        ? {
            card: {
              installments: null,
              mandate_options: null,
              network: null,
              request_three_d_secure: intent.request_three_d_secure,
            },
          }
        : {}),
      ...(methodTypes(intent).includes('sepa_debit') ? { sepa_debit: {} } : {}),
    },
    payment_method_types: methodTypes(intent),
    payment_record: null,
    processing: null,
    receipt_email: intent.receipt_email,
    review: null,
    setup_future_usage: intent.setup_future_usage,
    shipping: intent.shipping,
    source: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: intent.statement_descriptor_suffix,
    status: intent.status,
    transfer_data: null,
    transfer_group: intent.transfer_group,
  }),
}

/** What the sandbox can do, of what the intent allows; accounts are only asked for by those who name them. */
function methodTypes({ allowed_payment_method_types: types }: PaymentIntent): readonly string[] {
  return types?.filter((type) => (METHOD_TYPES as readonly string[]).includes(type)) ?? ['card']
}

/** What can be paid with here. */
export const METHOD_TYPES = ['card', 'sepa_debit'] as const
