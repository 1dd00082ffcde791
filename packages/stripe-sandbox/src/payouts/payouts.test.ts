import type { Stripe } from 'stripe'
import { expect, test } from 'vitest'
import { START_SECONDS, pay, refusal, startSandbox } from '../../test/harness.ts'

const TWO_DAYS = 2 * 86_400

async function available(stripe: Stripe, currency = 'usd') {
  const { available: parts } = await stripe.balance.retrieve()
  return parts.find((part) => part.currency === currency)?.amount
}

/** A balance of 9,680 that can be paid out. */
async function rich() {
  const started = await startSandbox()
  await pay(started.stripe, { amount: 10_000, payment_method: 'pm_card_bypassPending' })
  return started
}

test('a payout leaves the balance at once and arrives two days later', async () => {
  const { stripe, advance } = await rich()
  const payout = await stripe.payouts.create({ amount: 5000, currency: 'usd', metadata: { k: 'v' } })
  expect(payout).toMatchObject({
    status: 'pending',
    amount: 5000,
    automatic: false,
    method: 'standard',
    type: 'bank_account',
    arrival_date: START_SECONDS + TWO_DAYS,
  })
  expect(await available(stripe)).toBe(4680)
  const { data } = await stripe.balanceTransactions.list({ source: payout.id, expand: ['data.source'] })
  expect(data).toMatchObject([
    { id: payout.balance_transaction, amount: -5000, type: 'payout', source: { id: payout.id } },
  ])
  advance(TWO_DAYS)
  expect((await stripe.payouts.retrieve(payout.id)).status).toBe('paid')
  expect((await stripe.payouts.list({ status: 'paid' })).data).toHaveLength(1)
  expect((await stripe.payouts.list({ status: 'pending' })).data).toEqual([])
  const [paid] = (await stripe.events.list({ type: 'payout.paid' })).data
  expect(paid?.created).toBe(START_SECONDS + TWO_DAYS)
  expect(await refusal(stripe.payouts.cancel(payout.id))).toMatchObject({ statusCode: 400 })
  expect(
    (await refusal(stripe.balanceTransactions.list({ payout: payout.id }).then((page) => page))).message,
  ).toBe('Balance transaction history can only be filtered on automatic transfers, not manual.')
})

test('money that is not there, or still pending, cannot be paid out', async () => {
  const { stripe } = await rich()
  const error = await refusal(stripe.payouts.create({ amount: 9681, currency: 'usd' }))
  expect(error).toMatchObject({ statusCode: 400, code: 'balance_insufficient' })
  await pay(stripe, { amount: 10_000 })
  expect((await refusal(stripe.payouts.create({ amount: 9681, currency: 'usd' }))).code).toBe(
    'balance_insufficient',
  )
  expect((await refusal(stripe.payouts.create({ amount: 100, currency: 'eur' }))).message).toContain(
    "you don't have any external accounts in that currency (eur)",
  )
  expect(
    (await refusal(stripe.payouts.create({ amount: 100, currency: 'usd', destination: 'ba_no' }))).code,
  ).toBe('resource_missing')
  expect((await stripe.payouts.list()).data).toEqual([])
})

test('a pending payout is canceled and its money is back', async () => {
  const { stripe } = await rich()
  const { id } = await stripe.payouts.create({ amount: 5000, currency: 'usd' })
  expect((await stripe.payouts.cancel(id)).status).toBe('canceled')
  expect(await available(stripe)).toBe(9680)
  expect((await stripe.balanceTransactions.list({ type: 'payout_cancel' })).data).toMatchObject([
    { amount: 5000 },
  ])
  expect((await refusal(stripe.payouts.cancel(id))).message).toContain('canceled')
  expect((await stripe.payouts.update(id, { metadata: { k: 'v' } })).metadata).toEqual({ k: 'v' })
  expect((await stripe.events.list({ type: 'payout.*' })).data.map(({ type }) => type).reverse()).toEqual([
    'payout.created',
    'payout.canceled',
    'payout.updated',
  ])
})

test('an instant payout arrives within half an hour', async () => {
  const { stripe, advance } = await rich()
  const { id } = await stripe.payouts.create({ amount: 5000, currency: 'usd', method: 'instant' })
  advance(30 * 60)
  expect(await stripe.payouts.retrieve(id)).toMatchObject({ status: 'paid', method: 'instant' })
})

test('a payout to the failing bank account fails, and its money is back', async () => {
  const { stripe, advance } = await rich()
  const account = await stripe.accounts.retrieveCurrent()
  const bank = await stripe.accounts.createExternalAccount(account.id, {
    external_account: {
      object: 'bank_account',
      account_number: '000111111116',
      routing_number: '110000000',
      country: 'US',
      currency: 'usd',
    },
  })
  expect(JSON.stringify(bank)).not.toContain('000111111116')
  const { id } = await stripe.payouts.create({ amount: 5000, currency: 'usd', destination: bank.id })
  advance(TWO_DAYS)
  expect(
    await stripe.payouts.retrieve(id, { expand: ['destination', 'failure_balance_transaction'] }),
  ).toMatchObject({
    status: 'failed',
    failure_code: 'no_account',
    destination: { last4: '1116', status: 'errored' },
    failure_balance_transaction: { amount: 5000, type: 'payout_failure' },
  })
  expect(await available(stripe)).toBe(9680)
  expect((await stripe.events.list({ type: 'payout.failed' })).data).toHaveLength(1)
})

test('a paid payout is reversed once', async () => {
  const { stripe, advance } = await rich()
  const { id } = await stripe.payouts.create({ amount: 5000, currency: 'usd' })
  expect((await refusal(stripe.payouts.reverse(id))).statusCode).toBe(400)
  advance(TWO_DAYS)
  const reversal = await stripe.payouts.reverse(id)
  expect(reversal).toMatchObject({ amount: -5000, original_payout: id })
  expect((await stripe.payouts.retrieve(id)).reversed_by).toBe(reversal.id)
  expect(await available(stripe)).toBe(9680)
  expect((await refusal(stripe.payouts.reverse(id))).statusCode).toBe(400)
})

test('the account has a bank account, and takes more', async () => {
  const { stripe, client } = await startSandbox()
  const account = await stripe.accounts.retrieveCurrent()
  const [first] = account.external_accounts?.data ?? []
  expect(first).toMatchObject({ object: 'bank_account', last4: '6789', default_for_currency: true })
  const external_account = {
    object: 'bank_account',
    account_number: 'DE89370400440532013000',
    country: 'DE',
    currency: 'eur',
  } as const
  const second = await stripe.accounts.createExternalAccount(account.id, { external_account })
  expect(second).toMatchObject({ last4: '3000', default_for_currency: true, currency: 'eur' })
  expect((await stripe.accounts.listExternalAccounts(account.id)).data).toHaveLength(2)
  await stripe.accounts.updateExternalAccount(account.id, second.id, { metadata: { k: 'v' } })
  expect(await stripe.accounts.retrieveExternalAccount(account.id, second.id)).toMatchObject({
    metadata: { k: 'v' },
  })
  expect((await stripe.accounts.deleteExternalAccount(account.id, second.id)).deleted).toBe(true)
  expect((await stripe.accounts.listExternalAccounts(account.id)).data).toHaveLength(1)
  const foreign = client('sk_test_bob').accounts.createExternalAccount(account.id, { external_account })
  expect((await refusal(foreign)).statusCode).toBe(403)
})
