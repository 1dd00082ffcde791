import { invalidRequest } from '../wire/errors.ts'
import type { Invoice } from './invoice.ts'

/** @throws StripeError 400 when the invoice's lines are fixed */
export function draftInvoice(invoice: Invoice): Invoice {
  if (invoice.status === 'draft') return invoice
  throw invalidRequest(
    'This invoice is no longer editable: only the lines of a draft invoice can be changed.',
    { code: 'invoice_not_editable' },
  )
}
