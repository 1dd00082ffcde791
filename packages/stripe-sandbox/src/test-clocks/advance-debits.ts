import { debitFinished } from '../checkout/pay-session.ts'
import { debitDue, finishIntentDebit } from '../payment-intents/debit-intent.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { PaymentIntent } from '../payment-intents/payment-intent.ts'
import type { Transaction } from '../store/transaction.ts'

interface Due {
  at: number
  intent: PaymentIntent
}

/** The banks' answers that come until a moment, each at its own; an intent without a customer concerns ''. */
export function advanceDebits(tx: Transaction, until: number, concerns: (customer: string) => boolean): void {
  const dues = debitsDue(tx, concerns).filter(({ at }) => at <= until)
  for (const { at, intent } of dues.toSorted((left, right) => left.at - right.at)) {
    tx.now = at
    debitFinished(tx, finishIntentDebit(tx, intent))
  }
}

export function debitsDue(tx: Transaction, concerns: (customer: string) => boolean): Due[] {
  return tx
    .rows(paymentIntents, 'status', 'processing')
    .filter(({ entity }) => concerns(entity.customer ?? ''))
    .flatMap(({ entity: intent }) => {
      const at = debitDue(tx, intent)
      return at === undefined ? [] : [{ at, intent }]
    })
}
