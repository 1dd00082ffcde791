import { beforeAll, expect, test } from 'vitest'
import type { Definitions } from './definitions.ts'
import { findOperation, operationById } from './find-operation.ts'
import { loadDefinitions } from './load.ts'

let definitions: Definitions

beforeAll(async () => {
  definitions = await loadDefinitions()
})

test.each([
  ['GET', '/v1/customers', 'customers.list', {}],
  ['POST', '/v1/customers', 'customers.create', {}],
  ['get', '/v1/customers/cus_1', 'customers.retrieve', { id: 'cus_1' }],
  ['GET', '/v1/customers/search', 'customers.search', {}],
  ['DELETE', '/v1/customers/search', 'customers.del', { id: 'search' }],
  [
    'GET',
    '/v1/customers/cus_1/sources/card_1',
    'customers.retrieveSource',
    { customerId: 'cus_1', id: 'card_1' },
  ],
  ['GET', '/v1/coupons/SUMMER%2F25', 'coupons.retrieve', { id: 'SUMMER/25' }],
  ['POST', '/v1/invoices/create_preview', 'invoices.createPreview', {}],
])('%s %s is %s', (method, path, id, pathParams) => {
  const found = findOperation(definitions, method, path)
  expect(found?.operation.id).toBe(id)
  expect(found?.pathParams).toEqual(pathParams)
})

test.each([
  ['PUT', '/v1/customers'],
  ['GET', '/v1/customers/'],
  ['GET', '/v1/customers/cus_1/unheard_of'],
  ['GET', '/v1/coupons/%'],
  ['GET', ''],
  ['GET', '/v1/__proto__'],
  ['POST', '/oauth/token'],
])('%s %s is no operation', (method, path) => {
  expect(findOperation(definitions, method, path)).toBeUndefined()
})

test('every operation is found by its own path', () => {
  for (const operation of definitions.operations) {
    const path = operation.path.replace(/\{(\w+)\}/g, 'x_$1')
    const found = findOperation(definitions, operation.method, path)
    expect(found?.operation.id).toBe(operation.id)
    expect(found?.pathParams).toEqual(
      Object.fromEntries(operation.pathParams.map((name) => [name, `x_${name}`])),
    )
  }
})

test('an unknown id is refused with the one that was probably meant', () => {
  expect(operationById(definitions, 'refunds.create').path).toBe('/v1/refunds')
  expect(() => operationById(definitions, 'refund.create')).toThrow(
    "stripe 23.1.0 has no operation 'refund.create'. Did you mean 'refunds.create'?",
  )
  expect(() => operationById(definitions, '')).toThrow("has no operation ''.")
})
