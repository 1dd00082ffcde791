import { previewRenewal } from '../invoices/preview-renewal.ts'
import { formatInvoice, invoices } from '../invoices/invoice.ts'
import type { Transaction } from '../store/transaction.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'

/** `invoice.upcoming`, once for each period, with the invoice as it would be. */
export function announceUpcoming(tx: Transaction, subscription: Subscription, renews: number): void {
  tx.put(subscriptions, { ...subscription, upcoming_announced: renews })
  const { invoice, lines } = previewRenewal(tx, subscription, renews)
  const upcoming = { ...invoices, format: () => formatInvoice(invoice, lines, tx) }
  tx.emit('invoice.upcoming', upcoming, invoice)
}
