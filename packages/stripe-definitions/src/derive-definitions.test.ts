import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import type { Definitions, JsonSchema } from './definitions.ts'
import { deriveDefinitions } from './derive-definitions.ts'
import { operationById } from './find-operation.ts'
import { findStripePackage } from './stripe-package.ts'
import { KNOWN_EXCEPTIONS } from './known-exceptions.ts'
import { filesBelow } from './stripe-types.ts'

let definitions: Definitions
let notUnderstood: string[]

beforeAll(() => {
  ;({ definitions, notUnderstood } = deriveDefinitions())
})

test('nothing in the package was left out without a known reason', () => {
  expect(notUnderstood, 'the stripe package has a shape that the builder does not know').toEqual(
    KNOWN_EXCEPTIONS,
  )
})

test('the 652 requests in the package are 648 operations and four exceptions', () => {
  const folder = join(findStripePackage()?.folder ?? '', 'resources')
  const sources = filesBelow(folder, '.js').map((file) => readFileSync(file, 'utf8'))
  const requests = sources.flatMap((source) => source.match(/_makeRequest\(/g) ?? [])
  const exceptions = [
    'GET /v1/account',
    'POST /oauth/deauthorize',
    'POST /oauth/token',
    'GET pulledEvent.related_object.url',
  ]
  expect(requests).toHaveLength(652)
  expect(definitions.operations).toHaveLength(652 - exceptions.length)
})

test('versions and counts are those of stripe 23.1.0', () => {
  const { operations, objects } = definitions
  const count = (matches: (operation: (typeof operations)[number]) => boolean): number =>
    operations.filter(matches).length
  expect(definitions.stripeVersion).toBe('23.1.0')
  expect(definitions.apiVersion).toBe('2026-10-28.endive')
  expect({
    get: count(({ method }) => method === 'GET'),
    post: count(({ method }) => method === 'POST'),
    delete: count(({ method }) => method === 'DELETE'),
    v2: count(({ path }) => path.startsWith('/v2/')),
    objectTypes: Object.keys(objects).length,
    withOwnName: Object.values(objects).filter(
      ({ properties }) => properties?.['object']?.const !== undefined,
    ).length,
  }).toEqual({ get: 290, post: 330, delete: 28, v2: 91, objectTypes: 3633, withOwnName: 805 })
})

test('ids are sorted and unique, and so are method and path', () => {
  const ids = definitions.operations.map(({ id }) => id)
  const routes = definitions.operations.map(
    ({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, '{}')}`,
  )
  expect(ids).toEqual([...new Set(ids)].sort())
  expect(new Set(routes).size).toBe(routes.length)
})

test('every operation has a text, its path params in its path, and a known result', () => {
  for (const operation of definitions.operations) {
    const inPath = [...operation.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
    expect(operation.description, operation.id).not.toBe('')
    expect(operation.pathParams, operation.id).toEqual(inPath)
    expect(operation.params.additionalProperties, operation.id).toBe(false)
    for (const name of [operation.result.type, ...(operation.result.alternatives ?? [])]) {
      expect(definitions.objects, operation.id).toHaveProperty([name])
    }
  }
})

test('every reference leads to an object type, and params need none', () => {
  const referenced = new Set<string>()
  for (const schema of Object.values(definitions.objects)) {
    visit(schema, (each) => {
      if (each.$ref !== undefined) referenced.add(each.$ref.replace('#/objects/', ''))
      if (each['x-expandable'] !== undefined) referenced.add(each['x-expandable'])
    })
  }
  expect([...referenced].filter((name) => !Object.hasOwn(definitions.objects, name))).toEqual([])
  for (const { id, params } of definitions.operations) {
    visit(params, (each) => expect(each.$ref, id).toBeUndefined())
  }
})

test('texts carry no markup and no addresses of links', () => {
  const marked: string[] = []
  const look = ({ description = '' }: JsonSchema): void => {
    if (/<\/?(?:a|p|br|code|b|i|li|ul)\b|\]\((?:http|\/)|&(?:amp|lt|gt|quot);|\s\s|\n/.test(description))
      marked.push(description)
  }
  for (const operation of definitions.operations) {
    look(operation)
    visit(operation.params, look)
  }
  for (const schema of Object.values(definitions.objects)) visit(schema, look)
  expect(marked).toEqual([])
})

test.each([
  ['customers.create', 'POST', '/v1/customers', 'object', 'Customer'],
  ['customers.retrieve', 'GET', '/v1/customers/{id}', 'object', 'Customer'],
  ['customers.del', 'DELETE', '/v1/customers/{id}', 'object', 'DeletedCustomer'],
  ['customers.retrieveTaxId', 'GET', '/v1/customers/{customerId}/tax_ids/{id}', 'object', 'TaxId'],
  ['customers.listSources', 'GET', '/v1/customers/{id}/sources', 'list', 'CustomerSource'],
  ['refunds.create', 'POST', '/v1/refunds', 'object', 'Refund'],
  ['paymentIntents.confirm', 'POST', '/v1/payment_intents/{id}/confirm', 'object', 'PaymentIntent'],
  ['invoices.createPreview', 'POST', '/v1/invoices/create_preview', 'object', 'Invoice'],
  ['subscriptions.cancel', 'DELETE', '/v1/subscriptions/{id}', 'object', 'Subscription'],
  ['subscriptions.pause', 'POST', '/v1/subscriptions/{id}/pause', 'object', 'Subscription'],
  ['charges.search', 'GET', '/v1/charges/search', 'search', 'Charge'],
  ['checkout.sessions.listLineItems', 'GET', '/v1/checkout/sessions/{id}/line_items', 'list', 'LineItem'],
  ['billingPortal.sessions.create', 'POST', '/v1/billing_portal/sessions', 'object', 'BillingPortal.Session'],
  [
    'testHelpers.testClocks.advance',
    'POST',
    '/v1/test_helpers/test_clocks/{id}/advance',
    'object',
    'TestHelpers.TestClock',
  ],
  ['accounts.retrieveCurrent', 'GET', '/v1/account', 'object', 'Account'],
  ['v2.core.events.list', 'GET', '/v2/core/events', 'list', 'V2.Core.Event'],
  [
    'v2.core.accounts.persons.update',
    'POST',
    '/v2/core/accounts/{accountId}/persons/{id}',
    'object',
    'V2.Core.AccountPerson',
  ],
  ['v2.billing.meterEventStream.create', 'POST', '/v2/billing/meter_event_stream', 'object', 'NoContent'],
])('%s is %s %s and answers with the %s type %s', (id, method, path, kind, type) => {
  const operation = operationById(definitions, id)
  expect(operation).toMatchObject({ method, path, result: { kind, type } })
})

test('three operations go to another host', () => {
  const elsewhere = definitions.operations
    .filter(({ host }) => host !== undefined)
    .map(({ id, host }) => [id, host])
  expect(elsewhere).toEqual([
    ['files.create', 'files'],
    ['quotes.pdf', 'files'],
    ['v2.billing.meterEventStream.create', 'meter_events'],
  ])
})

test('a deleted customer may come back where a customer was asked for', () => {
  expect(operationById(definitions, 'customers.retrieve').result.alternatives).toEqual(['DeletedCustomer'])
})

test('params of a refund', () => {
  const { description, params } = operationById(definitions, 'refunds.create')
  expect(description).toMatch(/^When you create a new refund, you must specify a Charge or a PaymentIntent/)
  expect(Object.keys(params.properties ?? {}).sort()).toEqual([
    'amount',
    'charge',
    'currency',
    'customer',
    'expand',
    'instructions_email',
    'metadata',
    'origin',
    'payment_intent',
    'reason',
    'refund_application_fee',
    'reverse_transfer',
  ])
  expect(params.required).toBeUndefined()
  expect(params.properties).toMatchObject({
    amount: { type: 'integer' },
    expand: { type: 'array', items: { type: 'string' } },
    origin: { type: 'string', const: 'customer_balance' },
    reason: {
      type: 'string',
      enum: ['duplicate', 'fraudulent', 'requested_by_customer'],
      'x-open-enum': true,
    },
    metadata: {
      anyOf: [
        { type: 'object', additionalProperties: { type: ['string', 'number', 'null'] } },
        { type: 'string', const: '' },
      ],
    },
  })
})

test('params hold no path params, take pagination and ranges, and say what is required', () => {
  expect(operationById(definitions, 'paymentIntents.confirm').params.properties).not.toHaveProperty('id')
  expect(operationById(definitions, 'paymentIntents.create').params.required).toEqual(['amount', 'currency'])
  expect(operationById(definitions, 'charges.search').params.required).toEqual(['query'])
  expect(operationById(definitions, 'customers.list').params.properties).toMatchObject({
    created: { anyOf: [{ type: 'object', properties: { gte: { type: 'integer' } } }, { type: 'integer' }] },
    ending_before: { type: 'string' },
    limit: { type: 'integer' },
    starting_after: { type: 'string' },
  })
})

test('unions in params: a word or a time, nested types written out, decimals as strings', () => {
  const { properties } = operationById(definitions, 'subscriptions.create').params
  expect(properties?.['trial_end']?.anyOf).toEqual([{ type: 'string', const: 'now' }, { type: 'integer' }])
  expect(properties?.['items']?.items?.properties?.['price_data']).toMatchObject({
    additionalProperties: false,
    properties: { unit_amount: { type: 'integer' }, unit_amount_decimal: { type: 'string' } },
    required: ['currency', 'product', 'recurring'],
  })
})

test('a refund: expandable, nullable and optional fields', () => {
  const refund = definitions.objects['Refund']
  expect(refund?.required).toContain('charge')
  expect(refund?.required).not.toContain('failure_reason')
  expect(refund?.properties).toMatchObject({
    object: { type: 'string', const: 'refund' },
    amount: { type: 'integer' },
    charge: {
      anyOf: [{ type: 'string' }, { $ref: '#/objects/Charge' }, { type: 'null' }],
      'x-expandable': 'Charge',
    },
    destination_details: { $ref: '#/objects/Refund.DestinationDetails' },
    metadata: { type: ['object', 'null'], additionalProperties: { type: 'string' } },
    status: { type: ['string', 'null'] },
  })
})

test('a charge: a deleted customer behind the id, an embedded list, an open enum, a nested type', () => {
  const charge = definitions.objects['Charge']?.properties
  expect(charge?.['customer']).toMatchObject({
    anyOf: [
      { type: 'string' },
      { $ref: '#/objects/Customer' },
      { $ref: '#/objects/DeletedCustomer' },
      { type: 'null' },
    ],
    'x-expandable': 'Customer',
  })
  expect(charge?.['payment_method_details']).toMatchObject({
    anyOf: [{ $ref: '#/objects/Charge.PaymentMethodDetails' }, { type: 'null' }],
  })
  expect(charge?.['status']).toMatchObject({ enum: ['failed', 'pending', 'succeeded'] })
  expect(charge?.['refunds']).toMatchObject({
    type: ['object', 'null'],
    properties: { object: { const: 'list' }, data: { items: { $ref: '#/objects/Refund' } } },
  })
  expect(definitions.objects['Charge.PaymentMethodDetails']?.properties).toHaveProperty('card')
})

test('an event is one of many, told apart by its type', () => {
  const branches = definitions.objects['Event']?.anyOf ?? []
  expect(branches).toHaveLength(275)
  expect(definitions.objects['ChargeRefundedEvent']?.properties).toMatchObject({
    object: { const: 'event' },
    type: { const: 'charge.refunded' },
    data: { $ref: '#/objects/ChargeRefundedEvent.Data' },
  })
  expect(definitions.objects['ChargeRefundedEvent.Data']?.properties).toMatchObject({
    object: { $ref: '#/objects/Charge' },
    previous_attributes: { type: 'object', additionalProperties: true },
  })
})

test('the field that marks a deleted customer is not one of a customer', () => {
  expect(definitions.objects['Customer']?.properties).not.toHaveProperty('deleted')
  expect(definitions.objects['DeletedCustomer']?.properties?.['deleted']).toMatchObject({
    type: 'boolean',
    const: true,
  })
})

test('numbers are integers but for the fields that may carry a fraction', () => {
  const fractional = new Set<string>()
  for (const { params } of definitions.operations) collectFractional(params, '', fractional)
  for (const schema of Object.values(definitions.objects)) collectFractional(schema, '', fractional)
  expect([...fractional].sort()).toEqual([
    'account_trust_score',
    'aggregated_value',
    'amount_percent',
    'application_fee_percent',
    'cb_score',
    'device_trust_score',
    'dispute_rate',
    'effective_percentage',
    'exchange_rate',
    'height',
    'invalid_account_number_decline_rate_past_hour',
    'invalid_credentials_decline_rate_past_hour',
    'latitude',
    'length',
    'longitude',
    'network_risk_score',
    'percent',
    'percent_off',
    'percent_ownership',
    'percentage',
    'percentages',
    'rates',
    'risk_score',
    'score',
    'weight',
    'width',
  ])
})

/** The names of fields that are a `number`, alone or in a list, map or union. */
function collectFractional(schema: JsonSchema, name: string, found: Set<string>): void {
  const types = [schema.type ?? []].flat()
  // The values of metadata are whatever the caller likes.
  if (types.includes('number') && !types.includes('string')) found.add(name)
  for (const [key, property] of Object.entries(schema.properties ?? {}))
    collectFractional(property, key, found)
  for (const branch of schema.anyOf ?? []) collectFractional(branch, name, found)
  if (schema.items) collectFractional(schema.items, name, found)
  if (typeof schema.additionalProperties === 'object')
    collectFractional(schema.additionalProperties, name, found)
}

function visit(schema: JsonSchema, look: (schema: JsonSchema) => void): void {
  look(schema)
  const inside = [...Object.values(schema.properties ?? {}), ...(schema.anyOf ?? [])]
  if (schema.items) inside.push(schema.items)
  if (typeof schema.additionalProperties === 'object') inside.push(schema.additionalProperties)
  for (const each of inside) visit(each, look)
}
