import { recordDispute } from '../balance/record-balance-transaction.ts'
import { charges } from '../charges/charge.ts'
import type { Charge } from '../charges/charge.ts'
import type { Transaction } from '../store/transaction.ts'
import { disputes } from './dispute.ts'
import type { Dispute } from './dispute.ts'

const EVIDENCE_SECONDS = 9 * 24 * 60 * 60

/** The cardholder disputes all of what was captured. Returns the charge as it is then. */
export function openDispute(
  tx: Transaction,
  charge: Charge,
  { reason, inquiry }: { reason: Dispute['reason']; inquiry: boolean },
): Charge {
  const dispute = tx.put(disputes, {
    id: tx.newId(disputes),
    created: tx.now,
    amount: charge.amount_captured,
    card: charge.card,
    charge: charge.id,
    currency: charge.currency,
    due_by: tx.now + EVIDENCE_SECONDS,
    evidence: {},
    metadata: {},
    payment_intent: charge.payment_intent,
    reason,
    submission_count: 0,
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  })
  // The money goes first, so that the events show the withdrawal.
  if (!inquiry) recordDispute(tx, dispute)
  const disputed = tx.put(charges, { ...charge, disputed: true })
  tx.emit('charge.dispute.created', disputes, dispute)
  if (!inquiry) tx.emit('charge.dispute.funds_withdrawn', disputes, dispute)
  return disputed
}
