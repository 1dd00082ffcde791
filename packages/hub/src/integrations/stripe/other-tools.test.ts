import { loadDefinitions, type Definitions } from '@clawlink/stripe-definitions'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Integration } from '../define.ts'
import { createCatalog, type Catalog } from './catalog.ts'
import { idName } from './other-tools.ts'
import { openTestStripe, plan } from './test-stripe.ts'

let definitions: Definitions
let catalog: Catalog
let stripe: Integration

beforeAll(async () => {
  definitions = await loadDefinitions()
  catalog = createCatalog(definitions)
  stripe = await openTestStripe()
})

describe('every operation of Stripe', () => {
  test('is a tool, curated or not, but for the three that are no JSON requests to api.stripe.com', () => {
    const offered = new Set([...catalog.curated, ...catalog.others].map(({ operation }) => operation.id))
    const missing = definitions.operations.map(({ id }) => id).filter((id) => !offered.has(id))
    expect(missing.toSorted()).toEqual(['files.create', 'quotes.pdf', 'v2.billing.meterEventStream.create'])
  })

  test('has a name of its own, made from the SDK’s resource and method', () => {
    const names = [...catalog.curated, ...catalog.others].map(({ tool }) => tool.name)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^stripe_[a-z][a-z0-9_]*$/)
    expect(stripe.tool('stripe_customers_create_tax_id').description).not.toBe('')
    expect(stripe.tool('stripe_checkout_sessions_list_line_items').mode).toBe('read')
  })

  test('that a curated tool sends has no second name around its preview', () => {
    for (const id of ['stripe_refunds_create', 'stripe_customers_del', 'stripe_subscriptions_cancel'])
      expect(() => stripe.tool(id)).toThrow(expect.objectContaining({ code: 'tool_not_found' }))
  })

  test('is described in a sentence, with all its parameters on demand', () => {
    for (const { card, operation } of catalog.others) {
      expect(card.description.length, card.name).toBeGreaterThan(0)
      const full = card.schema({ full: true })
      for (const name of [
        ...operation.pathParams.map(idName),
        ...Object.keys(operation.params.properties ?? {}),
      ])
        expect(Object.hasOwn(full.properties ?? {}, name), `${card.name} ${name}`).toBe(true)
    }
  })
})

describe('its effect', () => {
  test('is read for what changes nothing, and for nothing else', () => {
    for (const { card, operation } of catalog.others)
      expect(card.effect === 'read', card.name).toBe(operation.method === 'GET')
  })

  test.each([
    ['stripe_transfers_create', 'money'],
    ['stripe_products_del', 'money'],
    ['stripe_webhook_endpoints_create', 'money'],
    ['stripe_accounts_create', 'money'],
    ['stripe_issuing_cards_create', 'money'],
    ['stripe_quotes_accept', 'money'],
    ['stripe_invoices_pay', 'money'],
    ['stripe_v2_money_management_outbound_payments_create', 'money'],
    ['stripe_apps_secrets_create', 'money'],
    ['stripe_ephemeral_keys_create', 'money'],
    ['stripe_tax_rates_create', 'change'],
    ['stripe_disputes_update', 'change'],
    ['stripe_payment_links_create', 'change'],
    ['stripe_tax_calculations_create', 'draft'],
    ['stripe_reporting_report_runs_create', 'draft'],
    ['stripe_test_helpers_test_clocks_advance', 'draft'],
    ['stripe_quotes_create', 'draft'],
  ])('of %s is %s', (name, effect) => {
    expect(stripe.tool(name).effect).toBe(effect)
  })

  test('is money where nobody has classified it', () => {
    const unclassified = catalog.others.filter(({ card }) => card.effect === 'money')
    // Each of them is a POST or a DELETE that may move money, end something, or open a door.
    expect(unclassified.length).toBeGreaterThan(100)
    for (const { operation } of unclassified) expect(operation.method).not.toBe('GET')
  })
})

describe('a write without an explanation of its own', () => {
  test('shows what it sends beside what is there, and asks for a person', async () => {
    const { description, request, reads } = await plan(
      stripe,
      'stripe_tax_rates_update',
      { id: 'txr_1QpTx4mZc7kW1rB', active: false },
      { 'taxRates.retrieve': { id: 'txr_1QpTx4mZc7kW1rB', object: 'tax_rate', active: true } },
    )
    expect(reads).toEqual(['GET /v1/tax_rates/txr_1QpTx4mZc7kW1rB'])
    expect(request).toEqual({
      method: 'POST',
      path: '/v1/tax_rates/txr_1QpTx4mZc7kW1rB',
      body: 'active=false',
    })
    expect(description).toMatchObject({
      changes: [{ what: 'active', before: 'true', after: 'false' }],
      alsoSends: [{ param: 'active', value: 'false' }],
      uninterpreted: ['active'],
    })
    expect(description.irreversible).not.toBe('')
  })

  test('becomes stale when the object changes', async () => {
    const of = (active: boolean) =>
      plan(
        stripe,
        'stripe_tax_rates_update',
        { id: 'txr_1QpTx4mZc7kW1rB', active: false },
        { 'taxRates.retrieve': { id: 'txr_1QpTx4mZc7kW1rB', object: 'tax_rate', active } },
      )
    expect((await of(true)).facts).not.toEqual((await of(false)).facts)
  })

  test('of the second API is sent as JSON, and read back from it', async () => {
    const { request, description } = await plan(stripe, 'stripe_v2_core_event_destinations_create', {
      name: 'My events',
      type: 'webhook_endpoint',
      enabled_events: ['v1.billing.meter.no_meter_found'],
      event_payload: 'thin',
    })
    expect(request.path).toBe('/v2/core/event_destinations')
    expect(JSON.parse(request.body)).toMatchObject({ name: 'My events', event_payload: 'thin' })
    expect(description.uninterpreted).toContain('event_payload')
  })

  test('names in the path are required, one by one', () => {
    const card = stripe.tool('stripe_customers_delete_tax_id')
    expect(card.schema({ full: false }).required).toEqual(['customer_id', 'id'])
    expect(() => stripe.checkParams(card, { customer_id: 'cus_QpTx4mZc7kW1rB' })).toThrow('"id" is required')
  })
})
