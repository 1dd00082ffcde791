import { anything, assert, constantFrom, property } from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Definitions, JsonSchema } from './definitions.ts'
import { operationById } from './find-operation.ts'
import { loadDefinitions } from './load.ts'
import { validate, type Violation } from './validate.ts'

let definitions: Definitions

beforeAll(async () => {
  definitions = await loadDefinitions()
})

function checkParams(id: string, params: unknown): Violation[] {
  return validate(definitions, operationById(definitions, id).params, params)
}

function checkObject(name: string, value: unknown): Violation[] {
  return validate(definitions, { $ref: `#/objects/${name}` }, value)
}

describe('params', () => {
  test('what Stripe takes passes', () => {
    expect(
      checkParams('refunds.create', { charge: 'ch_1', amount: 500, metadata: { order: '7', n: 1.5 } }),
    ).toEqual([])
    expect(checkParams('customers.update', { metadata: '' })).toEqual([])
    expect(checkParams('customers.list', { created: { gte: 1 }, limit: 3 })).toEqual([])
    expect(checkParams('customers.list', { created: 1 })).toEqual([])
    expect(
      checkParams('subscriptions.create', {
        customer: 'cus_1',
        items: [{ price: 'price_1' }],
        trial_end: 'now',
      }),
    ).toEqual([])
  })

  test('an unknown key is named, with the one that was probably meant', () => {
    expect(checkParams('refunds.create', { ammount: 500 })).toEqual([
      {
        path: 'ammount',
        rule: 'unknown',
        message: "is not a known key. Did you mean 'amount'?",
        suggestion: 'amount',
      },
    ])
    expect(checkParams('refunds.create', { colour: 'red' })).toEqual([
      { path: 'colour', rule: 'unknown', message: 'is not a known key' },
    ])
    expect(checkParams('refunds.create', JSON.parse('{"__proto__": 1, "constructor": 2}'))).toMatchObject([
      { path: '__proto__', rule: 'unknown' },
      { path: 'constructor', rule: 'unknown' },
    ])
  })

  test('a missing key is named where it is missing', () => {
    expect(checkParams('paymentIntents.create', { currency: 'eur' })).toEqual([
      { path: 'amount', rule: 'required', message: 'is required' },
    ])
  })

  test('a place deep inside is told as one would write it', () => {
    const items = [{ price: 'price_1' }, { price: 5 }, { price_data: { currency: 'eur' } }]
    expect(checkParams('subscriptions.create', { customer: 'cus_1', items })).toEqual([
      {
        path: 'items[1].price',
        rule: 'type',
        message: 'must be a string, not an integer',
        expected: 'a string',
      },
      { path: 'items[2].price_data.product', rule: 'required', message: 'is required' },
      { path: 'items[2].price_data.recurring', rule: 'required', message: 'is required' },
    ])
    expect(checkParams('customers.update', { metadata: { 'a b': {} } })).toMatchObject([
      { path: 'metadata["a b"]', rule: 'type' },
    ])
  })

  test('amounts are integers', () => {
    for (const amount of ['500', 5.5, Number.NaN, null, [500], { value: 500 }, true, 500n]) {
      expect(checkParams('refunds.create', { amount })).toMatchObject([
        { path: 'amount', rule: 'type', expected: 'an integer' },
      ])
    }
  })

  test('known values of an open list are advice, those of a closed one are not', () => {
    expect(checkParams('refunds.create', { reason: 'changed_my_mind' })).toEqual([])
    expect(checkParams('refunds.create', { reason: 7 })).toMatchObject([{ rule: 'type' }])
    const closed: JsonSchema = { type: 'string', enum: ['day', 'month'] }
    expect(validate(definitions, closed, 'mnth')).toEqual([
      {
        path: '',
        rule: 'enum',
        message: "must be 'day' or 'month'. Did you mean 'month'?",
        expected: "'day' or 'month'",
      },
    ])
  })

  test('a wrong value in a union says what may stand there', () => {
    expect(checkParams('subscriptions.create', { customer: 'cus_1', trial_end: 'soon' })).toEqual([
      { path: 'trial_end', rule: 'const', message: "must be 'now'", expected: "'now'" },
    ])
    expect(checkParams('subscriptions.create', { customer: 'cus_1', trial_end: true })).toEqual([
      {
        path: 'trial_end',
        rule: 'anyOf',
        message: "must be 'now' or an integer, not a boolean",
        expected: "'now' or an integer",
      },
    ])
    expect(checkParams('customers.list', { created: { since: 1 } })).toMatchObject([
      { path: 'created.since', rule: 'unknown' },
    ])
  })

  test('values are never repeated in a message, since they may be secrets', () => {
    const secret = '4242424242424242'
    const violations = checkParams('subscriptions.create', { customer: 4242424242424242, trial_end: secret })
    expect(violations).toHaveLength(2)
    expect(JSON.stringify(violations)).not.toContain(secret)
  })

  test('undefined is absent', () => {
    expect(checkParams('refunds.create', { amount: undefined, colour: undefined })).toEqual([])
    expect(checkParams('paymentIntents.create', { amount: undefined, currency: 'eur' })).toMatchObject([
      { rule: 'required' },
    ])
  })
})

