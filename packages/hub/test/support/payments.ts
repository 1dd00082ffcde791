import type { Stripe } from 'stripe'
import { chargeOf } from './test-hub.ts'
import type { Bench } from './prove-tools.ts'

/** No payment method that leads to another page. */
export const automatic_payment_methods = { enabled: true, allow_redirects: 'never' } as const

/** A customer with a saved card; `pm_card_…` chooses how it behaves. */
export async function payer(
  { stripe }: Bench,
  card = 'pm_card_visa',
): Promise<{ customer: string; paymentMethod: string }> {
  const { id: customer } = await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })
  return { customer, paymentMethod: (await stripe.paymentMethods.attach(card, { customer })).id }
}

/** A payment of a customer with a saved card, prepared and no more. */
export async function prepared(
  bench: Bench,
  params: Partial<Stripe.PaymentIntentCreateParams> = {},
  card?: string,
): Promise<{ customer: string; paymentMethod: string; paymentIntent: string }> {
  const who = await payer(bench, card)
  const { id } = await bench.stripe.paymentIntents.create({
    amount: 5000,
    currency: 'usd',
    customer: who.customer,
    payment_method: who.paymentMethod,
    automatic_payment_methods,
    ...params,
  })
  return { ...who, paymentIntent: id }
}

/** The same, and the bank holds the money. */
export const held = (bench: Bench): ReturnType<typeof prepared> =>
  prepared(bench, { capture_method: 'manual', confirm: true })

/** The same, and the money has been taken; `bypassPending` makes it available at once. */
export async function paid(
  bench: Bench,
  params: Partial<Stripe.PaymentIntentCreateParams> = {},
  card?: string,
): Promise<{ customer: string; paymentMethod: string; paymentIntent: string; charge: string }> {
  const made = await prepared(bench, { confirm: true, ...params }, card)
  return { ...made, charge: chargeOf(await bench.stripe.paymentIntents.retrieve(made.paymentIntent)) }
}

/** A card as an old integration holds it. */
export async function token({ stripe }: Bench): Promise<string> {
  const card = { number: '4242424242424242', exp_month: '8', exp_year: '2030', cvc: '123' }
  return (await stripe.tokens.create({ card })).id
}

/** An old charge that only holds the money. */
export async function heldCharge({ stripe }: Bench): Promise<string> {
  const charge = await stripe.charges.create({
    amount: 5000,
    currency: 'usd',
    source: 'tok_visa',
    capture: false,
  })
  return charge.id
}
