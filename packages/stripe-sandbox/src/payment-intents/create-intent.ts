import type { Refusal } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam } from '../wire/errors.ts'
import { checkAmount, readCurrency } from './amount.ts'
import { confirmIntent } from './confirm-intent.ts'
import type { ConfirmOptions } from './confirm-intent.ts'
import { withParams } from './intent-params.ts'
import type { IntentParams } from './intent-params.ts'
import { paymentIntents } from './payment-intent.ts'
import type { AutomaticPaymentMethods, PaymentIntent } from './payment-intent.ts'

export interface CreateIntent extends IntentParams, ConfirmOptions {
  amount: number
  currency: string
  automatic_payment_methods?: { enabled: boolean; allow_redirects?: string }
  confirm?: boolean
  confirmation_method?: string
}

/** Only make sense together with `confirm`. */
const CONFIRM_ONLY = ['error_on_requires_action', 'mandate_data', 'off_session', 'return_url'] as const

/** @throws StripeError 400; a declined card is no exception but a refusal that leaves the intent behind */
export function createIntent(tx: Transaction, params: CreateIntent): PaymentIntent | Refusal {
  const currency = readCurrency(params.currency)
  checkAmount(params.amount, currency)
  for (const name of CONFIRM_ONLY) {
    if (params[name] !== undefined && params.confirm !== true) {
      throw invalidParam(
        name,
        `The parameter \`${name}\` cannot be passed when creating a PaymentIntent unless \`confirm\` is set to true.`,
      )
    }
  }
  const id = tx.newId(paymentIntents)
  const blank: PaymentIntent = {
    id,
    created: tx.now,
    allowed_payment_method_types: null,
    amount: params.amount,
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: automaticMethods(params),
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${tx.token(25)}`,
    confirmation_method: params.confirmation_method ?? 'automatic',
    currency,
    customer: null,
    description: null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    metadata: {},
    next_action: null,
    payment_method: null,
    receipt_email: null,
    request_three_d_secure: 'automatic',
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: null,
  }
  const intent = tx.put(paymentIntents, withParams(tx, blank, params))
  tx.emit('payment_intent.created', paymentIntents, intent)
  return params.confirm === true ? confirmIntent(tx, intent, params) : intent
}

/** On unless the client says which types it takes. */
function automaticMethods(params: CreateIntent): AutomaticPaymentMethods | null {
  const given = params.automatic_payment_methods
  if (given && !given.enabled) return null
  return { enabled: true, allow_redirects: given?.allow_redirects ?? 'always' }
}
