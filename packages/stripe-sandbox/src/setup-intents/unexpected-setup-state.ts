import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import type { StripeError } from '../wire/errors.ts'
import { setupIntents } from './setup-intent.ts'
import type { SetupIntent } from './setup-intent.ts'

/** 400 with the intent as it is, so that a client need not ask. */
export function unexpectedSetupState(tx: Transaction, intent: SetupIntent, message: string): StripeError {
  return invalidRequest(message, {
    code: 'setup_intent_unexpected_state',
    more: { setup_intent: setupIntents.format(intent, tx) },
  })
}
