import type { Card } from '../payment-methods/payment-method.ts'
import { networkOf } from '../payment-methods/payment-method.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'

/** One try of a setup intent with one card. */
export interface SetupAttempt {
  id: string
  created: number
  card: Card
  customer: string | null
  payment_method: string
  setup_error: JsonObject | null
  setup_intent: string
  status: 'requires_action' | 'succeeded' | 'failed' | 'abandoned'
  usage: string
}

export const setupAttempts: Kind<SetupAttempt> = {
  table: 'setup_attempts',
  type: 'SetupAttempt',
  prefix: 'setatt_',
  idLength: 24,
  noun: 'setupattempt',
  indexes: ['setup_intent'],
  format: (attempt, view) => ({
    id: attempt.id,
    object: 'setup_attempt',
    application: null,
    created: attempt.created,
    customer: attempt.customer,
    customer_account: null,
    flow_directions: null,
    livemode: view.livemode,
    on_behalf_of: null,
    payment_method: attempt.payment_method,
    payment_method_details: {
      card: {
        brand: attempt.card.brand,
        checks: attempt.card.checks,
        country: attempt.card.country,
        exp_month: attempt.card.exp_month,
        exp_year: attempt.card.exp_year,
        fingerprint: attempt.card.fingerprint,
        funding: attempt.card.funding,
        last4: attempt.card.last4,
        network: networkOf(attempt.card),
        three_d_secure: null,
        wallet: null,
      },
      type: 'card',
    },
    setup_error: attempt.setup_error,
    setup_intent: attempt.setup_intent,
    status: attempt.status,
    usage: attempt.usage,
  }),
}
