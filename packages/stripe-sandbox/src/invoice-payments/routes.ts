import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { invoicePayments } from './invoice-payment.ts'

interface ListInvoicePayments extends ListParams {
  created?: RangeParam
  invoice?: string
  payment?: { type: string; payment_intent?: string; payment_record?: string }
  status?: string
}

export const invoicePaymentFamily: Family = {
  kinds: [invoicePayments],
  routes: [
    route('invoicePayments.retrieve', [], ({ tx, id }) =>
      invoicePayments.format(inPath(tx, invoicePayments, id, 'invoice_payment'), tx),
    ),
    route<ListInvoicePayments>(
      'invoicePayments.list',
      ['limit', 'starting_after', 'ending_before', 'created', 'invoice', 'payment', 'status'],
      ({ tx, params, url }) => {
        const { invoice, payment, status } = params
        return listPage(tx, invoicePayments, {
          url,
          params,
          ...(invoice === undefined ? {} : { rows: tx.rows(invoicePayments, 'invoice', invoice) }),
          where: (one) =>
            inRange(params.created, one.created) &&
            (payment === undefined || payment.payment_intent === one.payment_intent) &&
            (status === undefined || one.status === status),
        })
      },
    ),
  ],
}
