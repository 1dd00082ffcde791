import { settleOpenSessions } from '../checkout/pay-session.ts'
import { formatAmount } from '../money.ts'
import { html } from '../pages/html.ts'
import type { Html } from '../pages/html.ts'
import { isFollowable, withQuery } from '../pages/page.ts'
import type { Page, PageAnswer, PageCall } from '../pages/page.ts'
import { finishAuthentication } from '../payment-intents/confirm-intent.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { PaymentIntent } from '../payment-intents/payment-intent.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { Family } from '../route.ts'
import { finishSetupAuthentication } from '../setup-intents/confirm-setup-intent.ts'
import { setupIntents } from '../setup-intents/setup-intent.ts'
import type { SetupIntent } from '../setup-intents/setup-intent.ts'
import { isJsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { nowFor } from '../test-clocks/now-for.ts'
import { invalidRequest } from '../wire/errors.ts'

type Waiting = { sort: 'payment'; intent: PaymentIntent } | { sort: 'setup'; intent: SetupIntent }

/** The bank's page: whoever has the intent's client secret may say yes or no for the cardholder. */
const authenticationPage: Page = {
  prefix: 'authenticate',
  show(call) {
    const found = waitingFor(call)
    if (found.intent.status !== 'requires_action') return over(found)
    const method = call.tx.get(paymentMethods, found.intent.payment_method ?? '')
    return {
      title: 'Confirm that it is you',
      leadsTo: returnUrlOf(found.intent),
      body: html` <p>${purposeOf(found)} with the card ending in ${method?.card.last4}.</p>
        <p class="soft">
          A real bank would ask for a code or a fingerprint here. In the sandbox you choose what happens.
        </p>
        <form method="post">
          ${call.formToken}
          <button name="outcome" value="complete">Complete authentication</button>
          <button name="outcome" value="fail" class="quiet">Fail authentication</button>
        </form>`,
    }
  },
  act(call) {
    const found = waitingFor(call)
    if (found.intent.status !== 'requires_action') return over(found)
    const outcome = call.form.get('outcome')
    if (outcome !== 'complete' && outcome !== 'fail') {
      throw invalidRequest('Choose whether the authentication completes or fails.')
    }
    // Where to go afterwards is gone once the intent goes on.
    const returnUrl = returnUrlOf(found.intent)
    const passed = outcome === 'complete'
    const done: Waiting =
      found.sort === 'payment'
        ? { sort: 'payment', intent: finishAuthentication(call.tx, found.intent, passed) }
        : { sort: 'setup', intent: finishSetupAuthentication(call.tx, found.intent, passed) }
    settleOpenSessions(call.tx)
    return returnUrl === null ? over(done) : { redirect: returnAddress(returnUrl, done) }
  },
}

export const authenticationFamily: Family = { kinds: [], routes: [], pages: [authenticationPage] }

function waitingFor({ tx, token }: PageCall): Waiting {
  const id = token.slice(0, token.indexOf('_secret_'))
  const found = intentWith(tx, id)
  if (found?.intent.client_secret === token) {
    tx.now = nowFor(tx, found.intent.customer)
    return found
  }
  throw invalidRequest('There is nothing to authenticate here.', { status: 404 })
}

function intentWith(tx: Transaction, id: string): Waiting | undefined {
  const payment = tx.get(paymentIntents, id)
  if (payment) return { sort: 'payment', intent: payment }
  const setup = tx.get(setupIntents, id)
  return setup && { sort: 'setup', intent: setup }
}

function purposeOf(found: Waiting): Html {
  return found.sort === 'payment'
    ? html`Pay <strong>${formatAmount(found.intent.amount, found.intent.currency)}</strong>`
    : html`Save your card for later payments`
}

function returnUrlOf(intent: PaymentIntent | SetupIntent): string | null {
  const redirect = intent.next_action?.redirect_to_url
  const url = isJsonObject(redirect) ? redirect.return_url : undefined
  return typeof url === 'string' && isFollowable(url) ? url : null
}

/** As Stripe sends the cardholder back. */
function returnAddress(url: string, { sort, intent }: Waiting): string {
  const name = sort === 'payment' ? 'payment_intent' : 'setup_intent'
  return withQuery(url, {
    [name]: intent.id,
    [`${name}_client_secret`]: intent.client_secret,
    redirect_status: ['succeeded', 'requires_capture'].includes(intent.status) ? 'succeeded' : 'failed',
  })
}

function over({ intent }: Waiting): PageAnswer {
  const succeeded = intent.status === 'succeeded' || intent.status === 'requires_capture'
  return succeeded
    ? { title: 'Thank you', body: html`<p>The authentication is complete. You can close this page.</p>` }
    : {
        title: 'Nothing to confirm',
        body: html`<p>The authentication failed or is not asked for any more. You can close this page.</p>`,
      }
}
