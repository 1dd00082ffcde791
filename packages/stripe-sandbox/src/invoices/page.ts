import { formatAmount } from '../money.ts'
import { cardFields, cardFromForm } from '../pages/card-form.ts'
import { html } from '../pages/html.ts'
import { pageUrl } from '../pages/page.ts'
import type { Page, PageAnswer, PageCall } from '../pages/page.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import { isJsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { nowFor } from '../test-clocks/now-for.ts'
import { inPath, missing } from '../wire/lookup.ts'
import { amountRemaining, invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { linesOf } from './invoice-line.ts'
import { attemptPayment } from './pay-invoice.ts'

const STATUS_TEXTS = {
  draft: 'This invoice is not final yet.',
  open: 'This invoice is open.',
  paid: 'This invoice is paid.',
  uncollectible: 'This invoice is open.',
  void: 'This invoice is void.',
} satisfies Record<Invoice['status'], string>

/** What the customer finds under `hosted_invoice_url`: the invoice, and a form to pay it. */
export const invoicePage: Page = {
  prefix: 'invoice',
  show(call) {
    const invoice = invoiceOf(call)
    const { currency } = invoice
    return {
      title: `Invoice ${invoice.number ?? ''}`,
      body: html` ${call.problem !== undefined && html`<p class="problem" role="alert">${call.problem}</p>`}
        <p>${STATUS_TEXTS[invoice.status]}</p>
        <table>
          <thead>
            <tr>
              <th scope="col">Item</th>
              <th scope="col">Amount</th>
            </tr>
          </thead>
          <tbody>
            ${linesOf(call.tx, invoice.id).map(
              (line) =>
                html`<tr>
                  <td>${line.description}</td>
                  <td>${formatAmount(line.amount, currency)}</td>
                </tr>`,
            )}
            <tr>
              <td>Total</td>
              <td>${formatAmount(invoice.total, currency)}</td>
            </tr>
          </tbody>
        </table>
        ${
          isPayable(invoice) &&
          html`<form method="post">
            ${call.formToken}${cardFields}
            <button>Pay ${formatAmount(amountRemaining(invoice), currency)}</button>
          </form>`
        }`,
    }
  },
  act(call) {
    const { tx, form } = call
    const invoice = invoiceOf(call)
    const here = pageUrl(tx, 'invoice', invoice.id)
    if (!isPayable(invoice)) return { redirect: here }
    const { email, name } = invoice.invoiced
    const outcome = attemptPayment(tx, invoice, cardFromForm(tx, form, { email, name }), here)
    if (!('refused' in outcome)) return { redirect: here }
    const bank = bankPageOf(tx, invoice)
    if (bank !== undefined) return { redirect: bank }
    // The failed charge stays on record, so this is no error that undoes anything.
    const shown: PageAnswer = invoicePage.show({ ...call, problem: outcome.refused.message })
    return 'redirect' in shown ? shown : { ...shown, status: 402 }
  },
}

function isPayable(invoice: Invoice): boolean {
  return (invoice.status === 'open' || invoice.status === 'uncollectible') && amountRemaining(invoice) > 0
}

function invoiceOf({ tx, token }: PageCall): Invoice {
  const invoice = inPath(tx, invoices, token)
  if (invoice.deleted || invoice.status === 'draft')
    throw missing(invoices, token, { param: 'id', status: 404 })
  tx.now = nowFor(tx, invoice.customer)
  return invoice
}

function bankPageOf(tx: Transaction, invoice: Invoice): string | undefined {
  const action = tx.get(paymentIntents, invoice.payment_intent ?? '')?.next_action?.redirect_to_url
  return isJsonObject(action) && typeof action.url === 'string' ? action.url : undefined
}
