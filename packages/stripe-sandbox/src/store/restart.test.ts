import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { pay, sdk } from '../../test/harness.ts'
import { createSandbox } from '../index.ts'

const directories: string[] = []

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

async function start(data: string) {
  const sandbox = await createSandbox({ data })
  const { port } = await sandbox.listen({ port: 0 })
  return { sandbox, stripe: sdk(port, KEY) }
}

const KEY = 'sk_test_secret_of_alice_0123456789'

test('everything is back after a restart: objects, order, events, answers, and ids go on', async () => {
  const data = join(mkdtempSync(join(tmpdir(), 'stripe-sandbox-')), 'made', 'on', 'demand')
  directories.push(data)
  const before = await start(data)
  const customer = await before.stripe.customers.create({ name: 'Jane' }, { idempotencyKey: 'key-1' })
  const { charge } = await pay(before.stripe, { customer: customer.id })
  await before.stripe.refunds.create({ charge: charge.id, amount: 100 })
  const told = async ({ stripe }: typeof before) => [
    await stripe.accounts.retrieveCurrent(),
    await stripe.customers.list(),
    await stripe.charges.list({ expand: ['data.refunds', 'data.balance_transaction'] }),
    await stripe.events.list({ limit: 100 }),
    await stripe.balance.retrieve(),
  ]
  const state = JSON.stringify(await told(before))
  await before.sandbox.close()

  const after = await start(data)
  expect(JSON.stringify(await told(after))).toBe(state)
  const replay = await after.stripe.customers.create({ name: 'Jane' }, { idempotencyKey: 'key-1' })
  expect(replay.id).toBe(customer.id)
  expect(replay.lastResponse.headers['idempotent-replayed']).toBe('true')
  const more = await after.stripe.customers.create()
  expect((await after.stripe.customers.list()).data.map(({ id }) => id)).toEqual([more.id, customer.id])
  await after.sandbox.close()
})

test('with a seed ids are the same in another run and never given twice after a restart', async () => {
  const run = async (data?: string) => {
    const sandbox = await createSandbox({
      seed: 1,
      now: () => 1_800_000_000_000,
      ...(data === undefined ? {} : { data }),
    })
    const post = async () => {
      const response = await sandbox.fetch(
        new Request('http://sandbox/v1/customers', {
          method: 'POST',
          headers: { authorization: `Bearer ${KEY}` },
        }),
      )
      return [response.headers.get('request-id'), ((await response.json()) as { id: string }).id]
    }
    const ids = [...(await post()), ...(await post())]
    await sandbox.close()
    return ids
  }
  const first = await run()
  expect(await run()).toEqual(first)
  const data = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(data)
  const all = [...(await run(data)), ...(await run(data)), ...(await run(data))]
  expect(new Set(all).size).toBe(all.length)
})

test('no key is in the data directory, not even in part', async () => {
  const data = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(data)
  const { sandbox, stripe } = await start(data)
  await pay(stripe)
  await stripe.accounts.retrieve('acct_other').catch(() => undefined)
  await stripe.customers.retrieve('cus_none').catch(() => undefined)
  await sandbox.close()
  const written = readdirSync(data, { recursive: true })
    .map((name) => readFileSync(join(data, String(name)), 'utf8'))
    .join('')
  expect(written).toContain('payment_intents')
  expect(written).not.toContain(KEY.slice(8))
  expect(written).not.toContain(KEY.slice(-8))
})

test('a directory that cannot be used is said in one line', async () => {
  await expect(createSandbox({ data: '/proc/nothing/here' })).rejects.toThrow()
  await expect(createSandbox({ data: join(import.meta.dirname, 'restart.test.ts') })).rejects.toThrow()
})
