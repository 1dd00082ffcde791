import { customers } from '../customers/customer.ts'
import { checkOwner, checkTypes, methodGiven, threeDSecureOf } from '../payment-intents/intent-params.ts'
import type { MethodParams } from '../payment-intents/intent-params.ts'
import type { AutomaticPaymentMethods } from '../payment-intents/payment-intent.ts'
import type { Refusal } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { confirmSetup } from './confirm-setup-intent.ts'
import { setupIntents } from './setup-intent.ts'
import type { SetupIntent } from './setup-intent.ts'
import { unexpectedSetupState } from './unexpected-setup-state.ts'

export interface SetupParams extends MethodParams {
  customer?: string
  description?: string
  metadata?: MetadataParam
}

export interface CreateSetupIntent extends SetupParams {
  attach_to_self?: boolean
  automatic_payment_methods?: { enabled: boolean; allow_redirects?: string }
  confirm?: boolean
  mandate_data?: unknown
  return_url?: string
  usage?: string
}

/** @throws StripeError 400; a declined card is no exception but a refusal that leaves the intent behind */
export function createSetupIntent(tx: Transaction, params: CreateSetupIntent): SetupIntent | Refusal {
  for (const name of ['mandate_data', 'return_url'] as const) {
    if (params[name] !== undefined && params.confirm !== true) {
      throw invalidParam(
        name,
        `The parameter \`${name}\` cannot be passed when creating a SetupIntent unless \`confirm\` is set to true.`,
      )
    }
  }
  if (params.attach_to_self === true) throw notInSandbox('attaching to the account itself', 'attach_to_self')
  const id = tx.newId(setupIntents)
  const given = params.automatic_payment_methods
  const automatic: AutomaticPaymentMethods | null =
    given && !given.enabled ? null : { enabled: true, allow_redirects: given?.allow_redirects ?? 'always' }
  const blank: SetupIntent = {
    id,
    created: tx.now,
    allowed_payment_method_types: null,
    automatic_payment_methods: automatic,
    cancellation_reason: null,
    client_secret: `${id}_secret_${tx.token(25)}`,
    customer: null,
    description: null,
    excluded_payment_method_types: null,
    last_setup_error: null,
    latest_attempt: null,
    metadata: {},
    next_action: null,
    payment_method: null,
    request_three_d_secure: 'automatic',
    status: 'requires_payment_method',
    usage: params.usage ?? 'off_session',
  }
  const intent = tx.put(setupIntents, withSetupParams(tx, blank, params))
  tx.emit('setup_intent.created', setupIntents, intent)
  return params.confirm === true ? confirmSetup(tx, intent, params) : intent
}

/** @throws StripeError 400 when a field can no longer be changed */
export function updateSetupIntent(tx: Transaction, intent: SetupIntent, params: SetupParams): SetupIntent {
  const always = new Set(['description', 'metadata', 'expand'])
  const fixed = Object.keys(params).find((name) => !always.has(name))
  if (fixed !== undefined && (intent.status === 'succeeded' || intent.status === 'canceled')) {
    throw unexpectedSetupState(
      tx,
      intent,
      `This SetupIntent's ${fixed} could not be updated because it has a status of ${intent.status}.`,
    )
  }
  // Stripe has no setup_intent.updated event.
  return tx.put(setupIntents, withSetupParams(tx, intent, params))
}

/** @throws StripeError 400 once it has succeeded or is canceled */
export function cancelSetupIntent(
  tx: Transaction,
  intent: SetupIntent,
  reason: string | undefined,
): SetupIntent {
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    throw unexpectedSetupState(
      tx,
      intent,
      `You cannot cancel this SetupIntent because it has a status of ${intent.status}. Only a SetupIntent with one of the ` +
        'following statuses may be canceled: requires_payment_method, requires_confirmation, requires_action.',
    )
  }
  const canceled = tx.put(setupIntents, {
    ...intent,
    cancellation_reason: reason ?? null,
    next_action: null,
    status: 'canceled',
  })
  tx.emit('setup_intent.canceled', setupIntents, canceled)
  return canceled
}

/** Applies the given fields; the payment method becomes a real one and belongs to the intent's customer. */
export function withSetupParams(tx: Transaction, intent: SetupIntent, params: SetupParams): SetupIntent {
  const { types, excluded } = checkTypes(params, ['card'])
  const customer =
    params.customer === undefined ? intent.customer : inParam(tx, customers, params.customer, 'customer').id
  const changed: SetupIntent = {
    ...intent,
    allowed_payment_method_types: types ?? intent.allowed_payment_method_types,
    automatic_payment_methods: types ? null : intent.automatic_payment_methods,
    customer,
    description: textOr(intent.description, params.description),
    excluded_payment_method_types:
      excluded === '' ? null : (excluded ?? intent.excluded_payment_method_types),
    metadata: mergeMetadata(intent.metadata, params.metadata),
    request_three_d_secure: threeDSecureOf(params) ?? intent.request_three_d_secure,
  }
  const method = methodGiven(tx, params)
  if (!method) return changed
  checkOwner(method, changed.customer)
  return {
    ...changed,
    payment_method: method.id,
    status: intent.status === 'requires_payment_method' ? 'requires_confirmation' : intent.status,
  }
}
