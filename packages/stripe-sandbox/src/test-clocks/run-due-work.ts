import { advanceBilling, nextBillingDue } from '../billing-clock/advance-billing.ts'
import { expireSessions } from '../checkout/pay-session.ts'
import { checkoutSessions } from '../checkout/session.ts'
import { advancePayouts } from '../payouts/advance-payouts.ts'
import { payouts } from '../payouts/payout.ts'
import type { Transaction } from '../store/transaction.ts'
import { advanceDebits, debitsDue } from './advance-debits.ts'
import { clockOf } from './now-for.ts'

type Concerns = (customer: string) => boolean

/** Something that waits for time to pass. */
interface Waiting {
  /** Whether each test clock has its own; what belongs to no customer only knows the sandbox's time. */
  onTestClocks: boolean
  /** Does what falls due until a moment, in the order of time, for the customers whom it concerns. */
  advance: (tx: Transaction, until: number, concerns: Concerns) => void
  nextDue: (tx: Transaction, concerns: Concerns) => number | undefined
}

const waiting: readonly Waiting[] = [
  {
    onTestClocks: true,
    advance: advanceDebits,
    nextDue: (tx, concerns) => least(debitsDue(tx, concerns).map(({ at }) => at)),
  },
  { onTestClocks: true, advance: advanceBilling, nextDue: nextBillingDue },
  {
    onTestClocks: false,
    advance: advancePayouts,
    nextDue: (tx) => least(tx.rows(payouts, 'status', 'pending').map(({ entity }) => entity.arrival_date)),
  },
  {
    onTestClocks: true,
    advance: expireSessions,
    nextDue: (tx, concerns) =>
      least(
        tx
          .rows(checkoutSessions, 'status', 'open')
          .filter(({ entity }) => concerns(entity.customer ?? ''))
          .map(({ entity }) => entity.expires_at),
      ),
  },
]

/** @param clock of whose customers; null for all that live in the sandbox's own time */
export function runDueWork(tx: Transaction, until: number, clock: string | null): void {
  const { now } = tx
  for (const { onTestClocks, advance } of waiting) {
    if (clock !== null && !onTestClocks) continue
    advance(tx, until, (customer) => clockOf(tx, customer) === clock)
    tx.now = now
  }
}

/** When something falls due next in the sandbox's own time. */
export function nextDueWork(tx: Transaction): number {
  const dues = waiting.map(({ nextDue }) => nextDue(tx, (customer) => clockOf(tx, customer) === null))
  return least(dues.filter((due) => due !== undefined)) ?? Infinity
}

function least(times: readonly number[]): number | undefined {
  return times.length === 0 ? undefined : times.reduce((first, time) => Math.min(first, time))
}
