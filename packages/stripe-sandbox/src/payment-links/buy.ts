import { itemRows } from '../checkout/item-rows.ts'
import { createSession } from '../checkout/create-session.ts'
import { lineItemsOf } from '../checkout/put-line-items.ts'
import { completedSessions } from '../checkout/session.ts'
import { html } from '../pages/html.ts'
import { pageUrl } from '../pages/page.ts'
import type { Page, PageCall } from '../pages/page.ts'
import { inPath } from '../wire/lookup.ts'
import { invalidRequest } from '../wire/errors.ts'
import { paymentLinks } from './payment-link.ts'
import type { PaymentLink } from './payment-link.ts'

/** What a payment link sells; buying opens a checkout session of its own. */
export const paymentLinkPage: Page = {
  prefix: 'buy',
  show(call) {
    const link = inPath(call.tx, paymentLinks, call.token)
    if (!isOpen(call, link)) {
      return {
        title: 'Not available',
        body: html`<p>${link.inactive_message ?? 'This link is no longer active.'}</p>`,
      }
    }
    const items = lineItemsOf(call.tx, link.id)
    return {
      title: 'Buy',
      body: html` ${call.problem !== undefined && html`<p class="problem" role="alert">${call.problem}</p>`}
        <table>
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col">Amount</th>
            </tr>
          </thead>
          <tbody>
            ${itemRows(items)}
          </tbody>
        </table>
        <form method="post">${call.formToken}<button>Go to checkout</button></form>`,
    }
  },
  act(call) {
    const { tx } = call
    const link = inPath(tx, paymentLinks, call.token)
    if (!isOpen(call, link)) throw invalidRequest('This link is no longer active.')
    const session = createSession(tx, {
      ...(link.allow_promotion_codes ? { allow_promotion_codes: true } : {}),
      ...(link.mode === 'payment' ? { customer_creation: link.customer_creation } : {}),
      ...(link.payment_intent_data === null ? {} : { payment_intent_data: link.payment_intent_data }),
      ...(link.subscription_data === null ? {} : { subscription_data: link.subscription_data }),
      ...(link.redirect_url === null ? {} : { success_url: link.redirect_url }),
      billing_address_collection: link.billing_address_collection,
      line_items: lineItemsOf(tx, link.id).map(({ price, quantity }) => ({ price, quantity })),
      currency: link.currency,
      metadata: link.metadata,
      mode: link.mode,
      payment_link: link.id,
      payment_method_collection: link.payment_method_collection,
      phone_number_collection: { enabled: link.phone_number_collection },
      submit_type: link.submit_type,
    })
    return { redirect: pageUrl(tx, 'checkout', session.id) }
  },
}

function isOpen({ tx }: PageCall, link: PaymentLink): boolean {
  const limit = link.completed_sessions_limit
  return link.active && (limit === null || completedSessions(tx, link.id) < limit)
}
