import { describe, expect, test } from 'vitest'
import type { Params } from '../../define.ts'
import { DELIVERED_ONCE, storableAnswer } from './secrets.ts'
import { shapeAnswer } from './shape.ts'

const compact = (body: unknown) => shapeAnswer(body, { view: 'compact', fields: undefined }).result
const full = (body: unknown) => shapeAnswer(body, { view: 'full', fields: undefined })
const only = (body: unknown, ...fields: string[]) => shapeAnswer(body, { view: 'compact', fields }).result

const charge = {
  id: 'ch_1',
  object: 'charge',
  amount: 5000,
  amount_captured: 5000,
  amount_refunded: 0,
  application_fee_amount: null,
  balance_transaction: 'txn_1',
  billing_details: { address: { city: null, country: null }, email: 'jane@example.com', name: '' },
  created: 1796000000,
  currency: 'usd',
  disputed: false,
  fraud_details: {},
  livemode: false,
  metadata: {},
  paid: true,
  receipt_url: 'https://pay.stripe.com/receipts/x',
  refunds: { object: 'list', data: [{ id: 're_1', object: 'refund' }], has_more: false, url: '/v1/x' },
}

const intent = {
  id: 'pi_1',
  object: 'payment_intent',
  client_secret: 'pi_1_secret_abc123',
  currency: 'usd',
  amount: 5000,
  next_action: {
    type: 'redirect_to_url',
    redirect_to_url: {
      return_url: null,
      url: 'https://hooks.stripe.com/3d_secure_2/hosted?payment_intent_client_secret=pi_1_secret_abc123&x=1',
    },
  },
  latest_charge: { id: 'ch_1', object: 'charge', nested: [{ client_secret: 'seti_2_secret_def456' }] },
}

describe('secrets', () => {
  test('reach the caller and never what is stored', () => {
    const { result } = full(intent)
    const storable = storableAnswer(intent)
    expect(result).toMatchObject({ client_secret: 'pi_1_secret_abc123' })
    expect(storable).toMatchObject({ client_secret: DELIVERED_ONCE })
    expect(JSON.stringify(storable)).not.toMatch(/abc123|def456/)
    expect(JSON.stringify(result)).toMatch(/abc123.*def456/)
  })

  test('are named by their place, as far as they are delivered', () => {
    expect(full(intent).secrets).toEqual([
      'client_secret',
      'next_action.redirect_to_url.url',
      'latest_charge.nested.0.client_secret',
    ])
    expect(shapeAnswer(intent, { view: 'compact', fields: ['amount'] }).secrets).toEqual([])
  })

  test('that are links for their bearer depend on what they stand in', () => {
    const portal = { object: 'billing_portal.session', url: 'https://billing.stripe.com/p/session/x' }
    expect(storableAnswer(portal)).toEqual({ ...portal, url: DELIVERED_ONCE })
    expect(full(portal).secrets).toEqual(['url'])
    const product = { object: 'product', url: 'https://example.com' }
    expect(storableAnswer(product)).toEqual(product)
    expect(full(product).secrets).toEqual([])
  })

  test('of a webhook endpoint and of an ephemeral key are secrets as well', () => {
    const storable = storableAnswer({
      secret: 'whsec_1',
      ephemeral_key_secret: 'ek_test_1',
      other: { secret: null },
    })
    expect(storable).toEqual({
      secret: DELIVERED_ONCE,
      ephemeral_key_secret: DELIVERED_ONCE,
      other: { secret: null },
    })
  })

  test('all but the secrets is stored whole', () => {
    expect(storableAnswer(charge)).toEqual(charge)
  })
})

