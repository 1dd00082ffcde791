import { expect, test } from 'vitest'
import { refusal, startSandbox } from '../../test/harness.ts'
import type { TestSandbox } from '../../test/harness.ts'

const SECOND = 1
const MINUTE = 60

async function debit({ stripe }: TestSandbox, iban: string) {
  const account = await stripe.paymentMethods.create({
    type: 'sepa_debit',
    sepa_debit: { iban },
    billing_details: { name: 'Bob', email: 'bob@example.com' },
  })
  return stripe.paymentIntents.create({
    amount: 1000,
    currency: 'eur',
    payment_method: account.id,
    allowed_payment_method_types: ['sepa_debit'],
    confirm: true,
  })
}

test('a debit is processed until the bank has answered, by the test account at once or after minutes', async () => {
  const t = await startSandbox()
  const quick = await debit(t, 'AT611904300234573201')
  const slow = await debit(t, 'AT321904300235473204')
  expect(quick).toMatchObject({ status: 'processing', payment_method_types: ['sepa_debit'] })
  t.advance(10 * SECOND)
  const paid = await t.stripe.paymentIntents.retrieve(quick.id, { expand: ['latest_charge'] })
  expect(paid).toMatchObject({
    status: 'succeeded',
    amount_received: 1000,
    latest_charge: { paid: true, payment_method_details: { type: 'sepa_debit' } },
  })
  expect((await t.stripe.paymentIntents.retrieve(slow.id)).status).toBe('processing')
  t.advance(4 * MINUTE)
  expect((await t.stripe.paymentIntents.retrieve(slow.id)).status).toBe('succeeded')
})

test('a debit that the bank refuses leaves an error and a failed charge', async () => {
  const t = await startSandbox()
  const { id } = await debit(t, 'AT861904300235473202')
  t.advance(10 * SECOND)
  expect(await t.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] })).toMatchObject({
    status: 'requires_payment_method',
    last_payment_error: { code: 'payment_intent_payment_attempt_failed' },
    latest_charge: { status: 'failed', balance_transaction: null },
  })
})

test('a debit cannot be confirmed twice, refunded before it is paid, or made in dollars', async () => {
  const t = await startSandbox()
  const { id } = await debit(t, 'AT321904300235473204')
  const again = await refusal(t.stripe.paymentIntents.confirm(id))
  expect(again.code).toBe('payment_intent_unexpected_state')
  expect((await refusal(t.stripe.refunds.create({ payment_intent: id }))).statusCode).toBe(400)
  const card = t.stripe.paymentIntents.create({
    amount: 1000,
    currency: 'eur',
    payment_method: 'pm_card_visa',
    allowed_payment_method_types: ['sepa_debit'],
    confirm: true,
  })
  expect((await refusal(card)).code).toBe('payment_intent_incompatible_payment_method')
})
