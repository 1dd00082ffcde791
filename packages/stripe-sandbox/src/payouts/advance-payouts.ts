import { recordPayout } from '../balance/record-balance-transaction.ts'
import type { Transaction } from '../store/transaction.ts'
import { bankAccounts, failureMessages } from './bank-account.ts'
import { payouts } from './payout.ts'
import type { Payout } from './payout.ts'

/** Lets all payouts arrive, or fail, whose time has come by then; each at its own time. */
export function advancePayouts(tx: Transaction, until: number): void {
  const due = tx
    .rows(payouts, 'status', 'pending')
    .map(({ entity }) => entity)
    .filter((payout) => payout.arrival_date <= until)
    .sort((left, right) => left.arrival_date - right.arrival_date)
  const { now } = tx
  for (const payout of due) {
    tx.now = payout.arrival_date
    arrive(tx, payout)
  }
  tx.now = now
}

function arrive(tx: Transaction, payout: Payout): void {
  const bank = tx.get(bankAccounts, payout.destination)
  const failure = bank?.fails_with ?? null
  if (failure === null || !bank) {
    tx.update('payout.paid', payouts, { ...payout, status: 'paid' })
    return
  }
  tx.put(bankAccounts, { ...bank, status: 'errored' })
  tx.update('payout.failed', payouts, {
    ...payout,
    failure_balance_transaction: recordPayout(tx, payout, 'payout_failure').id,
    failure_code: failure,
    failure_message: failureMessages[failure],
    status: 'failed',
  })
}