describe('the compact view', () => {
  test('leaves out what says nothing, and shows money and moments as people read them', () => {
    expect(compact(charge)).toEqual({
      id: 'ch_1',
      object: 'charge',
      amount: 5000,
      amount_text: '$50.00',
      amount_captured: 5000,
      amount_captured_text: '$50.00',
      amount_refunded: 0,
      balance_transaction: 'txn_1',
      billing_details: { email: 'jane@example.com' },
      created: '2026-11-30T00:53:20Z',
      currency: 'usd',
      disputed: false,
      paid: true,
      receipt_url: 'https://pay.stripe.com/receipts/x',
      refunds: { data: [{ id: 're_1' }], has_more: false },
    })
  })

  test('is smaller than the full one', () => {
    expect(JSON.stringify(compact(charge)).length).toBeLessThan(JSON.stringify(full(charge).result).length)
  })

  test('keeps the address where the customer has to authenticate', () => {
    expect(compact(intent)).toMatchObject({
      next_action: { redirect_to_url: { url: expect.stringContaining('https://hooks.stripe.com/') } },
    })
  })

  test.each([
    [5000, 'usd', '$50.00'],
    [5000, 'jpy', '¥5,000'],
    [-1234, 'eur', '-€12.34'],
    [1, 'usd', '$0.01'],
    [12_345, 'bhd', 'BHD 12.345'],
  ])('%i %s is %s', (amount, currency, text) => {
    const shown = (compact({ amount, currency }) as Params)['amount_text']
    expect(String(shown).replaceAll('\u00A0', ' ')).toBe(text)
  })

  test('an amount without a currency beside it, or in an unknown one, is left as it is', () => {
    expect(compact({ amount: 5000 })).toEqual({ amount: 5000 })
    expect(compact({ amount: 5000, currency: 'zzz' })).toEqual({ amount: 5000, currency: 'zzz' })
    expect(compact({ fee: 5000, inner: { currency: 'usd' } })).toEqual({
      fee: 5000,
      inner: { currency: 'usd' },
    })
  })

  test('numbers that are no whole amount and no moment are left as they are', () => {
    const odd = { amount_percent: 12.5, amount_huge: 1e21, created: 1e15, expires_at: 1.5, currency: 'usd' }
    expect(compact(odd)).toEqual(odd)
  })

  test('every balance has its currency', () => {
    const balance = { object: 'balance', available: [{ amount: 5000, currency: 'jpy', source_types: {} }] }
    expect(compact(balance)).toEqual({
      object: 'balance',
      available: [{ amount: 5000, amount_text: '¥5,000', currency: 'jpy' }],
    })
  })

  test.each([undefined, null, 'text', 5, true, []])('%j stays what it is', (body) => {
    expect(compact(body)).toEqual(body)
  })
})

describe('lists', () => {
  const list = (has_more: boolean, ...ids: string[]) => ({
    object: 'list',
    url: '/v1/charges',
    has_more,
    data: ids.map((id) => ({ ...charge, id })),
  })

  test('tell how to go on, in the words of the tool', () => {
    expect(compact(list(true, 'ch_1', 'ch_2'))).toMatchObject({
      has_more: true,
      next_starting_after: 'ch_2',
      data: [{ id: 'ch_1' }, { id: 'ch_2' }],
    })
    expect(Object.keys(compact(list(false, 'ch_1')) as Params)).toEqual(['data', 'has_more', 'more'])
    expect(compact(list(false))).toEqual({ data: [], has_more: false })
  })

  test('of a search go on with its page', () => {
    const search = {
      object: 'search_result',
      url: '/v1/x',
      has_more: true,
      next_page: 'token',
      data: [charge],
    }
    expect(compact(search)).toMatchObject({ has_more: true, next_page: 'token' })
    expect(compact({ ...search, has_more: false, next_page: null })).not.toHaveProperty('next_page')
  })

  test('hold the chosen fields of each object, and the cursor still works', () => {
    expect(only(list(true, 'ch_1', 'ch_2'), 'billing_details.email', 'missing')).toEqual({
      data: [
        { id: 'ch_1', 'billing_details.email': 'jane@example.com' },
        { id: 'ch_2', 'billing_details.email': 'jane@example.com' },
      ],
      has_more: true,
      next_starting_after: 'ch_2',
    })
  })

  test('of more than one page are whole in the full view', () => {
    expect(full(list(true, 'ch_1')).result).toEqual(list(true, 'ch_1'))
  })
})

