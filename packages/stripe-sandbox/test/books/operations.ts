import * as fc from 'fast-check'
import { Stripe } from 'stripe'
import { RETURN_URL, idOf } from '../harness.ts'
import { billingOperations } from './billing-operations.ts'
import { oneOf, openWorld, pick, record } from './world.ts'
import type { Choice, Operation, World } from './world.ts'

const CURRENCIES = ['usd', 'usd', 'eur', 'jpy'] as const
const CARDS = [
  'visa',
  'visa',
  'visa',
  'bypassPending',
  'bypassPending',
  'chargeDeclinedInsufficientFunds',
  'authenticationRequired',
  'createDispute',
  'createDisputeInquiry',
] as const

/** Three payments of four are captured at once. */
const captureOf = (choice: Choice) =>
  choice.variant % 4 === 0 ? ('manual' as const) : ('automatic' as const)

const moneyOperations = {
  async pay(world, choice) {
    const intent = await world.stripe.paymentIntents.create({
      amount: choice.amount,
      currency: oneOf(CURRENCIES, choice.variant),
      capture_method: captureOf(choice),
    })
    world.own.add(intent.id)
    await world.stripe.paymentIntents.confirm(intent.id, {
      payment_method: `pm_card_${oneOf(CARDS, choice.which)}`,
      return_url: RETURN_URL,
    })
  },
  async prepare(world, choice) {
    const customer =
      choice.variant % 2 === 0 ? await pick(world, 'customer', choice.which, () => true) : undefined
    const intent = await world.stripe.paymentIntents.create({
      amount: choice.amount,
      currency: 'usd',
      ...(customer ? { customer: customer.id } : {}),
    })
    world.own.add(intent.id)
  },
  async confirm(world, choice) {
    const intent = await ownIntent(world, choice, ['requires_payment_method', 'requires_confirmation'])
    if (!intent) return
    await world.stripe.paymentIntents.confirm(intent.id, {
      payment_method: `pm_card_${oneOf(CARDS, choice.variant)}`,
      return_url: RETURN_URL,
    })
  },
  async authenticate(world, choice) {
    const intent = await pick(
      world,
      'payment_intent',
      choice.which,
      (one) => one.status === 'requires_action',
    )
    const address = intent?.next_action?.redirect_to_url?.url
    if (!address) return
    const token = /name="form_token" value="([^"]+)"/.exec(await world.send(address))?.[1] ?? ''
    await world.send(address, { form_token: token, outcome: choice.variant % 3 === 0 ? 'fail' : 'complete' })
  },
  async capture(world, choice) {
    const intent = await ownIntent(world, choice, ['requires_capture'])
    if (!intent) return
    const part = 1 + (choice.amount % intent.amount_capturable)
    await world.stripe.paymentIntents.capture(
      intent.id,
      choice.variant % 2 === 0 ? {} : { amount_to_capture: part },
    )
  },
  async abandon(world, choice) {
    const intent = await ownIntent(world, choice, [
      'requires_payment_method',
      'requires_confirmation',
      'requires_action',
      'requires_capture',
    ])
    if (intent) await world.stripe.paymentIntents.cancel(intent.id)
  },
  charge: (world, choice) =>
    world.stripe.charges.create({
      amount: choice.amount,
      currency: oneOf(CURRENCIES, choice.variant),
      source: oneOf(
        ['tok_visa', 'tok_bypassPending', 'tok_chargeDeclined', 'tok_createDispute'],
        choice.which,
      ),
      capture: choice.variant % 5 !== 0,
    }),
  async captureCharge(world, choice) {
    const charge = await pick(
      world,
      'charge',
      choice.which,
      (one) => one.status === 'succeeded' && !one.captured && !one.refunded && one.payment_intent === null,
    )
    if (!charge) return
    await world.stripe.charges.capture(charge.id, { amount: 1 + (choice.amount % charge.amount) })
  },
  async refund(world, choice) {
    const charge = await pick(
      world,
      'charge',
      choice.which,
      (one) => one.captured && one.status === 'succeeded' && one.amount_refunded < one.amount,
    )
    if (!charge) return
    const left = charge.amount - charge.amount_refunded
    const intent = idOf(charge.payment_intent)
    await world.stripe.refunds.create({
      ...(intent !== '' && choice.amount % 2 === 0 ? { payment_intent: intent } : { charge: charge.id }),
      ...(choice.variant % 4 === 0 ? {} : { amount: 1 + (choice.amount % left) }),
    })
  },
  async answerDispute(world, choice) {
    const dispute = await pick(world, 'dispute', choice.which, (one) => one.status.endsWith('needs_response'))
    if (!dispute || dispute.evidence_details.past_due) return
    const words = ['winning_evidence', 'losing_evidence', 'escalate_inquiry_evidence'] as const
    const inquiry = dispute.status.startsWith('warning')
    await world.stripe.disputes.update(dispute.id, {
      evidence: { uncategorized_text: oneOf(inquiry ? words : words.slice(0, 2), choice.variant) },
    })
  },
  async closeDispute(world, choice) {
    const dispute = await pick(world, 'dispute', choice.which, (one) => one.status === 'needs_response')
    if (dispute) await world.stripe.disputes.close(dispute.id)
  },
  async payOut(world, choice) {
    const { available } = await world.stripe.balance.retrieve()
    const left = available.find(({ currency }) => currency === 'usd')?.amount ?? 0
    if (left < 1) return
    await world.stripe.payouts.create({
      amount: 1 + (choice.amount % left),
      currency: 'usd',
      method: choice.variant % 3 === 0 ? 'instant' : 'standard',
    })
  },
  async cancelPayout(world, choice) {
    const payout = await pick(world, 'payout', choice.which, (one) => one.status === 'pending')
    if (payout) await world.stripe.payouts.cancel(payout.id)
  },
  async wait(world, choice) {
    const days = choice.variant % 4 === 0 ? choice.which % 40 : choice.which % 4
    world.sandbox.advance({ seconds: days * 86_400 + (choice.amount % 7200) })
    await Promise.resolve()
  },
} satisfies Record<string, Operation>

