import { beforeAll, describe, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, VISA, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const RENEWS = 1_800_000_000

const GOLD = {
  id: 'price_1QpTx4mZc7kW1rBgold',
  object: 'price',
  active: true,
  currency: 'usd',
  unit_amount: 2000,
  recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed' },
  product: { id: 'prod_QpTx4mZc7kW1rB', name: 'Gold' },
}

const ITEM = {
  id: 'si_QpTx4mZc7kW1rB',
  object: 'subscription_item',
  price: GOLD,
  quantity: 1,
  current_period_end: RENEWS,
}

const SUBSCRIPTION = {
  id: 'sub_1QpTx4mZc7kW1rB',
  object: 'subscription',
  status: 'active',
  currency: 'usd',
  collection_method: 'charge_automatically',
  customer: JANE,
  default_payment_method: VISA,
  cancel_at: null,
  cancel_at_period_end: false,
  pause_collection: null,
  schedule: null,
  trial_end: null,
  items: { object: 'list', data: [ITEM], has_more: false },
}

/** What Stripe would bill, as a preview of it: lines with amounts, of which prorations are marked. */
function invoice(lines: Array<[amount: number, proration: boolean]>, at = RENEWS): Params {
  const total = lines.reduce((sum, [amount]) => sum + amount, 0)
  return {
    object: 'invoice',
    currency: 'usd',
    total,
    amount_due: Math.max(0, total),
    period_end: at,
    lines: {
      object: 'list',
      has_more: false,
      data: lines.map(([amount, proration]) => ({
        amount,
        currency: 'usd',
        description: proration ? 'Remaining time' : 'Gold',
        parent: { type: 'subscription_item_details', subscription_item_details: { proration } },
      })),
    },
  }
}

/** Stripe's previews without and with the change. */
function previews(before: Params, after: Params): Account {
  return {
    'invoices.createPreview': (asked) => (asked['subscription_details'] === undefined ? before : after),
  }
}

const PLAIN = invoice([[2000, false]])

const call = (tool: string, params: Params, account: Account = {}) =>
  plan(
    stripe,
    tool,
    { subscription_id: SUBSCRIPTION.id, ...params },
    {
      'subscriptions.retrieve': SUBSCRIPTION,
      'prices.retrieve': GOLD,
      ...previews(PLAIN, PLAIN),
      ...account,
    },
  )

const update = (params: Params, account: Account = {}) => call('stripe_update_subscription', params, account)
const cancel = (params: Params, account: Account = {}) =>
  call('stripe_cancel_subscription', params, { 'invoices.list': { data: [] }, ...account })

const TWO = { items: [{ id: ITEM.id, quantity: 2 }] }
const DATED = { ...TWO, proration_date: RENEWS - 1000 }

describe('amounts that move with the second of the change', () => {
  const prorated = (cents: number): Account =>
    previews(
      PLAIN,
      invoice([
        [cents, true],
        [4000, false],
      ]),
    )

  test('are told as about, without a check, and do not make a preview stale', async () => {
    const [one, other] = [await update(TWO, prorated(1000)), await update(TWO, prorated(999))]
    expect(one.description.changes.at(-1)).toEqual({
      what: 'Next invoice',
      before: '$20.00 (2000 usd) on 2027-01-15 08:00 UTC',
      after: 'about $50.00 (5000 usd) on 2027-01-15 08:00 UTC',
    })
    expect(other.facts).toEqual(one.facts)
    expect(other.request).toEqual(one.request)
  })

  test('are exact with a proration_date, and another amount is another fact', async () => {
    const [one, other] = [await update(DATED, prorated(1000)), await update(DATED, prorated(999))]
    expect(one.description.changes.at(-1)).toMatchObject({
      after: '$50.00 (5000 usd) on 2027-01-15 08:00 UTC',
      check: { path: 'amount_due', value: 5000 },
    })
    expect(other.facts).not.toEqual(one.facts)
  })

  test('what only waits has no time of its own: the moment of the preview is no fact', async () => {
    const waits = (at: number): Account => previews(PLAIN, invoice([[-700, true]], at))
    const [one, other] = [RENEWS - 900, RENEWS - 899].map((now) => cancel({ prorate: true }, waits(now)))
    expect((await other)?.facts).toEqual((await one)?.facts)
  })

  test('usage is not known before: nothing is promised of it', async () => {
    const metered = { ...GOLD, recurring: { ...GOLD.recurring, usage_type: 'metered' } }
    const items = { data: [{ ...ITEM, price: metered, quantity: undefined }] }
    const { description, facts } = await update(
      { cancel_at_period_end: false },
      { 'subscriptions.retrieve': { ...SUBSCRIPTION, items } },
    )
    expect(description.changes.at(-1)?.after).toContain('about $20.00')
    expect(facts['to_pay']).toBeNull()
  })
})

describe('what a change bills', () => {
  test('by itself is money; prepared for the customer, or sent to them, is not', async () => {
    const billed = previews(PLAIN, invoice([[1000, true]], RENEWS - 1000))
    const now = { ...TWO, proration_behavior: 'always_invoice' }
    expect((await update(now, billed)).effect).toBe('money')
    const prepared = await update({ ...now, payment_behavior: 'default_incomplete' }, billed)
    expect(prepared.effect).toBe('change')
    expect(prepared.description.changes).toContainEqual({
      what: 'Status',
      before: 'active',
      after: 'active, or past_due until the invoice is paid',
    })
    const sent = { ...SUBSCRIPTION, collection_method: 'send_invoice' }
    const mailed = await update(now, { ...billed, 'subscriptions.retrieve': sent })
    expect(mailed.effect).toBe('change')
    expect(mailed.description.changes.map(({ what }) => what)).toContain('Invoiced now')
  })

  test('asks for the invoice in the answer, and keeps what else is expanded', async () => {
    const billed = previews(PLAIN, invoice([[1000, true]], RENEWS - 1000))
    const now = { ...TWO, proration_behavior: 'always_invoice', expand: ['customer'] }
    expect((await update(now, billed)).sent).toMatchObject({
      'expand[0]': 'customer',
      'expand[1]': 'latest_invoice',
    })
  })

  test('the bytes say the defaults that Stripe would take', async () => {
    expect((await update(TWO)).sent).toMatchObject({
      proration_behavior: 'create_prorations',
      payment_behavior: 'allow_incomplete',
    })
    expect((await update({ metadata: { a: 'b' } })).sent).toEqual({ 'metadata[a]': 'b' })
  })

  test('a preview is only asked with a proration_date where Stripe takes one', async () => {
    const anchored = await update({
      billing_cycle_anchor: { type: 'now' },
      proration_date: RENEWS - 1000,
    })
    expect(anchored.sent['proration_date']).toBe(String(RENEWS - 1000))
    expect(anchored.description.changes).toContainEqual({
      what: 'Billing cycle',
      before: 'renews on 2027-01-15 08:00 UTC',
      after: 'a new one begins now',
    })
  })
})

describe('items', () => {
  test.each<[string, Params, string, RegExp]>([
    [
      'that are not of the subscription',
      { id: 'si_Other42x9', quantity: 2 },
      'subscription_item_not_found',
      /stripe_list_subscription_items/,
    ],
    ['without id and price', { quantity: 2 }, 'invalid_params', /stripe_list_subscription_items/],
    ['with the price that another has', { price: GOLD.id }, 'invalid_params', new RegExp(ITEM.id)],
    [
      'that name a product',
      { id: ITEM.id, price: 'prod_QpTx4mZc7kW1rB' },
      'invalid_params',
      /stripe_list_prices/,
    ],
    ['that leave none', { id: ITEM.id, deleted: true }, 'invalid_state', /stripe_cancel_subscription/],
  ])('%s are refused before a person is asked', async (_what, item, code, nextStep) => {
    await expect(update({ items: [item] })).rejects.toMatchObject({
      code,
      nextStep: expect.stringMatching(nextStep),
    })
  })

  test.each([
    ['one-time', { recurring: null }, 'one-time price'],
    ['archived', { active: false }, 'archived'],
  ])('a price that is %s is refused', async (_what, changes, text) => {
    const price = { ...GOLD, id: 'price_1QpTx4mZc7kW1rBother', ...changes }
    await expect(update({ items: [{ price: price.id }] }, { 'prices.retrieve': price })).rejects.toThrow(text)
  })

  test('of a subscription with more than Stripe shows at once are all read', async () => {
    const many = { ...SUBSCRIPTION, items: { data: [], has_more: true } }
    const { description, reads } = await update(TWO, {
      'subscriptions.retrieve': many,
      'subscriptionItems.list': { data: [ITEM] },
    })
    expect(description.summary).toContain('$20.00 per month for Gold')
    expect(reads[1]).toContain(`/v1/subscription_items?subscription=${SUBSCRIPTION.id}&limit=100`)
  })

  test('what is not told of an item raises the assurance', async () => {
    const told = await update(TWO)
    expect(told.description.uninterpreted).toEqual([])
    const taxed = await update({ items: [{ id: ITEM.id, quantity: 2, tax_rates: ['txr_QpTx4mZc7k'] }] })
    expect(taxed.description.uninterpreted).toEqual(['items'])
  })
})

describe('a schedule', () => {
  const scheduled = { 'subscriptions.retrieve': { ...SUBSCRIPTION, schedule: 'sub_sched_1QpTx4mZc7k' } }

  test('may undo a change of items, which is said', async () => {
    expect((await update(TWO, scheduled)).description.warnings.join()).toContain('may undo this')
  })

  test.each([
    ['canceled later', 'stripe_cancel_subscription', {}],
    ['set to end', 'stripe_update_subscription', { cancel_at_period_end: true }],
    ['paused', 'stripe_pause_subscription', { type: 'subscription' }],
  ])('decides by itself: its subscription is not %s', async (_what, tool, params) => {
    await expect(call(tool, params, scheduled)).rejects.toMatchObject({ code: 'invalid_state' })
  })
})

describe('canceling', () => {
  test.each([
    ['active', 'although it is paid until 2027-01-15'],
    ['trialing', 'although the trial would last'],
    ['past_due', 'loses access now.'],
  ])('at once says what a customer whose subscription is %s loses', async (status, text) => {
    const account = { 'subscriptions.retrieve': { ...SUBSCRIPTION, status } }
    const { description } = await cancel({ cancel_at_period_end: false }, account)
    expect(description.warnings.join()).toContain(text)
  })

  test('at once drops prorations that wait, and stops collecting what is open', async () => {
    const open = { id: 'in_1QpTx4mZc7kW1rB', amount_remaining: 2000, currency: 'usd' }
    const { description, request, facts } = await cancel(
      { cancel_at_period_end: false },
      {
        ...previews(
          invoice([
            [500, true],
            [2000, false],
          ]),
          PLAIN,
        ),
        'invoices.list': { data: [open] },
      },
    )
    expect(request).toEqual({
      method: 'DELETE',
      path: `/v1/subscriptions/${SUBSCRIPTION.id}?prorate=false&invoice_now=false`,
      body: '',
    })
    expect(description.warnings.join()).toContain('are dropped')
    expect(description.changes.at(-1)).toEqual({
      what: `Open invoice ${open.id}`,
      before: '$20.00 is collected by itself',
      after: '$20.00 stays open, and is not collected by itself any more',
    })
    expect(facts['unpaid']).toBe(`${open.id} 2000`)
  })

  test.each<[Params, Record<string, string>]>([
    [{}, { cancel_at_period_end: 'true' }],
    [{ cancel_at_period_end: true }, { cancel_at_period_end: 'true' }],
    [{ cancel_at: RENEWS + 100 }, { cancel_at: String(RENEWS + 100) }],
    [{ cancel_at: 'min_period_end' }, { cancel_at: 'min_period_end' }],
  ])('later sends an update: %j', async (params, sent) => {
    const planned = await cancel(params)
    expect(planned.sent).toEqual(sent)
    expect(planned.request.method).toBe('POST')
    expect(planned.effect).toBe('change')
  })

  test.each([{ invoice_now: true }, { prorate: false }])(
    '%j only means something at once',
    async (params) => {
      expect((await cancel(params)).request.method).toBe('DELETE')
    },
  )

  test('a word that Stripe does not know is no moment', async () => {
    await expect(cancel({ cancel_at: 'tomorrow' })).rejects.toMatchObject({ code: 'invalid_params' })
  })
})

describe('pausing and resuming', () => {
  test('Stripe’s defaults of a pause are in the bytes', async () => {
    const { sent } = await call('stripe_pause_subscription', { type: 'subscription' })
    expect(sent).toEqual({
      type: 'subscription',
      'bill_for[unused_time_from][type]': 'now',
      'bill_for[outstanding_usage_through][type]': 'now',
      invoicing_behavior: 'pending_invoice_item',
    })
  })

  test('both kinds at once are refused', async () => {
    const both = { type: 'subscription', pause_collection: { behavior: 'void' } }
    await expect(call('stripe_pause_subscription', both)).rejects.toMatchObject({ code: 'invalid_params' })
  })

  test('one that is paid by invoice is not resumed by Stripe', async () => {
    const paused = { ...SUBSCRIPTION, status: 'paused', collection_method: 'send_invoice' }
    await expect(
      call('stripe_resume_subscription', {}, { 'subscriptions.retrieve': paused }),
    ).rejects.toMatchObject({ code: 'invalid_state' })
  })

  test('the timing of a resumption means nothing where only collecting is paused', async () => {
    const held = { ...SUBSCRIPTION, pause_collection: { behavior: 'keep_as_draft', resumes_at: RENEWS } }
    const account = { 'subscriptions.retrieve': held }
    const anew = { billing_cycle_anchor: { type: 'now' } }
    await expect(call('stripe_resume_subscription', anew, account)).rejects.toMatchObject({
      code: 'invalid_params',
    })
    const { description } = await call('stripe_resume_subscription', {}, account)
    expect(description.warnings.join()).toMatch(/stay drafts.*2027-01-15/)
  })
})