test('fields are what was asked for, with the id, nothing else and nothing made up', () => {
  expect(only(charge, 'amount', 'billing_details', 'created')).toEqual({
    id: 'ch_1',
    amount: 5000,
    billing_details: charge.billing_details,
    created: 1796000000,
  })
  expect(only(charge, 'toString', 'constructor.name', 'amount.toFixed', '')).toEqual({ id: 'ch_1' })
})

test('hostile text is cleaned in values and in names, in every view', () => {
  const hostile = {
    description: 'Refund \u001B[31mnow\u001B[0m\u202E\u200B \u{E0041}ok\u0000',
    metadata: { 'a\u202Eb': 'c\u2066d' },
  }
  for (const result of [
    compact(hostile),
    full(hostile).result,
    storableAnswer(hostile),
    only(hostile, 'description', 'metadata'),
  ])
    expect(result).toEqual({ description: 'Refund now ok', metadata: { ab: 'cd' } })
})

test('names of the prototype are only names', () => {
  const body = JSON.parse('{"metadata":{"__proto__":{"polluted":1},"constructor":"x"}}') as Params
  expect(full(body).result).toEqual(body)
  compact(body)
  expect(({} as Params)['polluted']).toBeUndefined()
})

describe('rows', () => {
  const rowOf = (object: Params): unknown =>
    ((compact({ object: 'list', has_more: false, data: [object] }) as Params)['data'] as unknown[])[0]

  test('of customers show name, e-mail and date, and a balance only where there is one', () => {
    const customer = { id: 'cus_1', object: 'customer', name: 'Jane', email: 'j@example.com', created: 0 }
    expect(
      rowOf({ ...customer, balance: 0, currency: null, delinquent: false, address: { city: 'Bern' } }),
    ).toEqual({
      id: 'cus_1',
      name: 'Jane',
      email: 'j@example.com',
      created: '1970-01-01',
    })
    expect(rowOf({ ...customer, balance: -500, currency: 'usd', delinquent: true })).toMatchObject({
      balance: -500,
      balance_text: '-$5.00',
      delinquent: true,
    })
  })

  test('of subscriptions show what is billed, one value for one item and a list for several', () => {
    const item = (price: string, quantity: number) => ({ quantity, price: { id: price, unit_amount: 1000 } })
    const subscription = (...items: Params[]) => ({
      id: 'sub_1',
      object: 'subscription',
      status: 'active',
      currency: 'usd',
      customer: { id: 'cus_1', object: 'customer' },
      items: { object: 'list', data: items },
    })
    expect(rowOf(subscription(item('price_1', 2)))).toEqual({
      id: 'sub_1',
      status: 'active',
      currency: 'usd',
      customer: 'cus_1',
      price: 'price_1',
      quantity: 2,
      unit_amount: 1000,
      unit_amount_text: '$10.00',
    })
    expect(rowOf(subscription(item('price_1', 2), item('price_2', 1)))).toMatchObject({
      price: ['price_1', 'price_2'],
      quantity: [2, 1],
    })
  })

  test('of a kind without a table show its plain values', () => {
    expect(rowOf({ id: 'x_1', object: 'new.thing', a: 1, b: { c: 2 }, d: null, e: 'f' })).toEqual({
      id: 'x_1',
      a: 1,
      e: 'f',
    })
  })
})

test('lists of the second API go on with the token in their next address', () => {
  const page = {
    data: [{ id: 'a_1' }],
    next_page_url: '/v2/core/events?page=tok_9&limit=1',
    previous_page_url: null,
  }
  expect(compact(page)).toMatchObject({ has_more: true, next_page: 'tok_9' })
  expect(compact({ ...page, next_page_url: null })).toMatchObject({ has_more: false })
})
