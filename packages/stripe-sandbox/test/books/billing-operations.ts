import type { Stripe } from 'stripe'
import { idOf } from '../harness.ts'
import { oneOf, pick } from './world.ts'
import type { Choice, Operation, World } from './world.ts'

const PRORATIONS = ['create_prorations', 'none', 'always_invoice'] as const
const COLLECTION_PAUSES = ['void', 'keep_as_draft', 'mark_uncollectible'] as const
const METHODS = [
  'pm_card_visa',
  'pm_card_mastercard',
  'pm_card_chargeCustomerFail',
  'pm_card_authenticationRequired',
]
const RUNNING = ['active', 'trialing', 'past_due']

export const billingOperations = {
  async join(world, choice) {
    const { id } = await world.stripe.customers.create({
      name: `Customer ${choice.which}`,
      email: 'joe@example.com',
    })
    await useMethod(world, id, choice)
  },
  async changeMethod(world, choice) {
    const customer = await anyCustomer(world, choice)
    if (customer) await useMethod(world, customer.id, choice)
  },
  async leave(world, choice) {
    // Seldom, so that the others have somebody to work with.
    const customer = choice.variant < 6 ? await anyCustomer(world, choice) : undefined
    if (customer) await world.stripe.customers.del(customer.id)
  },
  async adjustBalance(world, choice) {
    const customer = await anyCustomer(world, choice)
    if (!customer) return
    const amount = choice.variant % 3 === 0 ? choice.amount : -choice.amount
    await world.stripe.customers.createBalanceTransaction(customer.id, { amount, currency: 'usd' })
  },
  async price(world, choice) {
    const price = await world.stripe.prices.create({
      product: world.product,
      currency: 'usd',
      unit_amount: choice.amount,
      recurring: {
        interval: oneOf(['day', 'week', 'month'], choice.variant),
        interval_count: 1 + (choice.which % 3),
      },
    })
    world.prices.push(price.id)
  },
  renameProduct: (world, choice) =>
    world.stripe.products.update(world.product, { name: `Gold ${choice.which}` }),
  async subscribe(world, choice) {
    const customer = await anyCustomer(world, choice)
    if (!customer?.invoice_settings.default_payment_method) return
    await world.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: oneOf(world.prices, choice.variant), quantity: 1 + (choice.amount % 5) }],
      ...(choice.variant % 4 === 0 ? { trial_period_days: 1 + (choice.which % 20) } : {}),
      ...(choice.variant % 5 === 0 ? { payment_behavior: 'default_incomplete' } : {}),
    })
  },
  async changeQuantity(world, choice) {
    const subscription = await anySubscription(world, choice, RUNNING)
    if (!subscription) return
    await world.stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), quantity: 1 + (choice.amount % 7) }],
      proration_behavior: oneOf(PRORATIONS, choice.variant),
    })
  },
  async changePrice(world, choice) {
    const subscription = await anySubscription(world, choice, RUNNING)
    if (!subscription) return
    await world.stripe.subscriptions.update(subscription.id, {
      items: [{ id: itemOf(subscription), price: oneOf(world.prices, choice.amount) }],
      proration_behavior: oneOf(PRORATIONS, choice.variant),
    })
  },
  async endTrial(world, choice) {
    const subscription = await anySubscription(world, choice, ['trialing'])
    if (subscription) await world.stripe.subscriptions.update(subscription.id, { trial_end: 'now' })
  },
  async pause(world, choice) {
    const subscription = await anySubscription(world, choice, ['active', 'trialing'])
    if (!subscription) return
    await world.stripe.subscriptions.pause(subscription.id, {
      type: 'subscription',
      ...(choice.variant % 2 === 0 ? { bill_for: { unused_time_from: { type: 'now' } } } : {}),
      ...(choice.variant % 3 === 0 ? { invoicing_behavior: 'invoice' } : {}),
    })
  },
  async resume(world, choice) {
    const subscription = await anySubscription(world, choice, ['paused'])
    if (!subscription) return
    await world.stripe.subscriptions.resume(subscription.id, {
      billing_cycle_anchor: { type: choice.variant % 2 === 0 ? 'now' : 'unchanged' },
      proration_behavior: oneOf(PRORATIONS, choice.amount),
    })
  },
  async pauseCollection(world, choice) {
    const subscription = await anySubscription(world, choice, RUNNING)
    if (!subscription) return
    await world.stripe.subscriptions.update(subscription.id, {
      pause_collection:
        subscription.pause_collection === null ? { behavior: oneOf(COLLECTION_PAUSES, choice.variant) } : '',
    })
  },
  async cancelNow(world, choice) {
    const subscription = await anySubscription(world, choice, [...RUNNING, 'incomplete', 'paused'])
    if (!subscription) return
    const running = subscription.status === 'active'
    await world.stripe.subscriptions.cancel(subscription.id, {
      prorate: running && choice.variant % 2 === 0,
      invoice_now: running && choice.variant % 3 === 0,
    })
  },
  async cancelLater(world, choice) {
    const subscription = await anySubscription(world, choice, RUNNING)
    if (!subscription) return
    await world.stripe.subscriptions.update(subscription.id, {
      cancel_at_period_end: !subscription.cancel_at_period_end,
    })
  },
  async item(world, choice) {
    const customer = await anyCustomer(world, choice)
    if (!customer) return
    const amount = choice.variant % 4 === 0 ? -choice.amount : choice.amount
    await world.stripe.invoiceItems.create({ customer: customer.id, amount, currency: 'usd' })
  },
  async draft(world, choice) {
    const customer = await anyCustomer(world, choice)
    if (!customer) return
    const { id: invoice } = await world.stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: choice.variant % 2 === 0 ? 'include' : 'exclude',
      auto_advance: choice.variant % 3 === 0,
      ...(choice.variant % 5 === 0 ? { collection_method: 'send_invoice', days_until_due: 7 } : {}),
    })
    await world.stripe.invoiceItems.create({
      customer: customer.id,
      invoice,
      amount: choice.amount,
      currency: 'usd',
    })
  },
  async finalize(world, choice) {
    const invoice = await pick(
      world,
      'invoice',
      choice.which,
      (one) => one.status === 'draft' && world.states.has(idOf(one.customer)),
    )
    if (invoice) await world.stripe.invoices.finalizeInvoice(invoice.id)
  },
  async payInvoice(world, choice) {
    const invoice = await anyInvoice(world, choice, ['open', 'uncollectible'])
    if (!invoice) return
    const customer = idOf(invoice.customer)
    // A deleted customer has no cards any more.
    if (choice.variant % 4 === 0 || !world.states.has(customer)) {
      await world.stripe.invoices.pay(invoice.id, { paid_out_of_band: true })
      return
    }
    const { id } = await world.stripe.paymentMethods.attach(oneOf(METHODS, choice.amount), { customer })
    await world.stripe.invoices.pay(invoice.id, { payment_method: id })
  },
  async voidInvoice(world, choice) {
    const invoice = await anyInvoice(world, choice, ['open', 'uncollectible'])
    if (invoice) await world.stripe.invoices.voidInvoice(invoice.id)
  },
  async writeOff(world, choice) {
    const invoice = await anyInvoice(world, choice, ['open'])
    if (invoice) await world.stripe.invoices.markUncollectible(invoice.id)
  },
  async dropDraft(world, choice) {
    const invoice = await pick(
      world,
      'invoice',
      choice.which,
      (one) => one.status === 'draft' && one.parent === null,
    )
    if (invoice) await world.stripe.invoices.del(invoice.id)
  },
  async creditOpen(world, choice) {
    const invoice = await pick(
      world,
      'invoice',
      choice.which,
      (one) => one.status === 'open' && one.amount_remaining > 0,
    )
    if (!invoice) return
    await world.stripe.creditNotes.create({
      invoice: invoice.id,
      amount: 1 + (choice.amount % invoice.amount_remaining),
    })
  },
  async creditPaid(world, choice) {
    const left = (one: Stripe.Invoice) =>
      Math.min(
        one.amount_paid - (one.amount_paid_off_stripe ?? 0),
        one.total - one.pre_payment_credit_notes_amount,
      ) - one.post_payment_credit_notes_amount
    const invoice = await pick(
      world,
      'invoice',
      choice.which,
      (one) => one.status === 'paid' && left(one) > 0,
    )
    if (!invoice) return
    const amount = 1 + (choice.amount % left(invoice))
    const parts = ['credit_amount', 'out_of_band_amount', 'refund_amount'] as const
    const part = oneOf(parts, choice.variant)
    if (part === 'refund_amount' && (await refundable(world, invoice)) < amount) return
    await world.stripe.creditNotes.create({ invoice: invoice.id, amount, [part]: amount })
  },
} satisfies Record<string, Operation>

