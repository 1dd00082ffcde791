import { route } from '../route.ts'
import type { Answer, Family, Refusal } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { confirmSetup } from './confirm-setup-intent.ts'
import {
  cancelSetupIntent,
  createSetupIntent,
  updateSetupIntent,
  withSetupParams,
} from './save-setup-intent.ts'
import type { CreateSetupIntent, SetupParams } from './save-setup-intent.ts'
import { setupAttempts } from './setup-attempt.ts'
import { setupIntents } from './setup-intent.ts'
import type { SetupIntent } from './setup-intent.ts'

interface ListSetupIntents extends ListParams {
  created?: RangeParam
  customer?: string
  payment_method?: string
}

interface ListAttempts extends ListParams {
  created?: RangeParam
  setup_intent: string
}

interface ConfirmSetupIntent extends SetupParams {
  mandate_data?: unknown
  return_url?: string
  use_stripe_sdk?: unknown
}

const methodParams = [
  'allowed_payment_method_types',
  'payment_method',
  'payment_method_data',
  'payment_method_options',
  'payment_method_types',
] as const
const described = ['customer', 'description', 'excluded_payment_method_types', 'metadata'] as const
const listed = ['limit', 'starting_after', 'ending_before', 'created'] as const
/** Mandates and browser libraries are not here: leaving these out changes nothing. */
const confirming = ['mandate_data', 'return_url', 'use_stripe_sdk'] as const

export const setupIntentFamily: Family = {
  kinds: [setupIntents, setupAttempts],
  routes: [
    route<CreateSetupIntent & { use_stripe_sdk?: unknown }>(
      'setupIntents.create',
      [
        ...methodParams,
        ...described,
        ...confirming,
        'attach_to_self',
        'automatic_payment_methods',
        'confirm',
        'usage',
      ],
      ({ tx, params }) => answer(tx, createSetupIntent(tx, params)),
    ),
    route<{ client_secret?: string }>('setupIntents.retrieve', ['client_secret'], ({ tx, id, params }) => {
      const intent = inPath(tx, setupIntents, id, 'intent')
      if (params.client_secret !== undefined && params.client_secret !== intent.client_secret) {
        throw invalidRequest(
          'The client_secret provided does not match the client_secret associated with this SetupIntent.',
          { code: 'setup_intent_invalid_parameter', param: 'client_secret' },
        )
      }
      return setupIntents.format(intent, tx)
    }),
    route<SetupParams>('setupIntents.update', [...methodParams, ...described], ({ tx, id, params }) =>
      setupIntents.format(updateSetupIntent(tx, inPath(tx, setupIntents, id, 'intent'), params), tx),
    ),
    route<ConfirmSetupIntent>(
      'setupIntents.confirm',
      [...methodParams, ...confirming],
      ({ tx, id, params }) => {
        const intent = inPath(tx, setupIntents, id, 'intent')
        const isFinal = intent.status === 'succeeded' || intent.status === 'canceled'
        const changed = isFinal ? intent : tx.put(setupIntents, withSetupParams(tx, intent, params))
        return answer(tx, confirmSetup(tx, changed, params))
      },
    ),
    route<{ cancellation_reason?: string }>(
      'setupIntents.cancel',
      ['cancellation_reason'],
      ({ tx, id, params }) => {
        const intent = inPath(tx, setupIntents, id, 'intent')
        return setupIntents.format(cancelSetupIntent(tx, intent, params.cancellation_reason), tx)
      },
    ),
    route<ListSetupIntents>(
      'setupIntents.list',
      [...listed, 'customer', 'payment_method'],
      ({ tx, params, url }) =>
        listPage(tx, setupIntents, {
          url,
          params,
          ...(params.customer === undefined
            ? {}
            : { rows: tx.rows(setupIntents, 'customer', params.customer) }),
          where: (intent) =>
            inRange(params.created, intent.created) &&
            (params.payment_method === undefined || intent.payment_method === params.payment_method),
        }),
    ),
    route<ListAttempts>('setupAttempts.list', [...listed, 'setup_intent'], ({ tx, params, url }) => {
      const intent = inParam(tx, setupIntents, params.setup_intent, 'setup_intent')
      return listPage(tx, setupAttempts, {
        url,
        params,
        rows: tx.rows(setupAttempts, 'setup_intent', intent.id),
        where: (attempt) => inRange(params.created, attempt.created),
      })
    }),
  ],
}

function answer(tx: Transaction, outcome: SetupIntent | Refusal): Answer {
  return 'refused' in outcome ? outcome : setupIntents.format(outcome, tx)
}
