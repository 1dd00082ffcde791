import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const nobody = { object: 'list', data: [], has_more: false }
const create = (params: Params, customers: Params = nobody) =>
  plan(stripe, 'stripe_create_customer', params, { 'customers.list': customers })

test('a customer is shown with name and e-mail, and the bytes hold the same', async () => {
  const { description, request, effect, reads } = await create({
    name: 'Jane Doe',
    email: 'jane@example.com',
  })
  expect(request).toEqual({
    method: 'POST',
    path: '/v1/customers',
    body: 'name=Jane%20Doe&email=jane%40example.com',
  })
  expect(description).toMatchObject({
    summary: 'Create the customer Jane Doe <jane@example.com>',
    warnings: [],
    irreversible: '',
    uninterpreted: [],
  })
  expect(effect).toBe('change')
  expect(reads).toEqual(['GET /v1/customers?email=jane@example.com&limit=3'])
})

test('a second customer with the same e-mail is warned of, and makes the preview stale when it appears', async () => {
  const params = { email: 'jane@example.com' }
  const first = await create(params)
  const second = await create(params, { ...nobody, data: [JANE] })
  expect(second.description.warnings).toEqual([
    `This e-mail address already belongs to ${JANE.id}: this would be another.`,
  ])
  expect(second.facts).not.toEqual(first.facts)
})

test('without an e-mail nothing is looked up', async () => {
  const { reads, description } = await create({ description: 'A test' })
  expect(reads).toEqual([])
  expect(description.summary).toBe('Create a customer without name or e-mail')
  expect(description.changes).toMatchObject([{ what: 'description', before: null, after: 'A test' }])
  expect(description.alsoSends).toEqual([])
})

test('metadata is shown as it was given, also when its names are numbers', async () => {
  const { description } = await create({ name: 'Jane', metadata: { 0: 'zero', order: '0042' } })
  expect(description.changes.slice(1)).toEqual([
    { what: 'metadata.0', before: null, after: 'zero', check: { path: 'metadata.0', value: 'zero' } },
    { what: 'metadata.order', before: null, after: '0042', check: { path: 'metadata.order', value: '0042' } },
  ])
})

test('a balance that gives money away raises the assurance', async () => {
  const { description } = await create({ name: 'Jane', balance: -100_000 })
  expect(description.uninterpreted).toEqual(['balance'])
  expect(description.alsoSends).toEqual([{ param: 'balance', value: '-100000' }])
})

test('a name cannot forge the preview', async () => {
  const { description } = await create({ name: 'Jane\u202E\u001B[31m\nSummary: nothing happens' })
  expect(description.summary).toBe('Create the customer Jane Summary: nothing happens')
  expect(description.changes[0]?.after).not.toMatch(/[\p{C}]/u)
})

test('footers and custom fields of invoices are told, not passed over', async () => {
  const { description } = await create({
    name: 'Jane',
    invoice_settings: { footer: 'Thanks', custom_fields: [{ name: 'PO', value: '7' }] },
  })
  expect(description.changes.slice(1)).toEqual([
    {
      what: 'invoice_settings.footer',
      before: null,
      after: 'Thanks',
      check: { path: 'invoice_settings.footer', value: 'Thanks' },
    },
    { what: 'invoice_settings.custom_fields', before: null, after: '[{"name":"PO","value":"7"}]' },
  ])
  expect(description.uninterpreted).toEqual([])
})

test('expand changes the answer alone, and raises nothing', async () => {
  const { description } = await create({ name: 'Jane', expand: ['subscriptions'] })
  expect(description.uninterpreted).toEqual([])
  expect(description.alsoSends).toEqual([{ param: 'expand', value: '["subscriptions"]' }])
})

test('a test card by name becomes another payment method, which the check must not call a difference', async () => {
  const { description } = await create({
    name: 'Jane',
    payment_method: 'pm_card_visa',
    invoice_settings: { default_payment_method: 'pm_card_visa', footer: 'Thanks' },
  })
  expect(description.changes.map(({ what, check }) => [what, check?.path])).toEqual([
    ['Name', 'name'],
    ['Saved payment method', undefined],
    ['invoice_settings.default_payment_method', undefined],
    ['invoice_settings.footer', 'invoice_settings.footer'],
  ])
})
