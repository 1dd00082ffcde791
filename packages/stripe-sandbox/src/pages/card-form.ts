import { createPaymentMethod } from '../payment-methods/create-payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { html } from './html.ts'

/** What a card's fields look like on every page. Numbers go to the tokenizer and nowhere else. */
export const cardFields = html` <label for="number">Card number</label>
  <input
    id="number"
    name="number"
    inputmode="numeric"
    autocomplete="cc-number"
    placeholder="4242 4242 4242 4242"
    required
  />
  <div class="pair">
    <div>
      <label for="expiry">Expires</label>
      <input id="expiry" name="expiry" autocomplete="cc-exp" placeholder="MM / YY" required />
    </div>
    <div>
      <label for="cvc">Security code</label>
      <input id="cvc" name="cvc" inputmode="numeric" autocomplete="cc-csc" placeholder="123" required />
    </div>
  </div>
  <p class="soft">Only Stripe's test cards work here, for instance 4242 4242 4242 4242.</p>`

/** @throws StripeError when the card's fields are wrong, or its number is no test card's */
export function cardFromForm(
  tx: Transaction,
  form: URLSearchParams,
  billing: { email: string | null; name: string | null },
): PaymentMethod {
  const [, month, year] = /^\s*(\d{1,2})\s*\/?\s*(\d{2}|\d{4})\s*$/.exec(form.get('expiry') ?? '') ?? []
  if (month === undefined || year === undefined) {
    throw invalidRequest("Your card's expiration date is incomplete.")
  }
  return createPaymentMethod(tx, {
    type: 'card',
    card: {
      number: form.get('number') ?? '',
      exp_month: Number(month),
      exp_year: Number(year),
      cvc: (form.get('cvc') ?? '').trim(),
    },
    billing_details: {
      ...(billing.email === null ? {} : { email: billing.email }),
      ...(billing.name === null ? {} : { name: billing.name }),
    },
  })
}
