import { changeBalance } from '../customer-balance/change-balance.ts'
import { recordEmail } from '../emails/record-email.ts'
import { invoicePayments } from '../invoice-payments/invoice-payment.ts'
import { requestLess } from '../invoices/finalize-invoice.ts'
import { amountRemaining, invoices } from '../invoices/invoice.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { cancelPayment, markPaid } from '../invoices/mark-paid.ts'
import { formatAmount } from '../money.ts'
import { createRefund } from '../refunds/create-refund.ts'
import { refunds } from '../refunds/refund.ts'
import { sum } from '../invoices/totals.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest, missingParam } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { readLine, totalOf } from './credit-lines.ts'
import type { CreditLineParam } from './credit-lines.ts'
import { creditNotes } from './credit-note.ts'
import type { CreditNote } from './credit-note.ts'

export interface CreateCreditNote {
  amount?: number
  credit_amount?: number
  effective_at?: number
  email_type?: 'credit_note' | 'none'
  invoice: string
  lines?: readonly CreditLineParam[]
  memo?: string
  metadata?: MetadataParam
  out_of_band_amount?: number
  reason?: string
  refund_amount?: number
  refunds?: readonly { amount_refunded?: number; refund?: string }[]
}

/**
 * Takes from what is still to pay on an open invoice; gives back of what was paid on a paid one.
 *
 * @throws StripeError 400 when the parts do not make the whole, or more is credited than was invoiced
 */
export function createCreditNote(tx: Transaction, params: CreateCreditNote): CreditNote {
  const invoice = inParam(tx, invoices, params.invoice, 'invoice')
  const draft = draftCreditNote(tx, invoice, params)
  const note = invoice.status === 'paid' ? giveBack(tx, invoice, draft, params) : takeOff(tx, invoice, draft)
  tx.put(creditNotes, note)
  tx.emit('credit_note.created', creditNotes, note)
  const to = invoice.invoiced.email
  if (params.email_type !== 'none' && to !== null) {
    recordEmail(tx, { to, subject: `Credit note ${note.number}`, about: note.id })
  }
  return note
}

/** All of a credit note but its effects: previews show just this. */
export function draftCreditNote(tx: Transaction, invoice: Invoice, params: CreateCreditNote): CreditNote {
  if (invoice.status !== 'open' && invoice.status !== 'paid') {
    throw invalidRequest(
      `Credit notes can only be created for open or paid invoices. This invoice is ${invoice.status}.`,
      { param: 'invoice' },
    )
  }
  const lines = (params.lines ?? wholeAmount(params)).map((line, position) =>
    readLine(tx, invoice, line, `lines[${position}]`),
  )
  const amount = totalOf(lines)
  if (params.lines && params.amount !== undefined && params.amount !== amount) {
    throw invalidRequest(
      `The amount (${params.amount}) does not match the sum of the credit note's lines (${amount}).`,
      { param: 'amount' },
    )
  }
  const paid = invoice.status === 'paid'
  const most = paid ? creditable(invoice) : amountRemaining(invoice)
  if (amount < 1 || amount > most) {
    throw invalidRequest(
      `The credit note amount (${formatAmount(amount, invoice.currency)}) must be positive and no more than what can ` +
        `still be credited on the invoice (${formatAmount(most, invoice.currency)}).`,
      { param: 'amount' },
    )
  }
  checkParts(params, amount, paid)
  return {
    id: tx.newId(creditNotes),
    created: tx.now,
    amount,
    currency: invoice.currency,
    customer: invoice.customer,
    customer_balance_transaction: null,
    effective_at: params.effective_at ?? tx.now,
    invoice: invoice.id,
    lines,
    memo: params.memo ?? null,
    metadata: mergeMetadata({}, params.metadata),
    number: numberOf(tx, invoice),
    out_of_band_amount: paid ? (params.out_of_band_amount ?? 0) : 0,
    post_payment_amount: paid ? amount : 0,
    pre_payment_amount: paid ? 0 : amount,
    reason: params.reason ?? null,
    refunds: [],
    status: 'issued',
    voided_at: null,
  }
}

function wholeAmount(params: CreateCreditNote): CreditLineParam[] {
  const refunded = sum((params.refunds ?? []).map((refund) => refund.amount_refunded ?? 0))
  const parts =
    (params.refund_amount ?? 0) + (params.credit_amount ?? 0) + (params.out_of_band_amount ?? 0) + refunded
  const amount = params.amount ?? (parts > 0 ? parts : undefined)
  if (amount === undefined) throw missingParam('amount')
  return [{ type: 'custom_line_item', unit_amount: amount, quantity: 1 }]
}

