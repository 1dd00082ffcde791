import { route } from '../route.ts'
import type { Answer, Family, Refusal } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { cancelIntent } from './cancel-intent.ts'
import { captureIntent } from './capture-intent.ts'
import type { CaptureIntent } from './capture-intent.ts'
import { confirmIntent } from './confirm-intent.ts'
import type { ConfirmOptions } from './confirm-intent.ts'
import { createIntent } from './create-intent.ts'
import type { CreateIntent } from './create-intent.ts'
import { withParams } from './intent-params.ts'
import type { IntentParams } from './intent-params.ts'
import { paymentIntents } from './payment-intent.ts'
import type { PaymentIntent } from './payment-intent.ts'
import { updateIntent } from './update-intent.ts'
import type { UpdateIntent } from './update-intent.ts'

interface ListIntents extends ListParams {
  created?: RangeParam
  customer?: string
}

const shared = [
  'allowed_payment_method_types',
  'capture_method',
  'excluded_payment_method_types',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'payment_method_types',
  'receipt_email',
  'setup_future_usage',
  'shipping',
] as const
const described = [
  'customer',
  'description',
  'metadata',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const
const confirming = ['error_on_requires_action', 'mandate_data', 'off_session', 'return_url'] as const
/** They concern pages and risk models that are not here: leaving them out changes nothing. */
const withoutEffect = ['radar_options', 'use_stripe_sdk'] as const
interface WithoutEffect {
  radar_options?: unknown
  use_stripe_sdk?: unknown
}

type CreateParams = CreateIntent & WithoutEffect
type ConfirmParams = IntentParams & ConfirmOptions & WithoutEffect

const creatable = [
  ...shared,
  ...described,
  ...confirming,
  ...withoutEffect,
  'amount',
  'currency',
  'automatic_payment_methods',
  'confirm',
  'confirmation_method',
] as const

export const paymentIntentFamily: Family = {
  kinds: [paymentIntents],
  routes: [
    route<CreateParams>('paymentIntents.create', creatable, ({ tx, params }) =>
      answer(tx, createIntent(tx, params)),
    ),
    route<{ client_secret?: string }>('paymentIntents.retrieve', ['client_secret'], ({ tx, id, params }) => {
      const intent = inPath(tx, paymentIntents, id, 'intent')
      if (params.client_secret !== undefined && params.client_secret !== intent.client_secret) {
        throw invalidRequest(
          'The client_secret provided does not match the client_secret associated with this PaymentIntent.',
          { code: 'payment_intent_invalid_parameter', param: 'client_secret' },
        )
      }
      return paymentIntents.format(intent, tx)
    }),
    route<UpdateIntent>(
      'paymentIntents.update',
      [...shared, ...described, 'amount', 'currency'],
      ({ tx, id, params }) => answer(tx, updateIntent(tx, inPath(tx, paymentIntents, id, 'intent'), params)),
    ),
    route<ConfirmParams>(
      'paymentIntents.confirm',
      [...shared, ...confirming, ...withoutEffect],
      ({ tx, id, params }) => {
        const intent = inPath(tx, paymentIntents, id, 'intent')
        // What a confirmed intent can no longer take must not be complained about before its status is.
        const changed = isFinal(intent) ? intent : tx.put(paymentIntents, withParams(tx, intent, params))
        return answer(tx, confirmIntent(tx, changed, params))
      },
    ),
    route<CaptureIntent>(
      'paymentIntents.capture',
      ['amount_to_capture', 'final_capture', 'metadata', 'statement_descriptor_suffix'],
      ({ tx, id, params }) => answer(tx, captureIntent(tx, inPath(tx, paymentIntents, id, 'intent'), params)),
    ),
    route<{ cancellation_reason?: string }>(
      'paymentIntents.cancel',
      ['cancellation_reason'],
      ({ tx, id, params }) =>
        answer(tx, cancelIntent(tx, inPath(tx, paymentIntents, id, 'intent'), params.cancellation_reason)),
    ),
    route<ListIntents>(
      'paymentIntents.list',
      ['limit', 'starting_after', 'ending_before', 'created', 'customer'],
      ({ tx, params, url }) =>
        listPage(tx, paymentIntents, {
          url,
          params,
          ...(params.customer === undefined
            ? {}
            : { rows: tx.rows(paymentIntents, 'customer', params.customer) }),
          where: (intent) => inRange(params.created, intent.created),
        }),
    ),
  ],
}

function answer(tx: Transaction, outcome: PaymentIntent | Refusal): Answer {
  return 'refused' in outcome ? outcome : paymentIntents.format(outcome, tx)
}

function isFinal(intent: PaymentIntent): boolean {
  return ['succeeded', 'requires_capture', 'processing', 'canceled'].includes(intent.status)
}
