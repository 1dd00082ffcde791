import { Stripe } from 'stripe'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { JsonSchema } from '@clawlink/stripe-definitions'
import type { Params } from '../../define.ts'
import { decodeForm, encodeForm } from './form.ts'

const pairs = (body: string) => [...new URLSearchParams(body)]

/** The bytes that Stripe's own SDK makes of the same params. */
async function encodeAsStripe(params: Params): Promise<string> {
  let sent = ''
  const stripe = new Stripe('sk_test_12345678', {
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient((_url, init) => {
      if (typeof init?.body === 'string') sent = init.body
      return Promise.resolve(new Response('{}', { status: 200 }))
    }),
  })
  await stripe.rawRequest('POST', '/v1/customers', params)
  return sent
}

/** Names without brackets; those are refused before anything is encoded. */
const name = fc
  .oneof(fc.string({ unit: 'binary', minLength: 1, maxLength: 8 }), fc.constantFrom('0', 'toString', 'a.b'))
  .filter((text) => !/[[\]]/.test(text) && text !== '__proto__')
const text = fc.string({ unit: 'binary', maxLength: 20 })
const leaf = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null))
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    leaf,
    fc.array(tie('value'), { minLength: 1, maxLength: 4 }),
    fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
}))
const anyParams = fc.dictionary(name, anyValue, { maxKeys: 5, noNullPrototype: true })

describe('encoding', () => {
  test('says the same as the SDK of Stripe, whatever the params', async () => {
    await fc.assert(
      fc.asyncProperty(anyParams, async (params) => {
        expect(pairs(encodeForm(params))).toEqual(pairs(await encodeAsStripe(params)))
      }),
      { numRuns: 80 },
    )
  })

  test.each<[Params, string]>([
    [{}, ''],
    [{ amount: 5000, currency: 'usd' }, 'amount=5000&currency=usd'],
    [{ items: [{ price: 'price_1', quantity: 2 }] }, 'items[0][price]=price_1&items[0][quantity]=2'],
    [{ expand: ['data.customer', 'x'] }, 'expand[0]=data.customer&expand[1]=x'],
    [{ a: { b: { c: true } } }, 'a[b][c]=true'],
    [{ metadata: { gone: null } }, 'metadata[gone]='],
    [{ preferred_locales: [] }, 'preferred_locales='],
    [{ gone: undefined, nothing: {} }, ''],
    [{ a: '&=+ %[]#\n' }, 'a=&=+ %[]#\n'],
    [{ name: 'Zoë 🦀 日本' }, 'name=Zoë 🦀 日本'],
  ])('%j', (params, expected) => {
    const decoded = pairs(encodeForm(params)).map(([key, value]) => `${key}=${value}`)
    expect(decoded.join('&')).toBe(expected)
  })

  test('a value cannot add a parameter', () => {
    const body = encodeForm({ description: 'x&amount=1', metadata: { 'a&amount': '1', 'b=c': '2' } })
    expect(pairs(body).map(([key]) => key)).toEqual(['description', 'metadata[a&amount]', 'metadata[b=c]'])
  })

  test('what is no JSON is not sent as a guess', () => {
    expect(() => encodeForm({ amount: 5000n })).toThrow(TypeError)
    expect(() => encodeForm({ amount: () => 1 })).toThrow(TypeError)
  })
})

describe('decoding', () => {
  const schema: JsonSchema = {
    type: 'object',
    properties: {
      amount: { type: 'integer' },
      percent: { type: 'number' },
      confirm: { type: 'boolean' },
      note: { type: 'string' },
      metadata: { type: 'object', additionalProperties: { type: ['string', 'number', 'null'] } },
      items: {
        type: 'array',
        items: { type: 'object', properties: { price: { type: 'string' }, quantity: { type: 'integer' } } },
      },
      expand: { type: 'array', items: { type: 'string' } },
      end: { anyOf: [{ const: 'now', type: 'string' }, { type: 'integer' }] },
      shipping: {
        type: 'object',
        properties: { address: { type: 'object', properties: { city: { type: 'string' } } } },
      },
    },
  }
  const some = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined })
  const typed = fc.record({
    amount: some(fc.maxSafeInteger()),
    percent: some(fc.integer()),
    confirm: some(fc.boolean()),
    note: some(text),
    metadata: some(fc.dictionary(name, text, { minKeys: 1, maxKeys: 4, noNullPrototype: true })),
    items: some(fc.array(fc.record({ price: text, quantity: fc.nat() }), { minLength: 1, maxLength: 12 })),
    expand: some(fc.array(text, { minLength: 1, maxLength: 3 })),
    end: some(fc.oneof(fc.constant('now'), fc.nat())),
    shipping: some(fc.record({ address: fc.record({ city: text }) })),
  })

  test('gives back what was encoded', () => {
    fc.assert(
      fc.property(typed, (params) => {
        expect(decodeForm(encodeForm(params), schema)).toEqual(withoutUndefined(params))
      }),
    )
  })

  test('gives back what the SDK of Stripe encodes', async () => {
    const params = {
      amount: 5000,
      items: [
        { price: 'p', quantity: 1 },
        { price: 'q', quantity: 2 },
      ],
      metadata: { order: '0042', '0': 'zero' },
      shipping: { address: { city: 'Zürich & [Bern]' } },
    }
    expect(decodeForm(await encodeAsStripe(params), schema)).toEqual(params)
  })

  test('metadata whose names are numbers is no list', () => {
    expect(decodeForm('metadata[0]=a&metadata[1]=b', schema)).toEqual({ metadata: { 0: 'a', 1: 'b' } })
  })

  test('text that looks like a number stays text where the schema wants text', () => {
    expect(decodeForm('note=0042&metadata[n]=5', schema)).toEqual({ note: '0042', metadata: { n: '5' } })
  })

  test('an amount that is not exactly an integer stays text, so that no plan counts with it', () => {
    for (const odd of ['1e3', '0x10', ' 5', '5.0', '', '--5', '99999999999999999999'])
      expect(decodeForm(`amount=${odd}`, schema)['amount']).toBe(odd)
  })

  test('a percentage with a fraction is a number, as long as it says the same digits', () => {
    expect(decodeForm('percent=12.5', schema)).toEqual({ percent: 12.5 })
    for (const odd of ['12.50', '.5', '1.', '0.1234567890123456789', '1e-7'])
      expect(decodeForm(`percent=${odd}`, schema)['percent']).toBe(odd)
    expect(decodeForm('amount=12.5&note=12.5', schema)).toEqual({ amount: '12.5', note: '12.5' })
  })

  test('a parameter that the schema does not have is shown all the same', () => {
    expect(decodeForm('hidden[a][0]=1&constructor=2', schema)).toEqual({
      hidden: { a: ['1'] },
      constructor: '2',
    })
  })

  test('names of the prototype do not reach it', () => {
    const body =
      '__proto__[polluted]=1&constructor[prototype][polluted]=1&metadata[__proto__][polluted]=1&__proto__=1'
    const decoded = decodeForm(body, schema)
    expect(Object.hasOwn(decoded, '__proto__')).toBe(true)
    expect(({} as Params)['polluted']).toBeUndefined()
    expect(encodeForm(JSON.parse('{"__proto__":{"a":"1"}}') as Params)).toBe('__proto__%5Ba%5D=1')
  })
})

function withoutUndefined(params: Params): Params {
  return Object.fromEntries(Object.entries(params).filter(([, value]) => value !== undefined))
}
