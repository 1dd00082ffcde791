import { invoices } from '../invoices/invoice.ts'
import { formatAmount } from '../money.ts'
import { html } from '../pages/html.ts'
import type { Html } from '../pages/html.ts'
import type { PageCall } from '../pages/page.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import { cancelSubscription } from '../subscriptions/cancel-subscription.ts'
import { updateSubscription } from '../subscriptions/update-subscription.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import type { Transaction } from '../store/transaction.ts'
import { products } from '../products/product.ts'
import { prices } from '../prices/price.ts'
import { invalidRequest } from '../wire/errors.ts'
import type { Features } from './configuration.ts'

const MAX_INVOICES = 24

export function subscriptionSection(call: PageCall, customer: string, features: Features): Html | null {
  const { tx } = call
  const running = tx
    .rows(subscriptions, 'customer', customer)
    .map(({ entity }) => entity)
    .filter((subscription) => !isOver(subscription))
  if (running.length === 0) return null
  return html` <h2>Subscriptions</h2>
    ${running.map((subscription) => {
      const end = periodEnd(tx, subscription)
      return html` <p>
          <strong>${namesOf(tx, subscription)}</strong><br />
          ${subscription.cancel_at_period_end ? html`Ends on ${dateOf(end)}` : html`Status: ${subscription.status}, renews on ${dateOf(end)}`}
        </p>
        ${
          features.subscription_cancel.enabled &&
          html`<form method="post">
            ${call.formToken}<input type="hidden" name="subscription" value="${subscription.id}" /> ${
              subscription.cancel_at_period_end
                ? html`<button name="action" value="keep-subscription">Keep the subscription</button>`
                : html`<button name="action" value="cancel-subscription" class="quiet">
                    Cancel the subscription
                  </button>`
            }
          </form>`
        }`
    })}`
}

export function invoiceSection(tx: Transaction, customer: string): Html | null {
  const sent = tx
    .rows(invoices, 'customer', customer)
    .map(({ entity }) => entity)
    .filter((invoice) => invoice.number !== null)
    .slice(-MAX_INVOICES)
    .toReversed()
  if (sent.length === 0) return null
  return html` <h2>Invoices</h2>
    <table>
      <thead>
        <tr>
          <th scope="col">Invoice</th>
          <th scope="col">Status</th>
          <th scope="col">Total</th>
        </tr>
      </thead>
      <tbody>
        ${sent.map((invoice) => {
          const address = invoices.format(invoice, tx).hosted_invoice_url
          const { number } = invoice
          return html`<tr>
            <td>${typeof address === 'string' ? html`<a href="${address}">${number}</a>` : number}</td>
            <td>${invoice.status}</td>
            <td>${formatAmount(invoice.total, invoice.currency)}</td>
          </tr>`
        })}
      </tbody>
    </table>`
}

/** @throws StripeError 400 for a subscription that is not the customer's, or over */
export function changeSubscription(
  { tx, form }: PageCall,
  customer: string,
  features: Features,
  change: 'cancel' | 'keep',
): void {
  const subscription = tx.get(subscriptions, form.get('subscription') ?? '')
  if (!subscription || subscription.customer !== customer || isOver(subscription)) {
    throw invalidRequest('This subscription is not there any more.')
  }
  const { enabled, mode, proration_behavior: proration } = features.subscription_cancel
  if (!enabled) throw invalidRequest('This is not offered here.')
  if (change === 'cancel' && mode === 'immediately') {
    cancelSubscription(tx, subscription, {
      prorate: proration !== 'none',
      invoice_now: proration === 'always_invoice',
    })
    return
  }
  updateSubscription(tx, subscription, { cancel_at_period_end: change === 'cancel' })
}

function periodEnd(tx: Transaction, subscription: Subscription): number {
  return Math.max(...itemsOf(tx, subscription.id).map((item) => item.current_period_end), tx.now)
}

function namesOf(tx: Transaction, subscription: Subscription): string {
  return itemsOf(tx, subscription.id)
    .map((item) => tx.get(products, tx.get(prices, item.price)?.product ?? '')?.name ?? item.price)
    .join(', ')
}

function dateOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().slice(0, 10)
}
