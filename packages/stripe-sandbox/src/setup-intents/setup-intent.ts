import type { AutomaticPaymentMethods } from '../payment-intents/payment-intent.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type SetupIntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'succeeded'
  | 'canceled'

/** Saves a card for later, with the cardholder present. */
export interface SetupIntent {
  id: string
  created: number
  allowed_payment_method_types: readonly string[] | null
  automatic_payment_methods: AutomaticPaymentMethods | null
  cancellation_reason: string | null
  client_secret: string
  customer: string | null
  description: string | null
  excluded_payment_method_types: readonly string[] | null
  /** As it goes over the wire. */
  last_setup_error: JsonObject | null
  latest_attempt: string | null
  metadata: Metadata
  next_action: JsonObject | null
  payment_method: string | null
  request_three_d_secure: string
  status: SetupIntentStatus
  usage: string
}

export const setupIntents: Kind<SetupIntent> = {
  table: 'setup_intents',
  type: 'SetupIntent',
  prefix: 'seti_',
  idLength: 24,
  noun: 'setupintent',
  indexes: ['customer', 'payment_method'],
  format: (intent, view) => ({
    id: intent.id,
    object: 'setup_intent',
    allowed_payment_method_types: intent.allowed_payment_method_types,
    application: null,
    automatic_payment_methods: intent.automatic_payment_methods,
    cancellation_reason: intent.cancellation_reason,
    client_secret: intent.client_secret,
    created: intent.created,
    customer: intent.customer,
    customer_account: null,
    description: intent.description,
    excluded_payment_method_types: intent.excluded_payment_method_types,
    flow_directions: null,
    last_setup_error: intent.last_setup_error,
    latest_attempt: intent.latest_attempt,
    livemode: view.livemode,
    managed_payments: null,
    mandate: null,
    metadata: intent.metadata,
    next_action: intent.next_action,
    on_behalf_of: null,
    payment_method: intent.payment_method,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: {
        mandate_options: null,
        network: null,
        request_three_d_secure: intent.request_three_d_secure,
      },
    },
    payment_method_types: ['card'],
    single_use_mandate: null,
    status: intent.status,
    usage: intent.usage,
  }),
}
