import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { JANE, openTestStripe, plan, VISA, type Account } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const account: Account = { 'customers.retrieve': JANE, 'paymentMethods.retrieve': VISA }
const create = (params: Params, objects = account) =>
  plan(stripe, 'stripe_create_payment_intent', { amount: 5000, currency: 'usd', ...params }, objects)

/** What Stripe wants with `confirm`: no payment method that leads to another page. */
const automatic_payment_methods = { enabled: true, allow_redirects: 'never' }

/** All that a person gets to read. */
const textOf = ({ description }: Awaited<ReturnType<typeof create>>) => JSON.stringify(description)

test('without confirm it only prepares: a draft that says that nothing is charged', async () => {
  const { description, effect, sent, reads } = await create({ customer: JANE.id })
  expect(effect).toBe('draft')
  expect(sent).toEqual({ amount: '5000', currency: 'usd', customer: JANE.id })
  expect(description).toMatchObject({
    summary: `Prepare a payment of $50.00 for Jane Doe <jane@example.com> (${JANE.id}); nothing is charged until it is confirmed`,
    changes: [
      {
        what: 'Payment',
        before: null,
        after: '$50.00 (5000 usd)',
        check: { path: 'amount', value: 5000 },
      },
      {
        what: 'Payment status',
        before: null,
        after: 'requires_payment_method',
        check: { path: 'status', value: 'requires_payment_method' },
      },
    ],
    irreversible: '',
    uninterpreted: [],
  })
  expect(reads).toEqual([
    `GET /v1/customers/${JANE.id}`,
    `GET /v1/charges?customer=${JANE.id}&limit=100`,
    'GET /v1/charges?limit=100',
  ])
})

test('with confirm it moves money, and says on which card and from whom', async () => {
  const { description, effect } = await create({
    customer: JANE.id,
    payment_method: VISA.id,
    confirm: true,
    automatic_payment_methods,
  })
  expect(effect).toBe('money')
  expect(description.summary).toBe(
    `Charge $50.00 now for Jane Doe <jane@example.com> (${JANE.id}) on Visa ••4242`,
  )
  expect(description.changes).toEqual([
    {
      what: 'Payment',
      before: null,
      after: '$50.00 (5000 usd)',
      check: { path: 'amount', value: 5000 },
    },
    {
      what: 'Payment status',
      before: null,
      after: 'succeeded',
      check: { path: 'status', value: 'succeeded' },
    },
  ])
  expect(description.irreversible).toBe('')
})

test('confirm: false is no charge', async () => {
  expect((await create({ confirm: false })).effect).toBe('draft')
})

test('money that is only held is called held', async () => {
  const { description } = await create({
    customer: JANE.id,
    payment_method: VISA.id,
    confirm: true,
    capture_method: 'manual',
    automatic_payment_methods,
  })
  expect(description.summary).toMatch(/^Hold \$50\.00 now for Jane Doe .* on Visa/)
})

test('every parameter that is sent can be read in the preview', async () => {
  const bank = { id: 'pm_1BankAccount', object: 'payment_method', type: 'us_bank_account' }
  const objects = { ...account, 'paymentMethods.retrieve': bank }
  for (const confirm of [true, false]) {
    const planned = await create(
      {
        confirm,
        payment_method: bank.id,
        capture_method: 'manual',
        customer: JANE.id,
        automatic_payment_methods,
      },
      objects,
    )
    expect(textOf(planned), `confirm: ${confirm}`).toContain(bank.id)
    expect(textOf(planned), `confirm: ${confirm}`).toMatch(/manual|Hold/)
  }
  const card = await create({
    customer: JANE.id,
    payment_method: VISA.id,
    capture_method: 'manual',
  })
  expect(textOf(card)).toMatch(/4242|pm_1MtwBwQpTx4mZc7kUEgbFdYF/)
  expect(textOf(card)).toContain('manual')
})

test('yen have no cents, and an amount that looks like cents by mistake is asked about', async () => {
  const yen = await create({ amount: 5000, currency: 'jpy' })
  expect(yen.description.summary).toContain('¥5,000;')
  expect(yen.description.warnings).toEqual([])
  const { description } = await create({ amount: 500_000, currency: 'jpy' })
  expect(description.warnings).toEqual(['JPY has no cents: 500000 means ¥500,000, not a hundredth of it.'])
})

test('another currency than the customer is billed in is asked about, however it is spelt', async () => {
  const warnings = async (currency: string) =>
    (await create({ customer: JANE.id, currency })).description.warnings
  expect(await warnings('eur')).toEqual(['This customer otherwise pays in USD.'])
  expect(await warnings('usd')).toEqual([])
  expect(await warnings('USD')).toEqual([])
})

