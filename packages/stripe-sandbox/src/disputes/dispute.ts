import { balanceTransactions } from '../balance/balance-transaction.ts'
import { networkOf } from '../payment-methods/payment-method.ts'
import type { Card } from '../payment-methods/payment-method.ts'
import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export interface Dispute {
  id: string
  created: number
  amount: number
  card: Card
  charge: string
  currency: string
  /** When evidence must be in; seconds since the epoch. */
  due_by: number
  metadata: Metadata
  payment_intent: string | null
  reason: 'fraudulent' | 'product_not_received'
  status: DisputeStatus
  /** What has been given so far, sent or not. */
  evidence: Evidence
  submission_count: number
}

export type DisputeStatus =
  | 'needs_response'
  | 'under_review'
  | 'won'
  | 'lost'
  | 'warning_needs_response'
  | 'warning_under_review'
  | 'warning_closed'

export type Evidence = { readonly [field: string]: string }

const REASON_CODES: Record<Dispute['reason'], string> = { fraudulent: '10.4', product_not_received: '13.1' }

/** Empty evidence has every member: Stripe's clients rely on that. */
const noEvidence = {
  access_activity_log: null,
  billing_address: null,
  cancellation_policy: null,
  cancellation_policy_disclosure: null,
  cancellation_rebuttal: null,
  customer_communication: null,
  customer_email_address: null,
  customer_name: null,
  customer_purchase_ip: null,
  customer_signature: null,
  duplicate_charge_documentation: null,
  duplicate_charge_explanation: null,
  duplicate_charge_id: null,
  enhanced_evidence: {},
  product_description: null,
  receipt: null,
  refund_policy: null,
  refund_policy_disclosure: null,
  refund_refusal_explanation: null,
  service_date: null,
  service_documentation: null,
  shipping_address: null,
  shipping_carrier: null,
  shipping_date: null,
  shipping_documentation: null,
  shipping_tracking_number: null,
  uncategorized_file: null,
  uncategorized_text: null,
}

/** An inquiry asks, and takes no money. */
export function isInquiry(dispute: Dispute): boolean {
  return dispute.status.startsWith('warning_')
}

export function isClosed(dispute: Dispute): boolean {
  return ['won', 'lost', 'warning_closed'].includes(dispute.status)
}

/** The charge's money is with the bank, or was given back to the cardholder. */
export function isMoneyAway(dispute: Dispute): boolean {
  return !isInquiry(dispute) && dispute.status !== 'won'
}

export const disputes: Kind<Dispute> = {
  table: 'disputes',
  type: 'Dispute',
  prefix: 'dp_',
  idLength: 24,
  noun: 'dispute',
  indexes: ['charge', 'payment_intent'],
  format: (dispute, view) => ({
    id: dispute.id,
    object: 'dispute',
    amount: dispute.amount,
    balance_transactions: view
      .rows(balanceTransactions, 'source', dispute.id)
      .map(({ entity }) => balanceTransactions.format(entity, view)),
    charge: dispute.charge,
    created: dispute.created,
    currency: dispute.currency,
    enhanced_eligibility_types: [],
    evidence: { ...noEvidence, ...dispute.evidence },
    evidence_details: {
      due_by: isClosed(dispute) ? null : dispute.due_by,
      enhanced_eligibility: {},
      has_evidence: Object.keys(dispute.evidence).length > 0,
      past_due: dispute.submission_count === 0 && view.now > dispute.due_by,
      submission_count: dispute.submission_count,
      submission_method: dispute.submission_count === 0 ? 'not_submitted' : 'manual',
    },
    intended_submission_method: null,
    is_charge_refundable: !isMoneyAway(dispute),
    livemode: view.livemode,
    metadata: dispute.metadata,
    network_reason_code: REASON_CODES[dispute.reason],
    payment_intent: dispute.payment_intent,
    payment_method_details: {
      card: {
        brand: dispute.card.brand,
        case_type: isInquiry(dispute) ? 'inquiry' : 'chargeback',
        network: networkOf(dispute.card),
        network_reason_code: REASON_CODES[dispute.reason],
      },
      type: 'card',
    },
    reason: dispute.reason,
    status: dispute.status,
  }),
}
