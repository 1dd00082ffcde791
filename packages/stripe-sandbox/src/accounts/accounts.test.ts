import { expect, test } from 'vitest'
import { pay, refusal, startSandbox } from '../../test/harness.ts'

test('every key opens an account of its own, and sees nothing of the others', async () => {
  const { stripe: alice, client } = await startSandbox()
  const bob = client('sk_test_bob')
  const restricted = client('rk_test_alice')
  const { id } = await alice.customers.create({ email: 'jane@example.com' })
  const { charge } = await pay(alice)
  const accounts = await Promise.all(
    [alice, bob, restricted].map((stripe) => stripe.accounts.retrieveCurrent()),
  )
  expect(new Set(accounts.map((account) => account.id)).size).toBe(3)
  expect((await refusal(bob.customers.retrieve(id))).statusCode).toBe(404)
  expect((await refusal(bob.refunds.create({ charge: charge.id }))).code).toBe('resource_missing')
  expect((await bob.customers.list()).data).toEqual([])
  expect((await bob.events.list()).data).toEqual([])
  expect((await bob.balance.retrieve()).pending).toMatchObject([{ amount: 0 }])
  expect((await alice.accounts.retrieveCurrent()).id).toBe(accounts[0]?.id)
})

test('an idempotency key means nothing in another account', async () => {
  const { stripe: alice, client } = await startSandbox()
  const first = await alice.customers.create({ name: 'Jane' }, { idempotencyKey: 'same' })
  const second = await client('sk_test_bob').customers.create({ name: 'Joe' }, { idempotencyKey: 'same' })
  expect(second.id).not.toBe(first.id)
})

test('an account is read by its own id only', async () => {
  const { stripe } = await startSandbox()
  const account = await stripe.accounts.retrieveCurrent()
  expect(account).toMatchObject({
    object: 'account',
    charges_enabled: true,
    country: 'US',
    default_currency: 'usd',
  })
  expect(await stripe.accounts.retrieve(account.id)).toEqual(account)
  const error = await refusal(stripe.accounts.retrieve('acct_other'))
  expect(error).toMatchObject({ statusCode: 403, code: 'account_invalid' })
  expect(
    (await refusal(stripe.customers.list({}, { stripeAccount: 'acct_other' }).then((page) => page)))
      .statusCode,
  ).toBe(403)
  expect((await stripe.customers.list({}, { stripeAccount: account.id })).data).toEqual([])
})

test('openAccount says whether the account is new', async () => {
  const { sandbox, client } = await startSandbox()
  const first = await sandbox.openAccount('sk_test_new')
  expect(first.created).toBe(true)
  expect(await sandbox.openAccount('sk_test_new', { seed: 'demo' })).toEqual({
    account: first.account,
    created: false,
  })
  const stripe = client('sk_test_new')
  expect((await stripe.accounts.retrieveCurrent()).id).toBe(first.account)
  expect((await stripe.customers.list()).data).toEqual([])
  await expect(sandbox.openAccount('nonsense')).rejects.toThrow('Invalid API Key')
})

test('Stripe-Context is a path to oneself, and goes before Stripe-Account', async () => {
  const { stripe, request } = await startSandbox()
  const { id } = await stripe.accounts.retrieveCurrent()
  const status = async (headers: Record<string, string>) =>
    (await request('GET', '/v1/customers', { headers })).status
  expect(await status({ 'stripe-context': id })).toBe(200)
  expect(await status({ 'stripe-context': `${id}/acct_other` })).toBe(403)
  expect(await status({ 'stripe-context': id, 'stripe-account': 'acct_other' })).toBe(200)
  expect(await status({ 'stripe-context': 'acct_other', 'stripe-account': id })).toBe(403)
})
