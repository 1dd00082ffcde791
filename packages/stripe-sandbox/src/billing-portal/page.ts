import { customers } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { updateCustomer } from '../customers/save-customer.ts'
import { cardFields, cardFromForm } from '../pages/card-form.ts'
import { html } from '../pages/html.ts'
import type { Html } from '../pages/html.ts'
import { isFollowable, pageUrl } from '../pages/page.ts'
import type { Page, PageCall } from '../pages/page.ts'
import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { detachPaymentMethod } from '../payment-methods/detach-payment-method.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Transaction } from '../store/transaction.ts'
import { nowFor } from '../test-clocks/now-for.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inPath } from '../wire/lookup.ts'
import { portalConfigurations } from './configuration.ts'
import type { Features } from './configuration.ts'
import { isOver, portalSessions } from './portal-session.ts'
import type { PortalSession } from './portal-session.ts'
import { changeSubscription, invoiceSection, subscriptionSection } from './subscription-section.ts'

interface Visit {
  session: PortalSession
  customer: Customer
  features: Features
}

/** Where customers look after what they pay with and for. */
export const portalPage: Page = {
  prefix: 'portal',
  show(call) {
    const { tx, problem } = call
    const { session, customer, features } = visitOf(call)
    const back = session.return_url
    return {
      title: 'Your billing',
      body: html` ${problem === undefined ? null : html`<p class="problem" role="alert">${problem}</p>`}
      ${subscriptionSection(call, customer.id, features)} ${methodSection(call, customer, features)}
      ${detailSection(call, customer, features)}
      ${features.invoice_history.enabled && invoiceSection(tx, customer.id)}
      ${back !== null && isFollowable(back) && html`<p><a href="${back}">Go back</a></p>`}`,
    }
  },
  act(call) {
    const visit = visitOf(call)
    const action = call.form.get('action') ?? ''
    const perform = actions[action]
    if (!perform) throw invalidRequest('Choose what to do.')
    perform(call, visit)
    return { redirect: pageUrl(call.tx, 'portal', visit.session.secret) }
  },
}

/** @throws StripeError 404 for an address that is none, or not any more */
function visitOf({ tx, token }: PageCall): Visit {
  const session = tx.rows(portalSessions, 'secret', token)[0]?.entity
  const customer = session && tx.get(customers, session.customer)
  if (session) tx.now = nowFor(tx, session.customer)
  if (!session || !customer || customer.deleted || isOver(session, tx.now)) {
    throw invalidRequest('There is no such portal session.', { status: 404 })
  }
  const { features } = inPath(tx, portalConfigurations, session.configuration)
  return { session, customer, features }
}

const actions: Record<string, (call: PageCall, visit: Visit) => void> = {
  'add-card': ({ tx, form }, { customer, features }) => {
    allow(features.payment_method_update.enabled)
    const { id } = cardFromForm(tx, form, { email: customer.email, name: customer.name })
    makeDefault(tx, customer, attachPaymentMethod(tx, id, customer.id))
  },
  'default-card': ({ tx, form }, { customer, features }) => {
    allow(features.payment_method_update.enabled)
    makeDefault(tx, customer, methodOfCustomer(tx, customer, form.get('method') ?? ''))
  },
  'remove-card': ({ tx, form }, { customer, features }) => {
    allow(features.payment_method_update.enabled)
    detachPaymentMethod(tx, methodOfCustomer(tx, customer, form.get('method') ?? ''))
  },
  'update-details': ({ tx, form }, { customer, features }) => {
    allow(features.customer_update.enabled)
    const allowed = features.customer_update.allowed_updates
    const given = DETAILS.filter(({ name }) => allowed.includes(name) && form.has(name))
    updateCustomer(
      tx,
      customer,
      Object.fromEntries(given.map(({ name }) => [name, (form.get(name) ?? '').trim()])),
    )
  },
  'cancel-subscription': (call, { customer, features }) => {
    changeSubscription(call, customer.id, features, 'cancel')
  },
  'keep-subscription': (call, { customer, features }) => {
    changeSubscription(call, customer.id, features, 'keep')
  },
}

function allow(enabled: boolean): void {
  if (!enabled) throw invalidRequest('This is not offered here.')
}

function makeDefault(tx: Transaction, customer: Customer, method: PaymentMethod): void {
  updateCustomer(tx, customer, { invoice_settings: { default_payment_method: method.id } })
}

function methodOfCustomer(tx: Transaction, customer: Customer, id: string): PaymentMethod {
  const method = tx.get(paymentMethods, id)
  if (method?.customer === customer.id) return method
  throw invalidRequest('This card is not there any more.')
}

function methodSection(call: PageCall, customer: Customer, features: Features): Html {
  const mayChange = features.payment_method_update.enabled
  const saved = call.tx.rows(paymentMethods, 'customer', customer.id).map(({ entity }) => entity)
  const preferred = customer.invoice_settings.default_payment_method
  return html` <h2>Cards</h2>
    ${saved.length === 0 && html`<p class="soft">No card is saved.</p>`}
    ${saved.map(
      (method) =>
        html` <p>
            ${method.card.brand} ending in ${method.card.last4}, expires ${method.card.exp_month} /
            ${method.card.exp_year}${method.id === preferred && html` <strong>(default)</strong>`}
          </p>
          ${
            mayChange &&
            html`<form method="post">
              ${call.formToken}<input type="hidden" name="method" value="${method.id}" />
              ${method.id !== preferred && html`<button name="action" value="default-card" class="quiet">Make ${method.card.last4} the default</button>`}
              <button name="action" value="remove-card" class="quiet">Remove ${method.card.last4}</button>
            </form>`
          }`,
    )}
    ${
      mayChange &&
      html`<h2>Add a card</h2>
        <form method="post">
          ${call.formToken}${cardFields} <button name="action" value="add-card">Add card</button>
        </form>`
    }`
}

const DETAILS = [
  { name: 'email', label: 'Email', type: 'email' },
  { name: 'name', label: 'Name', type: 'text' },
  { name: 'phone', label: 'Phone', type: 'tel' },
] as const

function detailSection(call: PageCall, customer: Customer, features: Features): Html | null {
  const { allowed_updates: allowed, enabled } = features.customer_update
  const fields = DETAILS.filter(({ name }) => allowed.includes(name))
  if (!enabled || fields.length === 0) return null
  return html` <h2>Your details</h2>
    <form method="post">
      ${call.formToken}
      ${fields.map(
        ({ name, label, type }) =>
          html`<label for="${name}">${label}</label>
            <input id="${name}" name="${name}" type="${type}" value="${customer[name]}" />`,
      )} <button name="action" value="update-details">Save details</button>
    </form>`
}
