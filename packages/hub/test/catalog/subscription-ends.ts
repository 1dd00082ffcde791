import { expect } from 'vitest'
import type { Bench, Proof } from '../support/prove-tools.ts'
import { customerOf, onlyItem, pass, rows, subscribed } from './billing.ts'

async function paused(bench: Bench, days = 10): Promise<string> {
  const subscription = await subscribed(bench)
  await pass(bench, subscription, days)
  await bench.stripe.subscriptions.pause(subscription.id, { type: 'subscription' })
  return subscription.id
}

export const subscriptionEnds: Record<string, Proof> = {
  stripe_cancel_subscription: {
    fixtures: async (bench) => ({ subscription: (await subscribed(bench)).id }),
    normal: [
      'at the end of the period it goes on until then, and no invoice comes any more',
      async (bench) => {
        const subscription = await subscribed(bench)
        const { preview, result } = await bench.write('stripe_cancel_subscription', {
          subscription_id: subscription.id,
          cancel_at_period_end: true,
        })
        expect(preview).toMatchObject({ effect: 'change', irreversible: '' })
        expect(preview.changes).toContainEqual({
          what: 'Next invoice',
          before: '$20.00 (2000 usd) on 2027-05-01 00:00 UTC',
          after: 'none',
        })
        expect(result).toMatchObject({
          status: 'active',
          cancel_at_period_end: true,
          cancel_at: onlyItem(subscription).current_period_end,
        })
      },
    ],
    subtle: [
      'without a word on when, it takes the way that can be undone and says so; false ends it at once, for good',
      async (bench) => {
        const safe = await subscribed(bench)
        const { preview, result } = await bench.write('stripe_cancel_subscription', {
          subscription_id: safe.id,
        })
        expect(preview.warnings.join()).toContain('can be taken back')
        expect(result.status).toBe('active')

        const subscription = await subscribed(bench)
        await pass(bench, subscription, 10)
        const now = await bench.write('stripe_cancel_subscription', {
          id: subscription.id,
          cancel_at_period_end: false,
          prorate: true,
          invoice_now: true,
        })
        expect(now.preview).toMatchObject({ effect: 'money' })
        expect(now.preview.irreversible).toContain('cannot be started again')
        expect(now.preview.warnings.join()).toContain('paid until 2027-05-01')
        expect(rows(now.preview, 'Proration').join()).toContain('-$13.33')
        expect(rows(now.preview, 'Customer’s balance').join()).toContain(
          '$13.33 stay as the customer’s credit',
        )
        expect(now.result.status).toBe('canceled')
        expect(await bench.stripe.customers.retrieve(customerOf(subscription))).toMatchObject({
          balance: -1333,
        })
      },
    ],
    error: [
      'what is over cannot be canceled again',
      async (bench) => {
        const { id } = await subscribed(bench)
        await bench.stripe.subscriptions.cancel(id)
        const error = await bench.refused('stripe_cancel_subscription', { subscription_id: id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_create_subscription')
      },
    ],
  },

  stripe_pause_subscription: {
    fixtures: async (bench) => ({ subscription: (await subscribed(bench)).id }),
    normal: [
      'collecting is paused: the status stays, and what comes is kept as drafts unless more is said',
      async (bench) => {
        const { id } = await subscribed(bench)
        const { preview, result } = await bench.write('stripe_pause_subscription', { subscription_id: id })
        expect(preview).toMatchObject({ effect: 'change' })
        expect(preview.warnings.join()).toContain('It was not said how')
        expect(rows(preview, 'Invoices from 2027-05-01 00:00 UTC on')).toEqual([
          'stay drafts, to be billed later or not',
        ])
        expect(result).toMatchObject({ status: 'active', pause_collection: { behavior: 'keep_as_draft' } })
        const given = await bench.preview('stripe_pause_subscription', {
          id,
          pause_collection: { behavior: 'void' },
        })
        expect(given).toMatchObject({ effect: 'money' })
        expect(given.warnings.join()).toContain('never pays')
      },
    ],
    subtle: [
      'type stops the subscription itself: another operation, status paused, unused time credited as Stripe does by default',
      async (bench) => {
        const subscription = await subscribed(bench)
        await pass(bench, subscription, 10)
        bench.hub.wire.sent.length = 0
        const { preview, result } = await bench.write('stripe_pause_subscription', {
          subscription_id: subscription.id,
          type: 'subscription',
        })
        expect(preview).toMatchObject({ effect: 'money' })
        expect(preview.warnings.join()).toMatch(/loses access.*Stripe’s default/)
        expect(rows(preview, 'Left pending').join()).toContain('-$13.33')
        expect(result.status).toBe('paused')
        expect(bench.hub.wire.writes().map(({ path }) => path)).toEqual([
          `/v1/subscriptions/${subscription.id}/pause`,
        ])
        const pending = await bench.stripe.invoiceItems.list({
          customer: customerOf(subscription),
          pending: true,
        })
        expect(pending.data.map(({ amount }) => amount)).toEqual([-1333])
      },
    ],
    error: [
      'one that follows a schedule cannot be paused, and the way out is named',
      async (bench) => {
        const { id } = await subscribed(bench)
        await bench.stripe.subscriptionSchedules.create({ from_subscription: id })
        const error = await bench.refused('stripe_pause_subscription', {
          subscription_id: id,
          type: 'subscription',
        })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('schedule')
      },
    ],
  },

  stripe_resume_subscription: {
    fixtures: async (bench) => ({ subscription: await paused(bench) }),
    normal: [
      'a paused one begins a new period, and the preview says what is charged now and on which card',
      async (bench) => {
        const id = await paused(bench)
        const { preview, result } = await bench.write('stripe_resume_subscription', { subscription_id: id })
        expect(preview).toMatchObject({ effect: 'money' })
        expect(preview.summary).toContain('charges Visa ••4242 now')
        expect(preview.warnings.join()).toContain('Stripe’s default')
        expect(rows(preview, 'To pay now')).toEqual(['$20.00 (2000 usd)'])
        expect(result).toMatchObject({ status: 'active', latest_invoice: { amount_paid: 2000 } })
      },
    ],
    subtle: [
      'where only collecting is paused, it reads that first, and clears the pause with another operation',
      async (bench) => {
        const { id } = await subscribed(bench)
        await bench.stripe.subscriptions.update(id, { pause_collection: { behavior: 'void' } })
        bench.hub.wire.sent.length = 0
        const { preview, result } = await bench.write('stripe_resume_subscription', { subscription_id: id })
        expect(preview).toMatchObject({ effect: 'change' })
        expect(preview.summary).toContain('Collect again')
        expect(result).toMatchObject({ status: 'active', pause_collection: null })
        expect(bench.hub.wire.writes()).toMatchObject([
          { path: `/v1/subscriptions/${id}`, body: 'pause_collection=' },
        ])

        const unchanged = await bench.write('stripe_resume_subscription', {
          subscription_id: await paused(bench),
          billing_cycle_anchor: { type: 'unchanged' },
        })
        expect(unchanged.preview).toMatchObject({ effect: 'change' })
        expect(rows(unchanged.preview, 'To pay now')).toEqual([])
        expect(unchanged.result.status).toBe('active')
      },
    ],
    error: [
      'what is not paused has nothing to resume',
      async (bench) => {
        const error = await bench.refused('stripe_resume_subscription', {
          subscription_id: (await subscribed(bench)).id,
        })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('cancel_at_period_end false')
      },
    ],
  },
}
