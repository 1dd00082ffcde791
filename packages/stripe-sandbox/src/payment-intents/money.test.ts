import * as fc from 'fast-check'
import { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { RETURN_URL, startSandbox } from '../../test/harness.ts'

type Step =
  | { do: 'create'; amount: number; currency: string; card: string; manual: boolean; confirm: boolean }
  | { do: 'confirm' | 'cancel'; intent: number }
  | { do: 'capture' | 'refund'; intent: number; amount: number | undefined }
  | { do: 'wait'; days: number }

const intent = fc.nat({ max: 5 })
const amount = fc.integer({ min: -10, max: 4_000 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('create' as const),
    amount: fc.integer({ min: 1, max: 3_000 }),
    currency: fc.constantFrom('usd', 'eur', 'jpy'),
    card: fc.constantFrom(
      'visa',
      'visa',
      'bypassPending',
      'chargeDeclined',
      'createDispute',
      'authenticationRequired',
    ),
    manual: fc.boolean(),
    confirm: fc.boolean(),
  }),
  fc.record({ do: fc.constantFrom('confirm' as const, 'cancel' as const), intent }),
  fc.record({
    do: fc.constantFrom('capture' as const, 'refund' as const),
    intent,
    amount: fc.option(amount, { nil: undefined }),
  }),
  fc.record({ do: fc.constant('wait' as const), days: fc.integer({ min: 0, max: 3 }) }),
)

test('whatever is done, the money adds up', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const { client, advance } = await startSandbox()
      const stripe = client('sk_test_property')
      const ids: string[] = []
      for (const action of steps) {
        if (action.do === 'wait') advance(action.days * 86_400)
        else await perform(stripe, action, ids)
        await checkMoney(stripe)
      }
    }),
    { numRuns: 40 },
  )
})

/** A refusal is fine, a failure of the sandbox is not. */
async function perform(stripe: Stripe, action: Exclude<Step, { do: 'wait' }>, ids: string[]): Promise<void> {
  const id = 'intent' in action ? (ids[action.intent] ?? 'pi_none') : ''
  try {
    switch (action.do) {
      case 'create': {
        const { amount: price, currency, card, manual, confirm } = action
        const created = await stripe.paymentIntents.create({
          amount: price,
          currency,
          payment_method: `pm_card_${card}`,
          ...(manual ? { capture_method: 'manual' } : {}),
          ...(confirm ? { confirm, return_url: RETURN_URL } : {}),
        })
        ids.push(created.id)
        break
      }
      case 'confirm':
        await stripe.paymentIntents.confirm(id, { return_url: RETURN_URL })
        break
      case 'cancel':
        await stripe.paymentIntents.cancel(id)
        break
      case 'capture':
        await stripe.paymentIntents.capture(
          id,
          action.amount === undefined ? {} : { amount_to_capture: action.amount },
        )
        break
      case 'refund':
        await stripe.refunds.create({
          payment_intent: id,
          ...(action.amount === undefined ? {} : { amount: action.amount }),
        })
        break
    }
  } catch (error) {
    expect(error).toBeInstanceOf(Stripe.errors.StripeError)
    expect((error as Stripe.errors.StripeError).statusCode).toBeLessThan(500)
  }
}

async function checkMoney(stripe: Stripe): Promise<void> {
  const [balance, transactions, charges, refunds, intents] = await Promise.all([
    stripe.balance.retrieve(),
    stripe.balanceTransactions.list({ limit: 100 }),
    stripe.charges.list({ limit: 100 }),
    stripe.refunds.list({ limit: 100 }),
    stripe.paymentIntents.list({ limit: 100 }),
  ])
  for (const part of ['available', 'pending'] as const) {
    for (const { amount: told, currency } of balance[part]) {
      const summed = transactions.data.filter((entry) => entry.currency === currency && entry.status === part)
      expect(told).toBe(summed.reduce((sum, entry) => sum + entry.net, 0))
    }
  }
  for (const entry of transactions.data) {
    expect(entry.net).toBe(entry.amount - entry.fee)
    expect(entry.fee).toBeGreaterThanOrEqual(0)
  }
  for (const charge of charges.data) {
    const given = refunds.data.filter((refund) => refund.charge === charge.id)
    const released = charge.captured ? charge.amount - charge.amount_captured : 0
    expect(charge.amount_refunded).toBe(given.reduce((sum, refund) => sum + refund.amount, released))
    expect(charge.amount_refunded).toBeLessThanOrEqual(charge.amount)
    expect(charge.amount_captured).toBeLessThanOrEqual(charge.amount)
    expect(charge.amount_refunded).toBeGreaterThanOrEqual(0)
    expect(charge.balance_transaction === null).toBe(!charge.captured)
  }
  for (const payment of intents.data) {
    const captured = charges.data.filter((charge) => charge.payment_intent === payment.id)
    expect(payment.amount_received).toBe(captured.reduce((sum, charge) => sum + charge.amount_captured, 0))
    expect(payment.amount_received > 0).toBe(payment.status === 'succeeded')
    expect(payment.amount_capturable).toBe(payment.status === 'requires_capture' ? payment.amount : 0)
  }
}
