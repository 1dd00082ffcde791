import { loadDefinitions } from '@clawlink/stripe-definitions'
import { expect, test } from 'vitest'
import { createCustomer } from '../customers/save-customer.ts'
import { allKinds, families } from '../families.ts'
import { route } from '../route.ts'
import { createIdSource } from '../store/ids.ts'
import { openStore } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { indexKinds } from './expand.ts'
import { fromFetch } from './exchange.ts'
import { createRequestHandler } from './handle-request.ts'
import { withUndocumented } from './operations.ts'
import { routeTable } from './route-table.ts'

const KEY = 'sk_test_secret_of_alice_0123456789'

async function handler(change: (store: Store) => Store, broken: boolean) {
  const definitions = withUndocumented(await loadDefinitions())
  const newId = createIdSource(1)
  const store = openStore({ now: () => 1_800_000_000_000, newId, kinds: allKinds })
  const routes = routeTable(definitions, families)
  let runs = 0
  if (broken) {
    const failing = route('customers.create', [], ({ tx }) => {
      runs += 1
      createCustomer(tx, { name: 'Half done' })
      throw new TypeError('a fault of ours')
    })
    routes.set(failing.operation, failing)
  }
  const faults: unknown[] = []
  let requests = 0
  const handle = createRequestHandler({
    definitions,
    store: change(store),
    routes,
    kinds: indexKinds(allKinds),
    newRequestId: () => `req_${++requests}`,
    liveKeys: false,
    onFault: (requestId, error) => faults.push([requestId, error]),
  })
  const send = (method: string, path: string, idempotencyKey?: string) =>
    handle(
      fromFetch(
        new Request(`http://sandbox${path}`, {
          method,
          headers: {
            authorization: `Bearer ${KEY}`,
            ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
          },
        }),
      ),
    )
  const count = async () =>
    (JSON.parse(String((await send('GET', '/v1/customers')).body)) as { data: unknown[] }).data.length
  return { send, count, faults, runs: () => runs, store }
}

test('a fault of ours is a 500 that changes nothing and is replayed, not tried again', async () => {
  const { send, count, faults, runs } = await handler((store) => store, true)
  expect(await count()).toBe(0)
  const first = await send('POST', '/v1/customers', 'key-1')
  const second = await send('POST', '/v1/customers', 'key-1')
  expect([first.status, second.status]).toEqual([500, 500])
  expect(second.body).toBe(first.body)
  expect(second.headers['idempotent-replayed']).toBe('true')
  expect(runs()).toBe(1)
  expect(await count()).toBe(0)
  expect(faults).toHaveLength(1)
  await send('POST', '/v1/customers')
  expect(runs()).toBe(2)
})

test('what cannot be journalled has not happened', async () => {
  let full = false
  const { send, count, store } = await handler(
    (real) => ({
      ...real,
      commit(tx) {
        if (full) throw new Error('no space left on device')
        real.commit(tx)
      },
    }),
    false,
  )
  await send('POST', '/v1/customers', 'key-1')
  full = true
  expect((await send('POST', '/v1/customers', 'key-2')).status).toBe(500)
  full = false
  expect(await count()).toBe(1)
  const again = await send('POST', '/v1/customers', 'key-2')
  expect(again.status).toBe(200)
  expect(again.headers).not.toHaveProperty('idempotent-replayed')
  expect(await count()).toBe(2)
  store.close()
})
