import { beforeAll, expect, test } from 'vitest'
import type { Integration, Params } from '../../../define.ts'
import { INTENT, JANE, openTestStripe, plan, VISA } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const MASTERCARD = {
  id: 'pm_1Mastercard',
  object: 'payment_method',
  card: { brand: 'mastercard', last4: '4444' },
}
const confirm = (changes: Params = {}, params: Params = {}) =>
  plan(
    stripe,
    'stripe_confirm_payment_intent',
    { payment_intent_id: INTENT.id, ...params },
    { 'paymentIntents.retrieve': { ...INTENT, ...changes }, 'paymentMethods.retrieve': MASTERCARD },
  )

test('the amount of the intent is charged, on its card, for its customer', async () => {
  const { description, request, facts, effect } = await confirm()
  expect(request).toEqual({
    method: 'POST',
    path: `/v1/payment_intents/${INTENT.id}/confirm`,
    body: '',
  })
  expect(description).toMatchObject({
    summary: `Charge $50.00 on Visa ••4242 for Jane Doe <jane@example.com> (${JANE.id}) (${INTENT.id})`,
    changes: [
      {
        what: 'Payment status',
        before: 'requires_confirmation',
        after: 'succeeded, if the bank agrees',
        check: { path: 'status', value: 'succeeded' },
      },
      {
        what: 'Charged',
        before: '$0.00',
        after: '$50.00 (5000 usd)',
        check: { path: 'amount_received', value: 5000 },
      },
      { what: 'For', before: null, after: 'Order 7' },
    ],
    warnings: [],
    uninterpreted: [],
  })
  expect(facts).toEqual({
    status: 'requires_confirmation',
    amount: 5000,
    currency: 'usd',
    payment_method: VISA.id,
    capture_method: 'automatic',
    customer: `Jane Doe <jane@example.com> (${JANE.id})`,
    description: 'Order 7',
  })
  expect(effect).toBe('money')
})

test('a payment method that is given is the one that is shown and sent', async () => {
  const { description, sent, facts } = await confirm({}, { payment_method: MASTERCARD.id })
  expect(description.summary).toContain('Mastercard ••4444')
  expect(sent).toEqual({ payment_method: MASTERCARD.id })
  expect(facts['payment_method']).toBe(MASTERCARD.id)
})

test('held or charged: what is sent counts before what the intent says', async () => {
  const summary = async (intent: Params, params: Params = {}) =>
    (await confirm(intent, params)).description.summary
  expect(await summary({ capture_method: 'manual' })).toMatch(/^Hold \$50\.00/)
  expect(await summary({ capture_method: 'manual' }, { capture_method: 'automatic' })).toMatch(/^Charge/)
  expect(await summary({}, { capture_method: 'manual' })).toMatch(/^Hold/)
  const { description } = await confirm({}, { capture_method: 'manual' })
  expect(description.changes.map((change) => change.check)).toMatchObject([
    { path: 'status', value: 'requires_capture' },
    { path: 'amount_capturable', value: 5000 },
    undefined,
  ])
  expect(description.uninterpreted).toEqual(['capture_method'])
})

test.each(['succeeded', 'canceled', 'processing', 'requires_capture', 'new_status'])(
  'an intent that is %s cannot be confirmed',
  async (status) => {
    await expect(confirm({ status })).rejects.toMatchObject({
      code: 'invalid_state',
      message: expect.stringContaining(status),
      nextStep: expect.stringMatching(/stripe_|Tell the user|tell the user/),
    })
  },
)

test('an intent without a payment method needs one', async () => {
  const bare = { status: 'requires_payment_method', payment_method: null }
  await expect(confirm(bare)).rejects.toMatchObject({ code: 'missing_payment_method' })
  expect((await confirm(bare, { payment_method: MASTERCARD.id })).description.summary).toContain('4444')
})

test('an intent whose amount cannot be read is not confirmed', async () => {
  await expect(confirm({ amount: '5000' })).rejects.toThrow(TypeError)
})

test('other payment data than the card that is shown raises the assurance', async () => {
  const { description } = await confirm({}, { confirmation_token: 'ctoken_1MtwBwQpTx4mZc7k' })
  expect(description.uninterpreted).toEqual(['confirmation_token'])
})

test('yen have no cents', async () => {
  expect((await confirm({ currency: 'jpy' })).description.summary).toContain('Charge ¥5,000 on')
})

test('a page of a bank needs a way back, unless nobody is there to see it', async () => {
  const automatic = { automatic_payment_methods: { enabled: true, allow_redirects: 'always' } }
  await expect(confirm(automatic)).rejects.toMatchObject({
    code: 'invalid_params',
    nextStep: expect.stringContaining('return_url'),
  })
  for (const params of [{ return_url: 'https://shop.test/back' }, { off_session: true }])
    expect((await confirm(automatic, params)).effect).toBe('money')
  const never = { automatic_payment_methods: { enabled: true, allow_redirects: 'never' } }
  expect((await confirm(never)).effect).toBe('money')
})

test('a card of somebody else is refused, and a receipt and another currency are warned of', async () => {
  const foreign = { ...MASTERCARD, customer: 'cus_Other42x9Kd' }
  await expect(
    plan(
      stripe,
      'stripe_confirm_payment_intent',
      { payment_intent_id: INTENT.id, payment_method: MASTERCARD.id },
      { 'paymentIntents.retrieve': INTENT, 'paymentMethods.retrieve': foreign },
    ),
  ).rejects.toMatchObject({ code: 'payment_method_unusable' })
  const { description } = await confirm({ currency: 'eur', receipt_email: 'jane@example.com' })
  expect(description.warnings).toEqual([
    'This customer otherwise pays in USD.',
    'A receipt is sent to jane@example.com when the payment succeeds.',
  ])
})
