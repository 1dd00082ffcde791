/**
 * What each of these operations emits whenever it makes something, by Stripe's list of event types. Only for these
 * is silence a proof: most others emit nothing (a checkout session), or nothing if nothing changed.
 */
export const EMITTED_EVENTS: Readonly<Record<string, readonly string[]>> = {
  'charges.create': ['charge.succeeded', 'charge.pending', 'charge.failed'],
  'coupons.create': ['coupon.created'],
  'creditNotes.create': ['credit_note.created'],
  'customers.create': ['customer.created'],
  'invoiceItems.create': ['invoiceitem.created'],
  'invoices.create': ['invoice.created'],
  'paymentIntents.create': ['payment_intent.created', 'payment_intent.payment_failed'],
  'payouts.create': ['payout.created'],
  'prices.create': ['price.created'],
  'products.create': ['product.created'],
  'promotionCodes.create': ['promotion_code.created'],
  'refunds.create': ['refund.created', 'charge.refunded'],
  'setupIntents.create': ['setup_intent.created', 'setup_intent.setup_failed'],
  'subscriptions.create': ['customer.subscription.created'],
  'subscriptionSchedules.create': ['subscription_schedule.created'],
}
