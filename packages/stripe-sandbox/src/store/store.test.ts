import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { customers } from '../customers/customer.ts'
import { createCustomer, updateCustomer } from '../customers/save-customer.ts'
import { allKinds } from '../families.ts'
import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { idempotencyRecords, isKept } from '../wire/idempotency.ts'
import type { IdempotencyRecord } from '../wire/idempotency.ts'
import type { AccountState } from './account.ts'
import { createIdSource } from './ids.ts'
import { hashKey, openStore } from './store.ts'

const directories: string[] = []
const origin = { requestId: 'req_1', idempotencyKey: null }

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function open(options: { data?: string; compactFromBytes?: number; now?: () => number } = {}) {
  return openStore({
    now: () => 1_800_000_000_000,
    newId: createIdSource(1),
    kinds: allKinds,
    keep: (table, entity, now) =>
      table !== idempotencyRecords.table || isKept(entity as IdempotencyRecord, now),
    ...options,
  })
}

/** Everything an account holds, in order. */
function tell(account: AccountState | undefined) {
  const tables = [...(account?.tables ?? [])].map(
    ([name, table]) => [name, table.all().map(({ entity }) => entity)] as const,
  )
  const filled = tables.filter(([, entities]) => entities.length > 0)
  return { sequence: account?.sequence, tables: filled.sort(([left], [right]) => left.localeCompare(right)) }
}

test('compaction keeps every account as it is, the newest included', () => {
  const data = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(data)
  const store = open({ data, compactFromBytes: 4_000 })
  const hashes = Array.from({ length: 12 }, (_, number) => hashKey(`sk_test_${number}`))
  let written = 0
  for (const keyHash of hashes) {
    const account = store.openAccount(keyHash, false)
    for (let round = 0; round < 6; round++) {
      const tx = store.begin(account, origin)
      const [first] = tx.rows(customers)
      if (first) updateCustomer(tx, first.entity, { name: `Name ${round}` })
      else createCustomer(tx, { name: 'First' })
      written += JSON.stringify(tx.changes()).length
      store.commit(tx)
    }
  }
  const before = hashes.map((keyHash) => tell(store.find(keyHash)))
  store.close()
  expect(statSync(join(data, 'journal.jsonl')).size).toBeLessThan(written)
  const again = open({ data })
  expect(hashes.map((keyHash) => tell(again.find(keyHash)))).toEqual(before)
  again.close()
})

test('compaction leaves out answers that nobody may ask for any more', () => {
  const data = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(data)
  let seconds = 1_800_000_000
  const now = () => seconds * 1000
  const store = open({ data, now, compactFromBytes: 3_000 })
  const account = store.openAccount(hashKey('sk_test_1'), false)
  const remember = (id: string) => {
    const tx = store.begin(account, origin)
    tx.put(idempotencyRecords, {
      id,
      path: '/v1/customers',
      paramsHash: '',
      status: 200,
      body: 'x'.repeat(200),
      created: tx.now,
      requestId: 'req_1',
    })
    store.commit(tx)
  }
  for (let number = 0; number < 10; number++) remember(`old-${number}`)
  seconds += 2 * 86_400
  for (let number = 0; number < 30; number++) remember(`new-${number}`)
  store.close()
  const again = open({ data, now })
  const tx = again.begin(again.find(account.keyHash) ?? account, origin)
  expect(tx.get(idempotencyRecords, 'old-0')).toBeUndefined()
  expect(tx.get(idempotencyRecords, 'new-0')).toBeDefined()
  again.close()
})

test('a rolled back transaction leaves nothing behind, whatever it did', () => {
  const step = fc.constantFrom('create', 'update', 'attach', 'delete')
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.array(step, { maxLength: 12 }), (kept, undone) => {
      const store = open()
      const account = store.openAccount(hashKey('sk_test_1'), false)
      const perform = (steps: readonly string[]) => {
        const tx = store.begin(account, origin)
        for (const action of steps) {
          const last = tx.rows(customers).at(-1)?.entity
          if (action === 'create' || !last) createCustomer(tx, { email: 'jane@example.com' })
          else if (action === 'update')
            updateCustomer(tx, last, { email: `${tx.account.sequence}@example.com` })
          else if (action === 'attach' && !last.deleted) attachPaymentMethod(tx, 'pm_card_visa', last.id)
          else if (action === 'delete') tx.put(customers, { ...last, deleted: true })
        }
        return tx
      }
      store.commit(perform(kept))
      const before = JSON.stringify(tell(account))
      const tx = perform(undone)
      tx.rollback()
      expect(JSON.stringify(tell(account))).toBe(before)
      expect(tx.changes()).toBeUndefined()
      expect(store.begin(account, origin).rows(customers, 'email', 'jane@example.com')).toEqual(
        tx.rows(customers).filter(({ entity }) => entity.email === 'jane@example.com'),
      )
    }),
  )
})

test('an account whose first transaction fails is not opened', () => {
  const store = open()
  const keyHash = hashKey('sk_test_1')
  const tx = store.begin(store.openAccount(keyHash, false), origin)
  createCustomer(tx, {})
  tx.rollback()
  expect(store.find(keyHash)).toBeUndefined()
})
