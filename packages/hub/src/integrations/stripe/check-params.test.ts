import { loadDefinitions, operationById, type JsonSchema } from '@clawlink/stripe-definitions'
import { beforeAll, describe, expect, test } from 'vitest'
import { Problem } from '../../contract/problem.ts'
import type { Params } from '../define.ts'
import { checkParams } from './check-params.ts'
import type { StripeTool } from './define-tool.ts'
import { createStripe } from './stripe.ts'
import type { Integration } from '../define.ts'

let stripe: Integration

beforeAll(async () => {
  stripe = await createStripe({
    send: () => Promise.reject(new Error('nothing is sent by a check')),
    close: () => Promise.resolve(),
  })
})

function check(tool: string, params: Params) {
  return stripe.checkParams(stripe.tool(tool), params)
}

function refusal(tool: string, params: Params): Problem {
  try {
    check(tool, params)
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
  throw new Error(`accepted: ${JSON.stringify(params)}`)
}

const violations = (problem: Problem) => problem.details?.['violations'] as { path: string; rule: string }[]

const PAYMENT = 'stripe_create_payment_intent'
const CONFIRM = 'stripe_confirm_payment_intent'
const CUSTOMER = 'stripe_create_customer'
const REFUND = 'stripe_create_refund'

describe('names', () => {
  test('an unknown one is refused, with the one that was meant', () => {
    const problem = refusal(CUSTOMER, { emial: 'jane@example.com' })
    expect(problem.code).toBe('invalid_params')
    expect(problem.message).toMatch(/"emial" is not a known key\. Did you mean 'email'\?$/)
    expect(violations(problem)).toMatchObject([{ path: 'emial', rule: 'unknown', suggestion: 'email' }])
  })

  test('an unknown one deep inside is refused as well', () => {
    const problem = refusal(CUSTOMER, { address: { cty: 'Bern' } })
    expect(violations(problem)).toMatchObject([{ path: 'address.cty', rule: 'unknown', suggestion: 'city' }])
  })

  test.each(['constructor', 'toString', '__proto__', 'hasOwnProperty', 'prototype'])(
    '%s is an unknown one',
    (name) => {
      const params = JSON.parse(`{"amount":5000,"currency":"usd","${name}":"x"}`) as Params
      const problem = refusal(PAYMENT, params)
      expect(violations(problem)).toMatchObject([{ rule: 'unknown' }])
      expect(problem.message).not.toContain('native code')
      expect(({} as Params)['x']).toBeUndefined()
    },
  )

  test('many wrong ones are told in a bounded answer', () => {
    const params = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`wrong_${index}`, 1]))
    expect(violations(refusal(CUSTOMER, params)).length).toBeLessThanOrEqual(20)
  })

  test('a message repeats a hostile one only cleaned and cut', () => {
    const { message } = refusal(CUSTOMER, { [`x\u001B[2J\u202E\n${'y'.repeat(5000)}`]: 1 })
    expect(message).not.toMatch(/[\p{C}]/u)
    expect(message.length).toBeLessThan(500)
  })

  test('of metadata that Stripe would read as another place are refused', () => {
    for (const name of ['a[b', 'a]b', 'x][amount', '[]', ''])
      expect(violations(refusal(CUSTOMER, { metadata: { [name]: '1' } })), name).toMatchObject([
        { rule: 'type' },
      ])
  })
})

describe('types', () => {
  test.each<[string, Params]>([
    [PAYMENT, { amount: '5000', currency: 'usd' }],
    [PAYMENT, { amount: 50.5, currency: 'usd' }],
    [PAYMENT, { amount: null, currency: 'usd' }],
    [PAYMENT, { amount: [5000], currency: 'usd' }],
    [PAYMENT, { amount: Number.NaN, currency: 'usd' }],
    [PAYMENT, { amount: Infinity, currency: 'usd' }],
    [PAYMENT, { amount: 2 ** 53, currency: 'usd' }],
    [PAYMENT, { amount: 1e21, currency: 'usd' }],
    [PAYMENT, { amount: 5000, currency: 'usd', confirm: 'true' }],
    [PAYMENT, { amount: 5000 }],
    [PAYMENT, { currency: 'usd' }],
    [PAYMENT, { amount: 5000, currency: 5 }],
    [CUSTOMER, { metadata: 'x' }],
    [CUSTOMER, { metadata: { a: { b: 'c' } } }],
    [CUSTOMER, { name: { first: 'Jane' } }],
    [CONFIRM, {}],
    [CONFIRM, { payment_intent_id: 5 }],
    ['stripe_list_customers', { limit: 'ten' }],
    ['stripe_get_customer', {}],
  ])('%s %j is refused', (tool, params) => {
    expect(refusal(tool, params).code).toBe('invalid_params')
  })

  test('half a character is refused, in a value and in a name, instead of failing on the way out', () => {
    expect(refusal(CUSTOMER, { name: 'a\uD800' }).code).toBe('invalid_params')
    expect(refusal(CUSTOMER, { metadata: { a: 'a\uDC00' } }).code).toBe('invalid_params')
    expect(refusal(CUSTOMER, { metadata: { 'a\uD800': 'a' } }).code).toBe('invalid_params')
    expect(check(CUSTOMER, { name: '🦀' }).params).toEqual({ name: '🦀' })
  })

  test('what is nested deeper than Stripe ever is is refused at the edge', () => {
    // The params themselves are the first level, the text inside is the last.
    expect(refusal(CUSTOMER, nested(15)).message).not.toContain('deep')
    expect(refusal(CUSTOMER, nested(16)).message).toContain('16 deep')
    expect(refusal(CUSTOMER, nested(10_000)).message).toContain('16 deep')
  })
})

