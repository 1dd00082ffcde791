import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { EXAMPLE } from '../../src/integrations/stripe/example-ids.ts'
import type { TestHub } from './test-hub.ts'

const SKILL = fileURLToPath(new URL('../../../../skills/stripe-payments/SKILL.md', import.meta.url))

export const skill = readFileSync(SKILL, 'utf8')

/** Every command that the skill shows, block by block. */
export const blocks = [...skill.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block = '']) =>
  block.trim().split('\n'),
)

/** A command with real ids in the places of the documentation's. */
export function replaceIds(line: string, fixtures: Record<string, string>): string {
  return Object.entries(EXAMPLE).reduce((text, [kind, id]) => text.replaceAll(id, fixtures[kind] ?? id), line)
}

/** One of everything that the examples name; what is sold once on a page has another price than what is subscribed to. */
export async function makeFixtures(hub: TestHub, commands: string): Promise<Record<string, string>> {
  const isSoldOnce = commands.includes('"mode":"payment"')
  const { stripe } = hub
  const { customer, charge, paymentIntent } = await hub.charge(5000, 'usd')
  const product = await stripe.products.create({ name: 'Pro plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 2000,
    ...(isSoldOnce ? {} : { recurring: { interval: 'month' } }),
  })
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
  const plan = {
    currency: 'usd',
    product: product.id,
    unit_amount: 900,
    recurring: { interval: 'month' },
  } as const
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price_data: plan }] })
  const invoice = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 14,
  })
  await stripe.invoiceItems.create({ customer, invoice: invoice.id ?? '', amount: 4000, currency: 'usd' })
  await stripe.invoices.finalizeInvoice(invoice.id ?? '')
  return {
    customer,
    charge,
    paymentIntent,
    paymentMethod: method.id,
    product: product.id,
    price: price.id,
    subscription: subscription.id,
    invoice: invoice.id ?? '',
  }
}