const operations: Readonly<Record<string, Operation>> = { ...moneyOperations, ...billingOperations }

function ownIntent(world: World, choice: Choice, statuses: readonly Stripe.PaymentIntent.Status[]) {
  return pick(
    world,
    'payment_intent',
    choice.which,
    (intent) => world.own.has(intent.id) && statuses.includes(intent.status),
  )
}

export interface Step extends Choice {
  do: string
}

/** What the others need something of, and time. */
const FREQUENT = ['pay', 'prepare', 'charge', 'subscribe', 'draft', 'wait']

export const step: fc.Arbitrary<Step> = fc.record({
  do: fc.constantFrom(...Object.keys(operations), ...FREQUENT, ...FREQUENT),
  which: fc.nat({ max: 999 }),
  // Above the least amount that a card is charged in any of the currencies.
  amount: fc.integer({ min: 100, max: 20_000 }),
  variant: fc.nat({ max: 59 }),
})

/** What may happen although all was right: the bank says no, or a disputed charge is refunded. */
const LAWFUL_REFUSALS = new Set([
  'authentication_required',
  'card_declined',
  'charge_disputed',
  'charge_expired_for_capture',
  'invoice_payment_intent_requires_action',
  'subscription_payment_intent_requires_action',
])

/** Any other refusal fails the run. @returns whether there was something to do it with */
export async function perform(world: World, action: Step): Promise<boolean> {
  const before = world.events.length
  try {
    await operations[action.do]?.(world, action)
  } catch (error) {
    const { code = '' } = error instanceof Stripe.errors.StripeError ? error : {}
    if (!LAWFUL_REFUSALS.has(code)) throw new Error(`${action.do}: ${String(error)}`, { cause: error })
  }
  await record(world, action.do)
  return action.do === 'wait' || world.events.length > before
}

/** A business with a catalogue and two customers, one of whom cannot pay. */
export async function openShop(seed: number): Promise<World> {
  const world = await openWorld(seed)
  const { stripe } = world
  const product = await stripe.products.create({ name: 'Gold' })
  world.product = product.id
  const base = { product: product.id, currency: 'usd' } as const
  for (const [amount, interval] of [
    [999, 'month'],
    [3100, 'month'],
    [333, 'week'],
    [12_000, 'year'],
  ] as const) {
    const price = await stripe.prices.create({ ...base, unit_amount: amount, recurring: { interval } })
    world.prices.push(price.id)
  }
  for (const card of ['pm_card_visa', 'pm_card_chargeCustomerFail']) {
    const { id: customer } = await stripe.customers.create({ email: 'jane@example.com' })
    const method = await stripe.paymentMethods.attach(card, { customer })
    await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
  }
  await record(world, 'open')
  return world
}
