import { expect } from 'vitest'
import type { Proof } from '../support/prove-tools.ts'
import {
  customerOf,
  DAY,
  monthly,
  onlyItem,
  pass,
  payer,
  productOf,
  rows,
  START,
  subscribed,
} from './billing.ts'

/** Ten of the thirty days of the first month have passed. */
const TEN_DAYS = START + 10 * DAY

export const subscriptionChanges: Record<string, Proof> = {
  stripe_create_subscription: {
    fixtures: async (bench) => ({ customer: await payer(bench), price: (await monthly(bench, 2000)).id }),
    normal: [
      'the first period is charged at once: the preview says how much, from whom and on which card',
      async (bench) => {
        const customer = await payer(bench)
        const price = await monthly(bench, 2000)
        const { preview, result } = await bench.write('stripe_create_subscription', {
          customer,
          items: [{ price: price.id, quantity: 2 }],
        })
        expect(preview).toMatchObject({ effect: 'money' })
        expect(preview.summary).toContain('Jane Doe')
        expect(preview.summary).toContain('2 × $20.00 per month for Gold')
        expect(preview.summary).toContain('charge Visa ••4242 now')
        expect(rows(preview, 'To pay now')).toEqual(['$40.00 (4000 usd)'])
        expect(result).toMatchObject({
          status: 'active',
          latest_invoice: { status: 'paid', amount_paid: 4000 },
        })
      },
    ],
    subtle: [
      'default_incomplete charges nothing and waits for the customer; a trial says what comes after it; discounts count',
      async (bench) => {
        const { id: customer } = await bench.stripe.customers.create({ name: 'Ann' })
        const price = await monthly(bench, 2000)
        const items = [{ price: price.id }]
        const waits = await bench.write('stripe_create_subscription', {
          customer,
          items,
          payment_behavior: 'default_incomplete',
        })
        expect(waits.preview).toMatchObject({ effect: 'change' })
        expect(waits.preview.warnings.join()).toContain('within 23 hours')
        expect(waits.result).toMatchObject({ status: 'incomplete', latest_invoice: { amount_paid: 0 } })

        const trial = await bench.write('stripe_create_subscription', {
          customer,
          items,
          trial_period_days: 14,
        })
        expect(trial.preview).toMatchObject({ effect: 'change' })
        expect(rows(trial.preview, 'To pay now')).toEqual(['nothing'])
        expect(rows(trial.preview, 'After the trial')).toEqual(['$20.00 (2000 usd)'])
        expect(trial.preview.warnings.join()).toContain(`already: ${waits.result.id}`)
        expect(trial.result.status).toBe('trialing')

        const { id: coupon } = await bench.stripe.coupons.create({ percent_off: 25, duration: 'once' })
        const discounted = await bench.write('stripe_create_subscription', {
          customer: await payer(bench),
          items,
          discounts: [{ coupon }],
        })
        expect(rows(discounted.preview, 'To pay now')).toEqual(['$15.00 (1500 usd)'])
        expect(rows(discounted.preview, 'Discounts').join()).toContain('25% off')
      },
    ],
    error: [
      'without anything to charge it is refused, with the ways that are open',
      async (bench) => {
        const { id: customer } = await bench.stripe.customers.create({ name: 'Ann' })
        const price = await monthly(bench, 2000)
        const error = await bench.refused('stripe_create_subscription', {
          customer,
          items: [{ price: price.id }],
        })
        expect(error).toMatchObject({ code: 'missing_payment_method' })
        expect(error.next_step).toMatch(/stripe_list_payment_methods.*default_incomplete/)
        const product = await bench.refused('stripe_create_subscription', {
          customer,
          items: [{ price: productOf(price) }],
        })
        expect(product.next_step).toContain('stripe_list_prices')
      },
    ],
  },

  stripe_update_subscription: {
    async fixtures(bench) {
      const subscription = await subscribed(bench)
      return {
        subscription: subscription.id,
        subscriptionItem: onlyItem(subscription).id,
        otherPrice: (await monthly(bench, 5000, 'Platinum')).id,
      }
    },
    normal: [
      'another plan: what is credited, what is added, and the next invoice before and after',
      async (bench) => {
        const subscription = await subscribed(bench)
        await pass(bench, subscription, 10)
        const other = await monthly(bench, 5000, 'Platinum')
        const { preview, result } = await bench.write('stripe_update_subscription', {
          subscription_id: subscription.id,
          items: [{ id: onlyItem(subscription).id, price: other.id }],
          proration_date: TEN_DAYS,
        })
        expect(preview).toMatchObject({ effect: 'change' })
        const prorations = rows(preview, 'Proration').join()
        expect(prorations).toMatch(/Unused time on Gold.*-\$13\.33/)
        expect(prorations).toMatch(/Remaining time on Platinum.*\$33\.33/)
        expect(preview.changes).toContainEqual({
          what: 'Next invoice',
          before: '$20.00 (2000 usd) on 2027-05-01 00:00 UTC',
          after: '$70.00 (7000 usd) on 2027-05-01 00:00 UTC',
        })
        expect(result.items.data[0].price.id).toBe(other.id)
        const next = await bench.stripe.invoices.createPreview({ subscription: subscription.id })
        expect(next.amount_due).toBe(7000)
      },
    ],
    subtle: [
      'a price without the item’s id is one more, which it warns of; billed now it moves money, and the invoice is what it said',
      async (bench) => {
        const subscription = await subscribed(bench)
        await pass(bench, subscription, 10)
        const other = await monthly(bench, 3000, 'Support')
        const added = await bench.write('stripe_update_subscription', {
          subscription_id: subscription.id,
          items: [{ price: other.id }],
          proration_behavior: 'always_invoice',
          proration_date: TEN_DAYS,
        })
        expect(added.preview).toMatchObject({ effect: 'money' })
        expect(added.preview.warnings.join()).toContain(`${onlyItem(subscription).id} ($20.00 per month`)
        expect(rows(added.preview, 'To pay now')).toEqual(['$20.00 (2000 usd)'])
        expect(added.result.items.data).toHaveLength(2)
        expect(added.result.latest_invoice).toMatchObject({
          amount_paid: 2000,
          billing_reason: 'subscription_update',
        })

        const about = await bench.preview('stripe_update_subscription', {
          subscription_id: subscription.id,
          items: [{ id: onlyItem(subscription).id, quantity: 2 }],
        })
        expect(rows(about, 'Next invoice').join()).toContain('about $')
        expect(about.warnings.join()).toContain('to the second')

        // Where time passes between preview and call, the amount may move, and the preview still holds.
        const ticking = await subscribed(bench, { customer: await payer(bench) })
        const moved = await bench.write('stripe_update_subscription', {
          subscription_id: ticking.id,
          items: [{ id: onlyItem(ticking).id, quantity: 2 }],
          proration_behavior: 'always_invoice',
        })
        expect(rows(moved.preview, 'To pay now').join()).toContain('about $')
        expect(moved.result.latest_invoice.status).toBe('paid')

        const later = await bench.write('stripe_update_subscription', {
          subscription_id: subscription.id,
          items: [{ id: onlyItem(subscription).id, quantity: 5 }],
          proration_behavior: 'none',
          metadata: { seats: '5' },
        })
        expect(rows(later.preview, 'Prorations').join()).toContain('none')
        expect(rows(later.preview, 'Proration')).toEqual([])
      },
    ],
    error: [
      'the status cannot be set, and a canceled subscription cannot be changed',
      async (bench) => {
        const { id } = await subscribed(bench)
        const status = await bench.refused('stripe_update_subscription', {
          subscription_id: id,
          status: 'active',
        })
        expect(status).toMatchObject({ code: 'invalid_params' })
        expect(status.next_step).toMatch(/stripe_cancel_subscription.*stripe_resume_subscription/)
        await bench.stripe.subscriptions.cancel(id)
        const over = await bench.refused('stripe_update_subscription', { id, cancel_at_period_end: false })
        expect(over).toMatchObject({ code: 'invalid_state' })
        expect(over.next_step).toContain('stripe_create_subscription')
      },
    ],
  },

  stripe_create_subscription_item: {
    async fixtures(bench) {
      const { id } = await subscribed(bench)
      return { subscription: id, otherPrice: (await monthly(bench, 500, 'Storage')).id }
    },
    normal: [
      'an item is added, and the rest of the period goes on the next invoice',
      async (bench) => {
        const subscription = await subscribed(bench)
        await pass(bench, subscription, 10)
        const other = await monthly(bench, 3000, 'Support')
        const { preview, result } = await bench.write('stripe_create_subscription_item', {
          subscription: subscription.id,
          price: other.id,
          quantity: 2,
          proration_date: TEN_DAYS,
        })
        expect(preview.summary).toContain('Add 2 × $30.00 per month for Support')
        expect(rows(preview, 'Proration').join()).toContain('$40.00')
        expect(rows(preview, 'Next invoice').join()).toContain('$120.00 (12000 usd)')
        expect(result).toMatchObject({ object: 'subscription_item', quantity: 2 })
      },
    ],
    subtle: [
      'billed now it charges, and none leaves this period as it is',
      async (bench) => {
        const subscription = await subscribed(bench)
        await pass(bench, subscription, 10)
        const params = { subscription: subscription.id, proration_date: TEN_DAYS }
        const now = await bench.write('stripe_create_subscription_item', {
          ...params,
          price: (await monthly(bench, 3000, 'Support')).id,
          proration_behavior: 'always_invoice',
        })
        expect(now.preview).toMatchObject({ effect: 'money' })
        expect(rows(now.preview, 'To pay now')).toEqual(['$20.00 (2000 usd)'])
        const none = await bench.write('stripe_create_subscription_item', {
          subscription: subscription.id,
          price: (await monthly(bench, 700, 'Storage')).id,
          proration_behavior: 'none',
        })
        expect(none.preview).toMatchObject({ effect: 'change' })
        expect(rows(none.preview, 'Proration')).toEqual([])
        expect(rows(none.preview, 'Next invoice').join()).toContain('$57.00')
      },
    ],
    error: [
      'the same price twice is refused, with the item whose quantity can be changed',
      async (bench) => {
        const subscription = await subscribed(bench)
        const { id, price } = onlyItem(subscription)
        const params = { subscription: subscription.id, price: price.id }
        const error = await bench.refused('stripe_create_subscription_item', params)
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.next_step).toContain(id)
        expect(error.next_step).toContain('stripe_update_subscription')
      },
    ],
  },

  stripe_delete_subscription_item: {
    async fixtures(bench) {
      const { id: subscription } = await subscribed(bench)
      const { id: price } = await monthly(bench, 500, 'Storage')
      const item = await bench.stripe.subscriptionItems.create({ subscription, price })
      return { subscriptionItem: item.id }
    },
    normal: [
      'an item goes, and its unused time is credited on the next invoice',
      async (bench) => {
        const subscription = await subscribed(bench)
        const { id: price } = await monthly(bench, 3000, 'Support')
        await bench.stripe.subscriptionItems.create({
          subscription: subscription.id,
          price,
          proration_behavior: 'none',
        })
        await pass(bench, subscription, 10)
        const { preview, result } = await bench.write('stripe_delete_subscription_item', {
          subscription_item_id: onlyItem(subscription).id,
          proration_date: TEN_DAYS,
        })
        expect(preview.summary).toContain('Remove $20.00 per month for Gold')
        expect(rows(preview, 'Proration').join()).toContain('-$13.33')
        expect(rows(preview, 'Next invoice').join()).toContain('$16.67 (1667 usd)')
        expect(result).toMatchObject({ deleted: true })
        const after = await bench.stripe.subscriptions.retrieve(subscription.id)
        expect(after.items.data.map((item) => item.price.id)).toEqual([price])
      },
    ],
    subtle: [
      'the params of a DELETE are in the address: none credits nothing',
      async (bench) => {
        const subscription = await subscribed(bench)
        const { id: price } = await monthly(bench, 3000, 'Support')
        await bench.stripe.subscriptionItems.create({
          subscription: subscription.id,
          price,
          proration_behavior: 'none',
        })
        await pass(bench, subscription, 10)
        bench.hub.wire.sent.length = 0
        const { preview } = await bench.write('stripe_delete_subscription_item', {
          item: onlyItem(subscription).id,
          proration_behavior: 'none',
        })
        expect(rows(preview, 'Proration')).toEqual([])
        const [sent] = bench.hub.wire.sent.filter(({ method }) => method === 'DELETE')
        expect(sent?.path).toContain('?proration_behavior=none')
        expect(
          (await bench.stripe.invoiceItems.list({ pending: true, customer: customerOf(subscription) })).data,
        ).toEqual([])
      },
    ],
    error: [
      'the last item stays; the subscription is canceled instead',
      async (bench) => {
        const item = onlyItem(await subscribed(bench)).id
        const error = await bench.refused('stripe_delete_subscription_item', { subscription_item_id: item })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_cancel_subscription')
      },
    ],
  },
}
