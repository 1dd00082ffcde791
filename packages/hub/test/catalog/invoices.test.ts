import { proveTools } from '../support/prove-tools.ts'
import { invoiceReads } from './invoice-reads.ts'
import { invoiceWrites } from './invoice-writes.ts'
import { lineWrites } from './invoice-line-writes.ts'

proveTools('Invoices', { ...invoiceReads, ...invoiceWrites, ...lineWrites })