describe('placeholders', () => {
  test.each([
    '<customer_id>',
    '{customer}',
    'cus_123',
    'cus_1234567890',
    'ch_abc123',
    'pi_xxx',
    'pi_XXXXXXXX',
    'cus_...',
    'YOUR_CUSTOMER_ID',
    ' <id> ',
  ])('%j is refused', (id) => {
    expect(refusal('stripe_get_customer', { customer_id: id }).message).toContain('placeholder')
  })

  test('real values that look a little like one are not', () => {
    for (const params of [
      { name: 'Ella <3' },
      { description: 'Invoice for your-order at your_shop' },
      { email: 'hello@your-bakery.com' },
      { metadata: { template: '{name}', note: '<none>', ref: 'YOUR-42' } },
    ])
      expect(check(CUSTOMER, params).params).toEqual(params)
    expect(check('stripe_get_customer', { customer_id: 'cus_QpTx4mZc7kW1rB' }).params).toEqual({
      customer_id: 'cus_QpTx4mZc7kW1rB',
    })
  })
})

describe('aliases of the id in the path', () => {
  test.each(['customer_id', 'customer', 'id'])('%s is taken', (name) => {
    expect(check('stripe_get_customer', { [name]: 'cus_QpTx4mZc7kW1rB' }).params).toEqual({
      customer_id: 'cus_QpTx4mZc7kW1rB',
    })
  })

  test('two at once are refused, even where they agree', () => {
    const both = { customer_id: 'cus_QpTx4mZc7kW1rB', id: 'cus_QpTx4mZc7kW1rB' }
    expect(refusal('stripe_get_customer', both).message).toContain('give one of them')
    expect(refusal(CONFIRM, { intent: 'pi_a', payment_intent: 'pi_b' }).message).toContain('give one of them')
  })
})

describe('words of consent', () => {
  test('do not count and do not harm', () => {
    const words = { confirmed: true, approved: 'yes', user_confirmed: true, user_approved: 1 }
    expect(check(CUSTOMER, { name: 'Jane', confirm: true, ...words }).params).toEqual({ name: 'Jane' })
    expect(check(CONFIRM, { intent: 'pi_3MtwBwQpTx4mZc7k', confirm: true }).params).toEqual({
      payment_intent_id: 'pi_3MtwBwQpTx4mZc7k',
    })
  })

  test('are kept where they are a parameter of Stripe', () => {
    const params = { amount: 5000, currency: 'usd', confirm: true }
    expect(check(PAYMENT, { ...params, confirmed: true }).params).toEqual(params)
  })
})

