import { chargeFee, disputeFee } from '../money.ts'
import type { Transaction } from '../store/transaction.ts'
import { balanceTransactions } from './balance-transaction.ts'
import type { BalanceTransaction } from './balance-transaction.ts'

/** What a card pays is pending for two days. */
const PENDING_SECONDS = 2 * 24 * 60 * 60

interface Cause {
  id: string
  currency: string
}

/** @param atOnce the money is available immediately */
export function recordCharge(
  tx: Transaction,
  charge: Cause & { description: string | null },
  amount: number,
  { atOnce }: { atOnce: boolean },
): BalanceTransaction {
  return record(tx, {
    amount,
    available_on: atOnce ? tx.now : tx.now + PENDING_SECONDS,
    currency: charge.currency,
    description: charge.description,
    fee: chargeFee(amount, charge.currency),
    fee_description: 'Stripe processing fees',
    reporting_category: 'charge',
    source: charge.id,
    type: 'charge',
  })
}

/** Takes back from where the money is: a refund of pending money is pending too. Fees stay with Stripe. */
export function recordRefund(
  tx: Transaction,
  refund: Cause & { amount: number },
  charge: BalanceTransaction,
): BalanceTransaction {
  return record(tx, {
    amount: -refund.amount,
    available_on: Math.max(tx.now, charge.available_on),
    currency: refund.currency,
    description:
      charge.description === null ? 'REFUND FOR CHARGE' : `REFUND FOR CHARGE (${charge.description})`,
    fee: 0,
    fee_description: null,
    reporting_category: 'refund',
    source: refund.id,
    type: 'refund',
  })
}

export function recordDispute(
  tx: Transaction,
  dispute: Cause & { amount: number; charge: string },
): BalanceTransaction {
  return record(tx, {
    amount: -dispute.amount,
    available_on: tx.now,
    currency: dispute.currency,
    description: `Chargeback withdrawal for ${dispute.charge}`,
    fee: disputeFee(dispute.currency),
    fee_description: 'Dispute fee',
    reporting_category: 'dispute',
    source: dispute.id,
    type: 'adjustment',
  })
}

/** The bank has decided for the business: the money and the fee come back. */
export function recordReinstatement(
  tx: Transaction,
  dispute: Cause & { amount: number; charge: string },
): BalanceTransaction {
  return record(tx, {
    amount: dispute.amount,
    available_on: tx.now,
    currency: dispute.currency,
    description: `Chargeback reversal for ${dispute.charge}`,
    fee: -disputeFee(dispute.currency),
    fee_description: 'Dispute fee refund',
    reporting_category: 'dispute_reversal',
    source: dispute.id,
    type: 'adjustment',
  })
}

const PAYOUT_CATEGORIES = {
  payout: 'payout',
  payout_cancel: 'payout_reversal',
  payout_failure: 'payout_reversal',
}

/** Money on its way to the bank, or back from there. */
export function recordPayout(
  tx: Transaction,
  payout: Cause & { amount: number; description: string | null },
  type: keyof typeof PAYOUT_CATEGORIES,
): BalanceTransaction {
  return record(tx, {
    amount: type === 'payout' ? -payout.amount : payout.amount,
    available_on: tx.now,
    currency: payout.currency,
    description: payout.description ?? 'STRIPE PAYOUT',
    fee: 0,
    fee_description: null,
    reporting_category: PAYOUT_CATEGORIES[type],
    source: payout.id,
    type,
  })
}

function record(
  tx: Transaction,
  transaction: Omit<BalanceTransaction, 'id' | 'created'>,
): BalanceTransaction {
  return tx.put(balanceTransactions, { id: tx.newId(balanceTransactions), created: tx.now, ...transaction })
}
