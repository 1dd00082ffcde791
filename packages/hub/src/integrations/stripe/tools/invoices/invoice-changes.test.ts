import { beforeAll, describe, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, VISA, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const LINE = { id: 'il_1QpTx4mZc7kW1rB', amount: 2000, currency: 'usd', description: 'Consulting' }

const INVOICE = {
  id: 'in_1QpTx4mZc7kW1rB',
  object: 'invoice',
  status: 'draft',
  number: null,
  currency: 'usd',
  customer: JANE,
  customer_name: JANE.name,
  customer_email: JANE.email,
  collection_method: 'charge_automatically',
  auto_advance: false,
  automatically_finalizes_at: null,
  default_payment_method: null,
  parent: null,
  subtotal: 2000,
  total: 2000,
  amount_due: 2000,
  amount_paid: 0,
  amount_remaining: 2000,
  post_payment_credit_notes_amount: 0,
  livemode: false,
  lines: { object: 'list', data: [LINE], has_more: false },
}

const call = (tool: string, params: Params, invoice: Params = {}, account: Account = {}) =>
  plan(
    stripe,
    tool,
    { invoice_id: INVOICE.id, ...params },
    { 'invoices.retrieve': { ...INVOICE, ...invoice }, ...account },
  )

describe('finalizing', () => {
  const finalize = (params: Params, invoice: Params = {}) => call('stripe_finalize_invoice', params, invoice)

  test('keeps the invoice’s own auto_advance, said in the bytes, and counts what is charged', async () => {
    const { sent, effect, stakes, description } = await finalize(
      {},
      { auto_advance: true, default_payment_method: VISA },
    )
    expect(sent).toEqual({ auto_advance: 'true' })
    expect({ effect, stakes }).toMatchObject({
      effect: 'money',
      stakes: { money: [{ amount: 2000, currency: 'usd' }], customer: JANE.id },
    })
    expect(description.changes[0]).toEqual({
      what: 'Status',
      before: 'draft',
      after: 'open, then paid if the payment succeeds',
    })
  })

  test.each<[string, Params, string]>([
    ['nothing to charge', { auto_advance: true }, 'the charge will fail'],
    ['no automatic collection', {}, 'nobody is charged or e-mailed'],
    ['an invoice that is sent', { auto_advance: true, collection_method: 'send_invoice' }, 'Stripe e-mails'],
    ['a credit', { total: -500, amount_due: 0 }, 'credit balance'],
    ['no lines', { lines: { data: [], has_more: false } }, 'no lines'],
  ])('warns of %s', async (_what, invoice, text) => {
    expect((await finalize({}, invoice)).description.warnings.join()).toContain(text)
  })

  test('the card is the invoice’s, else the subscription’s, else the customer’s', async () => {
    const card = (last4: string) => ({ ...VISA, card: { ...VISA.card, last4 } })
    const subscription = { id: 'sub_1QpTx4mZc7kW1rB', default_payment_method: card('2222') }
    const owner = { ...JANE, invoice_settings: { default_payment_method: card('3333') } }
    const parent = { subscription_details: { subscription } }
    const charged = async (invoice: Params) =>
      (await finalize({ auto_advance: true }, invoice)).description.summary
    const all = { default_payment_method: card('1111'), parent, customer: owner }
    expect(await charged(all)).toContain('••1111')
    expect(await charged({ ...all, default_payment_method: null })).toContain('••2222')
    expect(await charged({ customer: owner })).toContain('••3333')
  })

  test('more lines than can be shown are counted', async () => {
    const data = Array.from({ length: 12 }, () => LINE)
    const { description } = await finalize({}, { lines: { data, has_more: false } })
    const lines = description.changes.filter(({ what }) => what === 'Line')
    expect(lines).toHaveLength(11)
    expect(lines.at(-1)?.after).toBe('and 2 more lines')
  })
})

describe('sending', () => {
  const SENT = { collection_method: 'send_invoice' }

  test('in live mode says who gets the e-mail: of a draft the customer’s present address', async () => {
    const moved = { ...JANE, email: 'new@example.com' }
    const row = async (invoice: Params) =>
      (await call('stripe_send_invoice', {}, { ...SENT, livemode: true, ...invoice })).description.changes[0]
    expect(await row({ customer: moved })).toEqual({
      what: 'E-mail',
      before: null,
      after: 'the invoice to new@example.com',
    })
    expect((await row({ customer: moved, status: 'open' }))?.after).toBe('the invoice to jane@example.com')
  })

  test('another e-mail in between makes the preview stale', async () => {
    const events = (id: string): Account => ({
      'events.list': { data: [{ id, created: 1_800_000_000, data: { object: { id: INVOICE.id } } }] },
    })
    const [one, other] = await Promise.all(
      ['evt_1Qp', 'evt_2Qp'].map((id) => call('stripe_send_invoice', {}, SENT, events(id))),
    )
    expect(one?.description.warnings.join()).toContain('already sent on 2027-01-15 08:00 UTC')
    expect(other?.facts).not.toEqual(one?.facts)
  })

  test('a paid one can be sent, with a warning; without an address it cannot', async () => {
    const paid = await call('stripe_send_invoice', {}, { ...SENT, status: 'paid', amount_remaining: 0 })
    expect(paid.description.warnings.join()).toContain('paid already')
    const nobody = { ...SENT, customer: { ...JANE, email: null }, customer_email: null }
    await expect(call('stripe_send_invoice', {}, nobody)).rejects.toMatchObject({
      code: 'invalid_state',
      nextStep: expect.stringContaining('stripe_update_customer'),
    })
  })
})

describe('lines', () => {
  const PRICE = {
    id: 'price_1QpTx4mZc7kW1rB',
    active: true,
    currency: 'usd',
    unit_amount: null,
    unit_amount_decimal: '0.5',
    recurring: null,
  }
  const add = (line: Params, account: Account = {}) =>
    call('stripe_add_invoice_lines', { lines: [line] }, {}, { 'prices.retrieve': PRICE, ...account })
  const item = { id: 'ii_1QpTx4mZc7kW1rB', amount: 700, currency: 'usd', invoice: null }

  test.each<[string, Params, Account]>([
    ['two costs', { amount: 100, pricing: { price: PRICE.id } }, {}],
    ['no cost', { description: 'Nothing' }, {}],
    ['an amount for each', { amount: 100, quantity: 2 }, {}],
    [
      'an item of another invoice',
      { invoice_item: item.id },
      { 'invoiceItems.retrieve': { ...item, invoice: 'in_2' } },
    ],
    [
      'an item in another currency',
      { invoice_item: item.id },
      { 'invoiceItems.retrieve': { ...item, currency: 'eur' } },
    ],
    [
      'a price in another currency',
      { price_data: { currency: 'eur', product: 'prod_1Qp', unit_amount: 1 } },
      {},
    ],
    [
      'an archived price',
      { pricing: { price: PRICE.id } },
      { 'prices.retrieve': { ...PRICE, active: false } },
    ],
  ])('%s: refused before a person is asked', async (_what, line, account) => {
    await expect(add(line, account)).rejects.toMatchObject({ code: 'invalid_params' })
  })

  test('where Stripe has to round, no sum is promised', async () => {
    const whole = await add({ pricing: { price: PRICE.id }, quantity: 4 })
    expect(whole.description.changes.at(-1)).toMatchObject({ what: 'Subtotal', check: { value: 2002 } })
    const half = await add({ pricing: { price: PRICE.id }, quantity: 3 })
    expect(half.description.changes.at(-1)).toMatchObject({ what: 'Status' })
    expect(half.description.changes[0]?.after).toContain('Stripe works out the amount')
  })

  test('what is not told of a line raises the assurance', async () => {
    const taxed = await add({ amount: 100, tax_rates: ['txr_1Qp'] })
    expect(taxed.description.uninterpreted).toEqual(['lines'])
  })
})

describe('an invoice item', () => {
  const create = (params: Params, customer: Params = {}) =>
    plan(
      stripe,
      'stripe_create_invoice_item',
      { customer: JANE.id, description: 'Support', ...params },
      { 'customers.retrieve': { ...JANE, ...customer }, 'invoices.createPreview': nothing },
    )
  const nothing = (): never => {
    throw stripe.problemOf({
      kind: 'answer',
      status: 404,
      body: {
        error: {
          type: 'invalid_request_error',
          code: 'invoice_upcoming_none',
          message: 'No upcoming invoices',
        },
      },
      requestId: undefined,
      replayed: false,
      shouldRetry: undefined,
      retryAfterSeconds: undefined,
    })
  }

  test('takes the customer’s currency, said in the bytes; without any it asks', async () => {
    expect((await create({ amount: 500 })).sent).toMatchObject({ amount: '500', currency: 'usd' })
    await expect(create({ amount: 500 }, { currency: null })).rejects.toMatchObject({
      code: 'invalid_params',
      nextStep: expect.stringContaining('currency'),
    })
  })

  test('of another currency than the customer’s is warned of', async () => {
    const { description } = await create({ amount: 500, currency: 'eur' })
    expect(description.warnings.join()).toContain('otherwise pays in USD')
  })
})

describe('a credit note', () => {
  const credit = (params: Params, invoice: Params, account: Account = {}) =>
    plan(
      stripe,
      'stripe_create_credit_note',
      { invoice: INVOICE.id, ...params },
      {
        'invoices.retrieve': { ...INVOICE, ...invoice },
        'creditNotes.preview': (asked) => ({ amount: asked['amount'] ?? 700, currency: 'usd' }),
        ...account,
      },
    )
  const PAID = { status: 'paid', amount_paid: 2000, amount_remaining: 0 }

  test('counts refunds that were made before, in full unless less is said', async () => {
    const { sent, stakes } = await credit(
      { refunds: [{ refund: 're_1QpTx4mZc7' }], credit_amount: 200 },
      PAID,
      {
        'refunds.retrieve': { id: 're_1QpTx4mZc7', amount: 300 },
      },
    )
    expect(sent).toMatchObject({ amount: '500', 'refunds[0][amount_refunded]': '300' })
    expect(stakes).toMatchObject({ money: [{ amount: 500, currency: 'usd' }], customer: JANE.id })
  })

  test('of an open invoice takes no parts, and says when nothing is left', async () => {
    const open = { status: 'open' }
    await expect(credit({ refund_amount: 100 }, open)).rejects.toThrow('is for paid invoices')
    const whole = await credit({ amount: 2000 }, open)
    expect(whole.description.warnings.join()).toContain('counts as paid')
    expect(whole.description.irreversible).not.toBe('')
    expect((await credit({ amount: 100 }, open)).description.irreversible).toBe('')
  })

  test.each(['draft', 'void'])('of a %s one is refused, and the way out is named', async (status) => {
    await expect(credit({ amount: 100 }, { status })).rejects.toMatchObject({
      code: 'invalid_state',
      nextStep: expect.stringContaining('stripe_'),
    })
  })
})