describe('amounts with a currency', () => {
  const money = (value: unknown, currency: unknown) => ({ value, currency })

  test('fill the currency beside them', () => {
    expect(check(PAYMENT, { amount: money('50.00', 'USD') })).toEqual({
      params: { amount: 5000, currency: 'usd' },
      statedCurrencies: {},
      advice: [],
    })
    expect(check(PAYMENT, { amount: money('5000', 'jpy'), currency: 'JPY' }).params).toEqual({
      amount: 5000,
      currency: 'jpy',
    })
  })

  test('are remembered where the object says the currency', () => {
    expect(check(REFUND, { charge: 'ch_3MmlLrQpTx4mZc7k', amount: money('25.00', 'EUR') })).toMatchObject({
      params: { amount: 2500 },
      statedCurrencies: { amount: 'eur' },
    })
  })

  test.each<[string, Params]>([
    ['another currency beside it', { amount: money('50.00', 'eur'), currency: 'usd' }],
    ['no currency that is text beside it', { amount: money('50.00', 'eur'), currency: 5 }],
    ['two currencies', { amount: money('50.00', 'eur'), application_fee_amount: money('1.00', 'usd') }],
    ['a number in place of text', { amount: money(50, 'usd') }],
    ['more decimals than the currency has', { amount: money('50.00', 'jpy') }],
    ['a currency that Stripe does not take', { amount: money('50.00', 'zzz') }],
    ['something besides', { amount: { ...money('50.00', 'usd'), note: 'x' } }],
    ['an exponent', { amount: money('5e3', 'usd') }],
    ['a comma', { amount: money('50,00', 'usd') }],
    ['a symbol', { amount: money('$50.00', 'usd') }],
    ['half of it', { amount: { value: '50.00' }, currency: 'usd' }],
  ])('%s: refused', (_what, params) => {
    expect(refusal(PAYMENT, params).code).toBe('invalid_params')
  })

  test('are left alone where no amount is wanted', () => {
    const params = { metadata: { value: '50.00', currency: 'usd' } }
    expect(check(CUSTOMER, params).params).toEqual(params)
    expect(refusal(CUSTOMER, { name: money('50.00', 'usd') }).code).toBe('invalid_params')
  })

  test('are converted deep inside, each beside its own currency', async () => {
    const definitions = await loadDefinitions()
    const operation = operationById(definitions, 'checkout.sessions.create')
    const tool = { ...CHECKOUT, operation: operation.id }
    const schema: JsonSchema = { ...operation.params, required: [] }
    const line = (price_data: Params) => ({ line_items: [{ quantity: 1, price_data }] })
    expect(
      checkParams(
        definitions,
        { tool, schema, rules: [] },
        line({ unit_amount: money('50.00', 'usd'), product: 'prod_A1b2' }),
      ),
    ).toEqual({
      params: line({ unit_amount: 5000, product: 'prod_A1b2', currency: 'usd' }),
      statedCurrencies: {},
      advice: [],
    })
    expect(() =>
      checkParams(
        definitions,
        { tool, schema, rules: [] },
        line({ unit_amount: money('50.00', 'usd'), currency: 'eur' }),
      ),
    ).toThrow('line_items[0].price_data.unit_amount')
  })
})

const CHECKOUT: StripeTool = {
  name: 'stripe_create_checkout_session',
  group: 'Checkout',
  description: 'x',
  mode: 'read',
  effect: 'read',
  operation: '',
  usual: [],
  guidance: { whenToUse: '', askBefore: [], safeDefaults: [], examples: [], followups: [] },
}

describe('card numbers', () => {
  test.each<Params>([
    { name: '4242 4242 4242 4242' },
    { metadata: { note: 'card 4242-4242-4242-4242 12/34' } },
    { metadata: { '4242424242424242': 'x' } },
    { unknown: { deep: [{ er: 4242424242424242 }] } },
    { description: '４２４２４２４２４２４２４２４２' },
    { confirmed: '4242424242424242' },
  ])('%j is refused before anything else is said', (params) => {
    const problem = refusal(CUSTOMER, params)
    expect(problem.code).toBe('card_number_refused')
    expect(JSON.stringify(problem.toWire())).not.toMatch(/4242/)
  })

  test('moments and ids are none', () => {
    const params = {
      metadata: { at: 1796000000000, id: 'ch_3MmlLrQpTx4mZc7k0snN0B15', order: '1796000000001' },
    }
    expect(check(CUSTOMER, params).params).toEqual(params)
  })
})

test('a read says how it understood its params, and only where that is not what was meant literally', () => {
  expect(check('stripe_list_customers', { email: 'jane' })).toMatchObject({
    params: { email: 'jane' },
    advice: [expect.stringContaining('searched for')],
  })
  expect(check('stripe_list_customers', { email: 'jane@example.com' })).toMatchObject({
    params: { email: 'jane@example.com' },
    advice: [],
  })
})

test('a part of an e-mail address that is too short to search for is refused', () => {
  expect(refusal('stripe_list_customers', { email: 'ja' }).message).toContain('at least 3 characters')
})

test('what is missing or unknown is named in the message', () => {
  expect(refusal(PAYMENT, { currency: 'usd' }).message).toContain('"amount" is required')
  expect(refusal(CUSTOMER, { nmae: 'Jane' }).message).toContain(
    `"nmae" is not a known key. Did you mean 'name'?`,
  )
})

test('a parameter that Stripe took away is answered with what took its place, where the tool has that', () => {
  const old = { amount: 100, currency: 'usd', payment_method_types: ['card'] }
  expect(refusal(PAYMENT, old).message).toContain(
    `"payment_method_types" is gone from Stripe. Use 'allowed_payment_method_types'`,
  )
  expect(refusal(CUSTOMER, { coupon: 'X' }).message).toContain('"coupon" is not a known key')
})

test('what was given is not changed by the check', () => {
  const params = Object.freeze({
    amount: Object.freeze({ value: '50.00', currency: 'usd' }),
    confirmed: true,
  })
  check(PAYMENT, params)
  expect(params).toEqual({ amount: { value: '50.00', currency: 'usd' }, confirmed: true })
})

/** Params with this many levels below them. */
function nested(levels: number): Params {
  let inside: Params = { x: 'x' }
  for (let level = 1; level < levels; level += 1) inside = { x: inside }
  return inside
}
