import { expect } from 'vitest'
import type { Proof } from '../support/prove-tools.ts'
import { monthly, onlyItem, payer, subscribed } from './billing.ts'

const FULL = { view: 'full' }

export const subscriptionReads: Record<string, Proof> = {
  stripe_list_subscriptions: {
    fixtures: async (bench) => ({ customer: await payer(bench) }),
    normal: [
      'the subscriptions of one customer are listed',
      async (bench) => {
        const { id, customer } = await subscribed(bench)
        await subscribed(bench)
        const { data } = await bench.read('stripe_list_subscriptions', { customer }, FULL)
        expect(data.map((one: { id: string }) => one.id)).toEqual([id])
        expect(data[0].items.data[0].current_period_end).toBeGreaterThan(0)
      },
    ],
    subtle: [
      'canceled ones are left out unless asked for, and the answer says so',
      async (bench) => {
        const { id, customer } = await subscribed(bench)
        await bench.stripe.subscriptions.cancel(id)
        const reply = await bench.hub.device.call('stripe_list_subscriptions', { params: { customer } })
        expect(reply.body.result.data).toEqual([])
        expect(reply.body.advice.join()).toContain('status all')
        const all = await bench.read('stripe_list_subscriptions', { customer, status: 'all' }, FULL)
        expect(all.data[0]).toMatchObject({ id, status: 'canceled' })
      },
    ],
    error: [
      '"past" is no status, and the ones that mean it are named',
      async (bench) => {
        const error = await bench.refused('stripe_list_subscriptions', { status: 'past' })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.next_step).toContain('ended')
      },
    ],
  },

  stripe_get_subscription: {
    fixtures: async (bench) => ({ subscription: (await subscribed(bench)).id }),
    normal: [
      'a subscription is read with its items and their periods',
      async (bench) => {
        const subscription = await subscribed(bench)
        const read = await bench.read('stripe_get_subscription', { subscription_id: subscription.id }, FULL)
        expect(read).toMatchObject({ id: subscription.id, status: 'active' })
        expect(read.items.data[0].current_period_end).toBe(onlyItem(subscription).current_period_end)
      },
    ],
    subtle: [
      'its schedule is an id, and whole when expanded',
      async (bench) => {
        const { id } = await subscribed(bench)
        const schedule = await bench.stripe.subscriptionSchedules.create({ from_subscription: id })
        const plain = await bench.read('stripe_get_subscription', { subscription_id: id }, FULL)
        expect(plain.schedule).toBe(schedule.id)
        const whole = await bench.read(
          'stripe_get_subscription',
          { subscription: id, expand: ['schedule'] },
          FULL,
        )
        expect(whole.schedule.phases).toHaveLength(1)
      },
    ],
    error: [
      'an unknown id says subscription_not_found, and that past ones need status all',
      async (bench) => {
        const error = await bench.refused('stripe_get_subscription', { subscription_id: 'sub_Nobody42x9' })
        expect(error).toMatchObject({ code: 'subscription_not_found' })
        expect(error.next_step).toContain('stripe_list_subscriptions')
      },
    ],
  },

  stripe_list_subscription_items: {
    fixtures: async (bench) => ({ subscription: (await subscribed(bench)).id }),
    normal: [
      'the items are listed with the ids that changes need',
      async (bench) => {
        const subscription = await subscribed(bench)
        const { data } = await bench.read(
          'stripe_list_subscription_items',
          { subscription: subscription.id },
          FULL,
        )
        expect(data).toHaveLength(1)
        expect(data[0]).toMatchObject({ id: onlyItem(subscription).id, quantity: 1 })
      },
    ],
    subtle: [
      'more items than a page holds are paged through',
      async (bench) => {
        const subscription = await subscribed(bench)
        const other = await monthly(bench, 500, 'Storage')
        await bench.stripe.subscriptionItems.create({ subscription: subscription.id, price: other.id })
        const params = { subscription: subscription.id, limit: 1 }
        const first = await bench.read('stripe_list_subscription_items', params)
        expect(first).toMatchObject({ has_more: true })
        const rest = await bench.read('stripe_list_subscription_items', {
          ...params,
          starting_after: first.next_starting_after,
        })
        expect([first.data[0].id, rest.data[0].id]).toContain(onlyItem(subscription).id)
        expect(rest.data[0].id).not.toBe(first.data[0].id)
      },
    ],
    error: [
      'without the subscription it is refused before anything is sent',
      async (bench) => {
        const error = await bench.refused('stripe_list_subscription_items', { limit: 10 })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('subscription')
      },
    ],
  },
}