async function useMethod(world: World, customer: string, choice: Choice): Promise<void> {
  const method = await world.stripe.paymentMethods.attach(oneOf(METHODS, choice.which), { customer })
  await world.stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
}

function anyCustomer(world: World, choice: Choice) {
  return pick(world, 'customer', choice.which, () => true)
}

function anySubscription(world: World, choice: Choice, statuses: readonly string[]) {
  return pick(world, 'subscription', choice.which, ({ status }) => statuses.includes(status))
}

function anyInvoice(world: World, choice: Choice, statuses: readonly string[]) {
  return pick(world, 'invoice', choice.which, ({ status }) => status !== null && statuses.includes(status))
}

function itemOf(subscription: Stripe.Subscription): string {
  return subscription.items.data[0]?.id ?? ''
}

async function refundable(world: World, invoice: Stripe.Invoice): Promise<number> {
  const [payment] = (await world.stripe.invoicePayments.list({ invoice: invoice.id, status: 'paid' })).data
  const intent = idOf(payment?.payment.payment_intent)
  if (intent === '') return 0
  const { latest_charge: charge } = await world.stripe.paymentIntents.retrieve(intent, {
    expand: ['latest_charge'],
  })
  return charge === null || typeof charge === 'string' ? 0 : charge.amount_captured - charge.amount_refunded
}
