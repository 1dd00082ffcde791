import type { StripeTool } from '../../define-tool.ts'
import { addInvoiceLines } from './add-invoice-lines.ts'
import { createCreditNote } from './create-credit-note.ts'
import { createInvoiceItem } from './create-invoice-item.ts'
import { createInvoice } from './create-invoice.ts'
import { createPreviewInvoice } from './create-preview-invoice.ts'
import { deleteInvoice } from './delete-invoice.ts'
import { finalizeInvoice } from './finalize-invoice.ts'
import { getInvoice } from './get-invoice.ts'
import { listInvoiceItems } from './list-invoice-items.ts'
import { listInvoices } from './list-invoices.ts'
import { sendInvoice } from './send-invoice.ts'
import { voidInvoice } from './void-invoice.ts'

export const invoices: StripeTool[] = [
  listInvoices,
  getInvoice,
  createInvoice,
  finalizeInvoice,
  sendInvoice,
  voidInvoice,
  deleteInvoice,
  createPreviewInvoice,
  addInvoiceLines,
  createInvoiceItem,
  listInvoiceItems,
  createCreditNote,
]
