import { itemRows } from './item-rows.ts'
import { checkEmail, customers } from '../customers/customer.ts'
import { formatAmount } from '../money.ts'
import { cardFields, cardFromForm } from '../pages/card-form.ts'
import { html } from '../pages/html.ts'
import type { Html } from '../pages/html.ts'
import { isFollowable, pageUrl } from '../pages/page.ts'
import type { Page, PageAnswer, PageCall } from '../pages/page.ts'
import { shippingRates } from '../shipping-rates/shipping-rate.ts'
import type { Transaction } from '../store/transaction.ts'
import { nowFor } from '../test-clocks/now-for.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inPath } from '../wire/lookup.ts'
import { paySession, pendingActionOf, settle } from './pay-session.ts'
import { discountByCode, priceSession } from './price-session.ts'
import { lineItemsOf } from './put-line-items.ts'
import { checkoutSessions, shippingAmount } from './session.ts'
import type { CheckoutSession } from './session.ts'

/** The cash desk: what is bought, who buys it, and the card. */
export const checkoutPage: Page = {
  prefix: 'checkout',
  show(call) {
    const { tx, problem } = call
    const session = sessionOf(call)
    // Straight from the bank, where the payment was finished: on to the shop.
    const returns = session.status === 'complete' && call.query.get('redirect_status') === 'succeeded'
    if (returns || settle(tx, session.id)) return leave(tx, session.id)
    if (session.status !== 'open') return over(session)
    const free = session.mode === 'payment' && session.payment_status === 'no_payment_required'
    const waiting = pendingActionOf(tx, session)
    return {
      title: titleOf(session),
      leadsTo: endOf(session),
      body: html` ${problem === undefined ? null : html`<p class="problem" role="alert">${problem}</p>`}
        ${waiting === undefined ? null : html`<p><a href="${waiting}">Go on to your bank's page</a>, or use another card.</p>`}
        ${itemTable(tx, session)} ${codeForm(call, session)} ${shippingForm(call, session)}
        <form method="post">
          ${call.formToken}
          <h2>Your details</h2>
          ${emailField(tx, session, call.form)}
          <label for="name">Name${free ? '' : ' on card'}</label>
          <input id="name" name="name" autocomplete="cc-name" value="${call.form.get('name') ?? ''}" />
          ${session.phone_number_collection && html`<label for="phone">Phone</label><input id="phone" name="phone" type="tel" autocomplete="tel" value="${call.form.get('phone') ?? ''}" required />`}
          ${free ? null : cardFields}
          <button name="action" value="pay">${buttonOf(session)}</button>
        </form>
        ${session.cancel_url !== null && isFollowable(session.cancel_url) && html`<p><a href="${session.cancel_url}">Go back without paying</a></p>`}`,
    }
  },
  act(call) {
    const { tx, form } = call
    const session = sessionOf(call)
    if (session.status !== 'open') return over(session)
    const action = form.get('action')
    const here = { redirect: pageUrl(tx, 'checkout', session.id) }
    if (action === 'code' || action === 'no-code') {
      if (session.allow_promotion_codes !== true) throw invalidRequest('Codes are not taken here.')
      const discounts = action === 'code' ? [discountByCode(tx, session, form.get('code') ?? '')] : []
      tx.put(checkoutSessions, priceSession(tx, { ...session, discounts }))
      return here
    }
    if (action === 'shipping') {
      const rate = form.get('shipping_rate')
      const chosen = session.shipping_options.find((option) => option.shipping_rate === rate)
      if (!chosen) throw invalidRequest('Choose how it is shipped.')
      tx.put(checkoutSessions, priceSession(tx, { ...session, shipping_rate: chosen.shipping_rate }))
      return here
    }
    if (action !== 'pay') throw invalidRequest('Choose what to do.')
    return pay(call, session)
  },
}

function pay(call: PageCall, session: CheckoutSession): PageAnswer {
  const { tx, form } = call
  const text = (name: string) => {
    const value = (form.get(name) ?? '').trim()
    return value === '' ? null : value
  }
  const known = session.customer === null ? undefined : tx.get(customers, session.customer)
  const email = session.customer_email ?? known?.email ?? text('email')
  if (email === null) throw invalidRequest('Your email is incomplete.')
  checkEmail(email)
  const details = { address: null, email, name: text('name'), phone: text('phone') }
  const free = session.mode === 'payment' && session.payment_status === 'no_payment_required'
  const method = free ? undefined : cardFromForm(tx, form, { email, name: details.name }).id
  const attempt = paySession(tx, session, method, details)
  switch (attempt.outcome) {
    case 'complete':
      return leave(tx, session.id)
    case 'action':
      return { redirect: attempt.url }
    case 'declined': {
      // The failed charge stays on record, so this is no error that undoes anything.
      const shown = checkoutPage.show({ ...call, problem: attempt.refusal.refused.message })
      return 'redirect' in shown ? shown : { ...shown, status: 402 }
    }
  }
}

function sessionOf({ tx, token }: PageCall): CheckoutSession {
  const session = inPath(tx, checkoutSessions, token)
  tx.now = nowFor(tx, session.customer)
  return session
}

/** Back to the shop, with the session's id where it is asked for. */
function leave(tx: Transaction, id: string): PageAnswer {
  const session = inPath(tx, checkoutSessions, id)
  const end = endOf(session)
  return end === null ? over(session) : { redirect: end.replaceAll('{CHECKOUT_SESSION_ID}', session.id) }
}

function endOf(session: CheckoutSession): string | null {
  const end = session.success_url ?? session.return_url
  return end !== null && isFollowable(end) ? end : null
}

function over(session: CheckoutSession): PageAnswer {
  return session.status === 'complete'
    ? { title: 'Thank you', body: html`<p>This is done. You can close this page.</p>` }
    : {
        title: 'This page has expired',
        body: html`<p>Nothing was charged. Ask the shop for a new link.</p>`,
      }
}

function titleOf(session: CheckoutSession): string {
  if (session.mode === 'setup') return 'Save a card'
  return session.mode === 'subscription' ? 'Subscribe' : 'Checkout'
}

const VERBS: Record<string, string> = { book: 'Book', donate: 'Donate', subscribe: 'Subscribe' }

function buttonOf(session: CheckoutSession): string {
  if (session.mode === 'setup') return 'Save card'
  if (session.mode === 'subscription') return 'Subscribe'
  const verb = VERBS[session.submit_type ?? ''] ?? 'Pay'
  const total = session.amount_total ?? 0
  return total === 0 ? 'Complete order' : `${verb} ${formatAmount(total, session.currency ?? '')}`
}

function itemTable(tx: Transaction, session: CheckoutSession): Html | null {
  const items = lineItemsOf(tx, session.id)
  const { currency, amount_subtotal: subtotal, amount_total: total } = session
  if (items.length === 0 || currency === null || subtotal === null || total === null) return null
  const shipping = shippingAmount(session)
  const discount = subtotal + shipping - total
  return html` <table>
    <thead>
      <tr>
        <th scope="col">Item</th>
        <th scope="col">Amount</th>
      </tr>
    </thead>
    <tbody>
      ${itemRows(items)}
      ${
        discount > 0 &&
        html`<tr>
          <td>Discount</td>
          <td>${formatAmount(-discount, currency)}</td>
        </tr>`
      }
      ${
        session.shipping_rate !== null &&
        html`<tr>
          <td>Shipping</td>
          <td>${formatAmount(shipping, currency)}</td>
        </tr>`
      }
      <tr class="total">
        <td>Total</td>
        <td>${formatAmount(total, currency)}</td>
      </tr>
    </tbody>
  </table>`
}

function codeForm(call: PageCall, session: CheckoutSession): Html | null {
  if (session.allow_promotion_codes !== true) return null
  return session.discounts.length > 0
    ? html`<form method="post">
        ${call.formToken}<button name="action" value="no-code" class="quiet">
          Remove the promotion code
        </button>
      </form>`
    : html`<form method="post">
        ${call.formToken} <label for="code">Promotion code</label
        ><input id="code" name="code" autocomplete="off" required />
        <button name="action" value="code" class="quiet">Apply code</button>
      </form>`
}

function shippingForm(call: PageCall, session: CheckoutSession): Html | null {
  const options = session.shipping_options
  if (options.length < 2) return null
  return html`<form method="post">
    ${call.formToken}
    <h2>Shipping</h2>
    ${options.map(({ shipping_amount: amount, shipping_rate: rate }) => {
      const name = call.tx.get(shippingRates, rate)?.display_name ?? rate
      const checked = rate === session.shipping_rate && html` checked`
      return html`<label class="choice"
        ><input type="radio" name="shipping_rate" value="${rate}" ${checked} />${name},
        ${formatAmount(amount, session.currency ?? '')}</label
      >`
    })}
    <button name="action" value="shipping" class="quiet">Choose shipping</button>
  </form>`
}

/** What was typed before a refusal is still there; card numbers alone are typed again. */
function emailField(tx: Transaction, session: CheckoutSession, form: URLSearchParams): Html {
  const known = session.customer === null ? undefined : tx.get(customers, session.customer)
  const email = session.customer_email ?? known?.email ?? null
  return email === null
    ? html`<label for="email">Email</label
        ><input
          id="email"
          name="email"
          type="email"
          autocomplete="email"
          value="${form.get('email') ?? ''}"
          required
        />`
    : html`<p>${email}</p>`
}