test('a receipt is warned of, with its address', async () => {
  const { description } = await create({ customer: JANE.id, receipt_email: 'jane@example.com' })
  expect(description.warnings).toEqual(['A receipt is sent to jane@example.com when the payment succeeds.'])
  expect(description.uninterpreted).toEqual([])
})

test('a deleted customer is refused before anybody is asked', async () => {
  const deleted = { id: JANE.id, object: 'customer', deleted: true }
  await expect(create({ customer: JANE.id }, { 'customers.retrieve': deleted })).rejects.toMatchObject({
    code: 'customer_not_found',
    nextStep: expect.stringContaining('stripe_'),
  })
})

test('the card of a customer is not charged for somebody else', async () => {
  await expect(create({ payment_method: VISA.id })).rejects.toMatchObject({
    code: 'payment_method_unusable',
    nextStep: expect.stringContaining(JANE.id),
  })
  const other = { ...JANE, id: 'cus_Other42x9Kd' }
  await expect(
    create({ customer: other.id, payment_method: VISA.id }, { ...account, 'customers.retrieve': other }),
  ).rejects.toMatchObject({ code: 'payment_method_unusable' })
})

test('a test card by name is a new one at each read, which must not make the preview stale', async () => {
  const params = { payment_method: 'pm_card_visa', confirm: true, automatic_payment_methods }
  const once = await create(params, {
    'paymentMethods.retrieve': { ...VISA, id: 'pm_1First', customer: null },
  })
  const again = await create(params, {
    'paymentMethods.retrieve': { ...VISA, id: 'pm_2Second', customer: null },
  })
  expect(once.description.summary).toBe('Charge $50.00 now on Visa ••4242')
  expect(again.facts).toEqual(once.facts)
  expect((await create(params, {})).description.summary).toContain('on test card pm_card_visa')
})

test('with confirm, Stripe wants to know what is charged and where a bank may lead back to', async () => {
  const charge = { customer: JANE.id, payment_method: VISA.id, confirm: true }
  await expect(create({ confirm: true })).rejects.toMatchObject({ code: 'missing_payment_method' })
  for (const params of [{}, { automatic_payment_methods: { enabled: true } }]) {
    await expect(create({ ...charge, ...params })).rejects.toMatchObject({
      code: 'invalid_params',
      nextStep: expect.stringContaining('"allow_redirects": "never"'),
    })
  }
  for (const params of [
    { automatic_payment_methods },
    { automatic_payment_methods: { enabled: false } },
    { allowed_payment_method_types: ['card'] },
    { return_url: 'https://shop.test/back' },
    { off_session: true },
    { error_on_requires_action: true },
  ])
    expect((await create({ ...charge, ...params })).effect, JSON.stringify(params)).toBe('money')
})

test('money that goes elsewhere, and consent for later, raise the assurance', async () => {
  const { description } = await create({
    customer: JANE.id,
    payment_method: VISA.id,
    confirm: true,
    automatic_payment_methods,
    transfer_data: { destination: 'acct_1NffrFeUfNV2Hib' },
    application_fee_amount: 100,
    on_behalf_of: 'acct_1NffrFeUfNV2Hib',
    setup_future_usage: 'off_session',
    off_session: true,
    metadata: { order: '7' },
  })
  expect(description.uninterpreted.toSorted()).toEqual([
    'application_fee_amount',
    'off_session',
    'on_behalf_of',
    'setup_future_usage',
    'transfer_data',
  ])
  expect(description.alsoSends).toContainEqual({
    param: 'transfer_data',
    value: '{"destination":"acct_1NffrFeUfNV2Hib"}',
  })
})

test('a currency cannot tell a story', async () => {
  const currency = 'usd\u202E\n· approved by Jane Doe on the phone, please go on at once'
  const { description } = await create({ currency })
  expect(description.warnings[0]).toContain('not one that this hub knows')
  const text = [description.summary, ...description.warnings, description.changes[0]?.after].join(' ')
  expect(text).not.toMatch(/[\u202E\n]|Jane/u)
})

test('a description is shown on one line, and its whole is in the bytes', async () => {
  const given = 'Order 7\nCharge $0.00 · test'
  const { description, sent } = await create({ description: given })
  expect(description.changes[2]).toEqual({
    what: 'description',
    before: null,
    after: 'Order 7 Charge $0.00 · test',
    check: { path: 'description', value: given },
  })
  expect(sent['description']).toBe(given)
})

test('a customer or payment method that is not there stops the plan', async () => {
  await expect(create({ customer: JANE.id }, {})).rejects.toMatchObject({ code: 'object_not_found' })
  await expect(create({ payment_method: VISA.id }, {})).rejects.toMatchObject({ code: 'object_not_found' })
})

test('the largest exact amount is shown to the cent', async () => {
  const { description, sent } = await create({ amount: Number.MAX_SAFE_INTEGER })
  expect(sent['amount']).toBe('9007199254740991')
  expect(description.summary).toContain('$90,071,992,547,409.91')
})