function creditable(invoice: Invoice): number {
  return invoice.total - invoice.pre_payment_credit_notes_amount - invoice.post_payment_credit_notes_amount
}

function checkParts(params: CreateCreditNote, amount: number, paid: boolean): void {
  const { credit_amount: credit = 0, out_of_band_amount: outside = 0, refund_amount: refund = 0 } = params
  const linked = sum((params.refunds ?? []).map((one) => one.amount_refunded ?? 0))
  const parts = credit + outside + refund + linked
  if (!paid) {
    if (parts === 0 && !params.refunds) return
    throw invalidRequest(
      'You cannot specify refund_amount, credit_amount, out_of_band_amount or refunds on an open invoice: there is nothing ' +
        'to give back yet.',
      { param: 'refund_amount' },
    )
  }
  if (parts !== amount) {
    throw invalidRequest(
      `The sum of credit amount, refund amount and out of band amount (${parts}) must equal the post payment amount ` +
        `(${amount}).`,
      { param: 'amount' },
    )
  }
}

function numberOf(tx: Transaction, invoice: Invoice): string {
  const count = tx.rows(creditNotes, 'invoice', invoice.id).length + 1
  return `${invoice.number ?? ''}-CN-${String(count).padStart(2, '0')}`
}

function takeOff(tx: Transaction, invoice: Invoice, note: CreditNote): CreditNote {
  const reduced: Invoice = {
    ...invoice,
    amount_due: invoice.amount_due - note.amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount + note.amount,
  }
  if (amountRemaining(reduced) > 0) {
    tx.update('invoice.updated', invoices, reduced)
    requestLess(tx, reduced)
  } else {
    cancelPayment(tx, reduced)
    markPaid(tx, reduced)
  }
  return note
}

function giveBack(tx: Transaction, invoice: Invoice, note: CreditNote, params: CreateCreditNote): CreditNote {
  tx.update('invoice.updated', invoices, {
    ...invoice,
    post_payment_credit_notes_amount: invoice.post_payment_credit_notes_amount + note.amount,
  })
  const linked = (params.refunds ?? []).map((one, position) => {
    const refund = inParam(tx, refunds, one.refund ?? '', `refunds[${position}][refund]`)
    return { amount_refunded: one.amount_refunded ?? refund.amount, refund: refund.id }
  })
  const made = params.refund_amount ? [refundPayment(tx, invoice, params.refund_amount)] : []
  const credit = params.credit_amount ?? 0
  const transaction =
    credit === 0
      ? null
      : changeBalance(tx, invoice.customer, {
          amount: -credit,
          credit_note: note.id,
          currency: invoice.currency,
          type: 'credit_note',
        }).id
  return { ...note, customer_balance_transaction: transaction, refunds: [...linked, ...made] }
}

function refundPayment(tx: Transaction, invoice: Invoice, amount: number) {
  const payment = tx
    .rows(invoicePayments, 'invoice', invoice.id)
    .map(({ entity }) => entity)
    .find(({ status }) => status === 'paid')
  if (!payment) {
    throw invalidRequest('This invoice was not paid through Stripe, so there is nothing to refund.', {
      param: 'refund_amount',
    })
  }
  const refund = createRefund(tx, { amount, payment_intent: payment.payment_intent })
  return { amount_refunded: amount, refund: refund.id }
}

/** @throws StripeError 400 unless it was taken off an invoice that is still open */
export function voidCreditNote(tx: Transaction, note: CreditNote): CreditNote {
  const invoice = tx.get(invoices, note.invoice)
  if (note.status === 'void') throw invalidRequest('This credit note has already been voided.')
  if (note.pre_payment_amount === 0 || invoice?.status !== 'open') {
    throw invalidRequest('You can only void a credit note that was issued for an invoice that is still open.')
  }
  const owed: Invoice = {
    ...invoice,
    amount_due: invoice.amount_due + note.amount,
    pre_payment_credit_notes_amount: invoice.pre_payment_credit_notes_amount - note.amount,
  }
  tx.update('invoice.updated', invoices, owed)
  requestLess(tx, owed)
  const voided: CreditNote = { ...note, status: 'void', voided_at: tx.now }
  tx.put(creditNotes, voided)
  tx.emit('credit_note.voided', creditNotes, voided)
  return voided
}