describe('objects', () => {
  test('a minimal value of every object type conforms, and stops conforming when a field goes', () => {
    for (const [name, schema] of Object.entries(definitions.objects)) {
      const value = minimalValue(schema)
      expect(checkObject(name, value), name).toEqual([])
      const [field] = schema.required ?? []
      if (field === undefined) continue
      const { [field]: _gone, ...rest } = value as Record<string, unknown>
      expect(checkObject(name, rest), name).toMatchObject([{ path: field, rule: 'required' }])
    }
  })

  test('an id may stand for an object, or the object for its id', () => {
    const refund = minimalValue({ $ref: '#/objects/Refund' }) as Record<string, unknown>
    expect(checkObject('Refund', { ...refund, charge: 'ch_1' })).toEqual([])
    expect(checkObject('Refund', { ...refund, charge: minimalValue({ $ref: '#/objects/Charge' }) })).toEqual(
      [],
    )
    expect(
      checkObject('Refund', { ...refund, customer: { id: 'cus_1', object: 'customer', deleted: true } }),
    ).toEqual([])
    expect(checkObject('Refund', { ...refund, charge: 5 })).toMatchObject([
      { path: 'charge', rule: 'anyOf', expected: 'a string, a Charge object or null' },
    ])
    expect(checkObject('Refund', { ...refund, charge: { id: 'ch_1', object: 'charge' } })).toContainEqual({
      path: 'charge.amount',
      rule: 'required',
      message: 'is required',
    })
  })

  test('an event is checked against the type that it names', () => {
    const event = minimalValue({ $ref: '#/objects/ChargeRefundedEvent' }) as Record<string, unknown>
    expect(checkObject('Event', event)).toEqual([])
    expect(checkObject('Event', { ...event, data: {} })).toEqual([
      { path: 'data.object', rule: 'required', message: 'is required' },
    ])
    expect(checkObject('Event', { ...event, type: 'charge.exploded' })).toMatchObject([
      { path: 'type', rule: 'enum' },
    ])
  })

  test('fields that the API does not have are found when asked for', () => {
    const refund = { ...(minimalValue({ $ref: '#/objects/Refund' }) as object), total_amount: 5 }
    const schema = { $ref: '#/objects/Refund' }
    expect(validate(definitions, schema, refund)).toEqual([])
    expect(validate(definitions, schema, refund, { strictObjects: true })).toMatchObject([
      { path: 'total_amount', rule: 'unknown' },
    ])
  })

  test('a type that does not exist is a violation', () => {
    expect(checkObject('Custmer', {})).toMatchObject([{ rule: 'type' }])
  })
})

describe('hostile values', () => {
  test('no value makes it throw', () => {
    const schemas = ['customers.create', 'accounts.create', 'subscriptions.update'].map(
      (id) => operationById(definitions, id).params,
    )
    assert(
      property(
        constantFrom(...schemas, { $ref: '#/objects/Event' }, {}),
        anything({ withNullPrototype: true }),
        (schema, value) => {
          expect(Array.isArray(validate(definitions, schema, value))).toBe(true)
        },
      ),
    )
  })

  test('an object that contains itself ends', () => {
    const customer: Record<string, unknown> = { id: 'cus_1', object: 'customer' }
    customer['default_source'] = { object: 'card', customer }
    customer['self'] = customer
    expect(checkObject('Customer', customer).length).toBeGreaterThan(0)
  })

  test('endless nesting is refused, not followed', () => {
    let charge: unknown = 'ch_1'
    for (let level = 0; level < 50_000; level++)
      charge = { object: 'refund', charge: { object: 'charge', refunds: { data: [charge] } } }
    expect(checkObject('Refund', charge).length).toBeGreaterThan(0)
    const endless: JsonSchema = { anyOf: [{ type: 'string' }] }
    endless.anyOf?.push({ type: 'array', items: endless })
    let list: unknown = 'x'
    for (let level = 0; level < 50_000; level++) list = [list]
    expect(validate(definitions, endless, list)).toMatchObject([
      { rule: 'type', message: expect.stringContaining('deeper') },
    ])
  })

  test('a hundred violations are enough, and a large list is quick', () => {
    const started = performance.now()
    expect(
      checkParams('customers.create', { preferred_locales: Array.from({ length: 200_000 }, () => 5) }),
    ).toHaveLength(100)
    const many = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, position) => [`key_${position}`, position]),
    )
    expect(checkParams('customers.create', many)).toHaveLength(100)
    const charge = minimalValue({ $ref: '#/objects/Charge' })
    const charges: JsonSchema = { type: 'array', items: { $ref: '#/objects/Charge' } }
    expect(
      validate(
        definitions,
        charges,
        Array.from({ length: 5000 }, () => structuredClone(charge)),
      ),
    ).toEqual([])
    expect(performance.now() - started).toBeLessThan(3000)
  })
})

/** The smallest value that a schema describes: required fields alone, null where it may stand. */
function minimalValue(schema: JsonSchema): unknown {
  if (schema.$ref !== undefined)
    return minimalValue(definitions.objects[schema.$ref.slice('#/objects/'.length)] ?? {})
  if (schema.anyOf)
    return minimalValue(schema.anyOf.find(({ type }) => type === 'null') ?? schema.anyOf[0] ?? {})
  if (schema.const !== undefined) return schema.const
  const types = [schema.type ?? 'null'].flat()
  if (types.includes('null')) return null
  if (schema.enum) return schema.enum[0]
  if (types[0] === 'array') return []
  if (types[0] === 'string') return 'text'
  if (types[0] === 'boolean') return true
  if (types[0] !== 'object') return 1
  return Object.fromEntries(
    (schema.required ?? []).map((name) => [name, minimalValue(schema.properties?.[name] ?? {})]),
  )
}
