import { recordDispute, recordReinstatement } from '../balance/record-balance-transaction.ts'
import { files } from '../files/file.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { disputes, isClosed, isInquiry } from './dispute.ts'
import type { Dispute, Evidence } from './dispute.ts'

export interface UpdateDispute {
  evidence?: { readonly [field: string]: unknown }
  metadata?: MetadataParam
  /** Sends all evidence to the bank, which takes no more afterwards; true unless said otherwise. */
  submit?: boolean
}

/** All text together; what a bank takes. */
const MAX_EVIDENCE_CHARACTERS = 150_000

/** These fields name uploaded files. */
const FILE_FIELDS = new Set([
  'cancellation_policy',
  'customer_communication',
  'customer_signature',
  'duplicate_charge_documentation',
  'receipt',
  'refund_policy',
  'service_documentation',
  'shipping_documentation',
  'uncategorized_file',
])

/**
 * Adds evidence and, unless told not to, sends it. The words `winning_evidence`, `losing_evidence` and
 * `escalate_inquiry_evidence` as the uncategorized text decide the dispute at once.
 *
 * @throws StripeError 400 when the dispute takes no evidence any more
 */
export function updateDispute(tx: Transaction, dispute: Dispute, params: UpdateDispute): Dispute {
  const metadata = mergeMetadata(dispute.metadata, params.metadata)
  const sends = params.submit ?? params.evidence !== undefined
  if (params.evidence === undefined && !sends) {
    return tx.update('charge.dispute.updated', disputes, { ...dispute, metadata })
  }
  if (isClosed(dispute)) throw alreadyClosed()
  if (dispute.submission_count > 0) {
    throw invalidRequest(
      'The evidence for this dispute has already been submitted and cannot be changed any more.',
    )
  }
  if (tx.now > dispute.due_by)
    throw invalidRequest('The time for submitting evidence for this dispute has passed.')
  const given = {
    ...dispute,
    metadata,
    evidence: mergedEvidence(tx, dispute.evidence, params.evidence ?? {}),
  }
  return sends ? submit(tx, given) : tx.update('charge.dispute.updated', disputes, given)
}

/** Concedes, for good. @throws StripeError 400 when it is over already */
export function closeDispute(tx: Transaction, dispute: Dispute): Dispute {
  if (isClosed(dispute)) throw alreadyClosed()
  return close(tx, dispute, isInquiry(dispute) ? 'warning_closed' : 'lost')
}

function submit(tx: Transaction, dispute: Dispute): Dispute {
  const inquiry = isInquiry(dispute)
  const submitted: Dispute = {
    ...dispute,
    status: inquiry ? 'warning_under_review' : 'under_review',
    submission_count: dispute.submission_count + 1,
  }
  tx.update('charge.dispute.updated', disputes, submitted)
  switch (dispute.evidence.uncategorized_text) {
    case 'winning_evidence':
      return inquiry ? close(tx, submitted, 'warning_closed') : win(tx, submitted)
    case 'losing_evidence':
      return inquiry ? escalate(tx, submitted) : close(tx, submitted, 'lost')
    case 'escalate_inquiry_evidence':
      return inquiry ? escalate(tx, submitted) : submitted
    case undefined:
    default:
      return submitted
  }
}

function win(tx: Transaction, dispute: Dispute): Dispute {
  recordReinstatement(tx, dispute)
  const won = close(tx, dispute, 'won')
  tx.emit('charge.dispute.funds_reinstated', disputes, won)
  return won
}

/** The inquiry becomes a chargeback: the money goes, and the business may answer once more. */
function escalate(tx: Transaction, dispute: Dispute): Dispute {
  recordDispute(tx, dispute)
  const escalated = tx.update('charge.dispute.updated', disputes, {
    ...dispute,
    status: 'needs_response',
    submission_count: 0,
  })
  tx.emit('charge.dispute.funds_withdrawn', disputes, escalated)
  return escalated
}

function close(tx: Transaction, dispute: Dispute, status: Dispute['status']): Dispute {
  return tx.update('charge.dispute.closed', disputes, { ...dispute, status })
}

/** '' takes a field back. */
function mergedEvidence(tx: Transaction, present: Evidence, given: NonNullable<UpdateDispute['evidence']>) {
  const merged = new Map(Object.entries(present))
  for (const [field, value] of Object.entries(given)) {
    if (typeof value !== 'string') throw notInSandbox(`evidence of the sort ${field}`, `evidence[${field}]`)
    if (value === '') {
      merged.delete(field)
      continue
    }
    if (FILE_FIELDS.has(field)) {
      const file = inParam(tx, files, value, `evidence[${field}]`)
      if (file.purpose !== 'dispute_evidence') {
        throw invalidParam(
          `evidence[${field}]`,
          `The file ${file.id} was uploaded for the purpose ${file.purpose}, not dispute_evidence.`,
        )
      }
    }
    merged.set(field, value)
  }
  const length = [...merged.values()].reduce((sum, text) => sum + text.length, 0)
  if (length > MAX_EVIDENCE_CHARACTERS) {
    throw invalidParam('evidence', `Evidence can have up to ${MAX_EVIDENCE_CHARACTERS} characters in all.`)
  }
  return Object.fromEntries(merged)
}

function alreadyClosed() {
  return invalidRequest('This dispute is already closed.')
}
