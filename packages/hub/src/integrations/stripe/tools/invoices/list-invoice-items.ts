import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'

export const listInvoiceItems = defineTool({
  name: 'stripe_list_invoice_items',
  group: 'Invoices',
  description: 'List invoice items for a customer',
  mode: 'read',
  effect: 'read',
  operation: 'invoiceItems.list',
  usual: ['customer', 'pending', 'invoice', 'limit', 'starting_after'],
  rules: [{ when: 'pending', is: true, excludes: ['invoice'] }],
  guidance: {
    whenToUse:
      'To see single charges and credits (ii_…), above all what waits for the next invoice. The lines of one invoice: stripe_get_invoice.',
    askBefore: [],
    safeDefaults: ['pending: true shows only what is on no invoice yet.'],
    examples: [
      {
        title: 'What waits for the next invoice of a customer',
        params: { customer: EXAMPLE.customer, pending: true },
      },
    ],
    followups: ['stripe_create_invoice with pending_invoice_items_behavior include bills them now.'],
  },
})
