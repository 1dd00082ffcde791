import { customers } from '../customers/customer.ts'
import { formatPricing } from '../invoices/invoice-line.ts'
import type { Kind } from '../store/kind.ts'
import { taxRates } from '../tax-rates/tax-rate.ts'
import type { Metadata } from '../wire/metadata.ts'

/** Something to be paid: pending until an invoice takes it. */
export interface InvoiceItem {
  id: string
  amount: number
  currency: string
  customer: string
  date: number
  deleted: boolean
  description: string | null
  discountable: boolean
  discounts: readonly string[]
  invoice: string | null
  metadata: Metadata
  period: { readonly start: number; readonly end: number }
  price: string | null
  product: string | null
  proration: boolean
  quantity: number
  subscription: string | null
  subscription_item: string | null
  tax_rates: readonly string[]
  unit_amount_decimal: string | null
}

export const invoiceItems: Kind<InvoiceItem> = {
  table: 'invoice_items',
  type: 'InvoiceItem',
  prefix: 'ii_',
  idLength: 24,
  noun: 'invoiceitem',
  indexes: ['customer', 'invoice'],
  isDeleted: (item) => item.deleted,
  format: (item, view) => ({
    id: item.id,
    object: 'invoiceitem',
    amount: item.amount,
    currency: item.currency,
    customer: item.customer,
    customer_account: null,
    date: item.date,
    description: item.description,
    discountable: item.discountable,
    discounts: item.discounts,
    invoice: item.invoice,
    livemode: view.livemode,
    metadata: item.metadata,
    net_amount: item.amount,
    parent:
      item.subscription === null
        ? null
        : {
            subscription_details: {
              subscription: item.subscription,
              ...(item.subscription_item === null ? {} : { subscription_item: item.subscription_item }),
            },
            type: 'subscription_details',
          },
    period: item.period,
    pricing: formatPricing(item),
    proration: item.proration,
    quantity: item.quantity,
    quantity_decimal: String(item.quantity),
    tax_rates: item.tax_rates.flatMap((id) => {
      const rate = view.get(taxRates, id)
      return rate ? [taxRates.format(rate, view)] : []
    }),
    test_clock: view.get(customers, item.customer)?.test_clock ?? null,
  }),
}
