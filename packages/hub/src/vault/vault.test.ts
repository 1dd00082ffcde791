import { Secret } from '../contract/secret.ts'
import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createVault, openBytes, sealBytes, VaultError, type Place } from './vault.ts'

const vault = createVault(Buffer.alloc(32, 1))
const place: Place = {
  schema: 1,
  workspace: 'ws_default',
  record: 'conn_1',
  account: 'acct_1',
  mode: 'live',
  field: 'credential',
  version: 1,
}
const SECRET = 'rk_live_abcdefghijklmnop'

/** Each part of where a value belongs, changed. */
const elsewhere: Place[] = [
  { ...place, workspace: 'ws_other' },
  { ...place, record: 'conn_2' },
  { ...place, account: 'acct_2' },
  { ...place, mode: 'test' },
  { ...place, field: 'refresh_token' },
  { ...place, version: 2 },
  { ...place, schema: 2 as never },
  // The parts do not run into each other.
  { ...place, record: 'conn_1","acct_1', account: '' },
  { ...place, workspace: '', record: 'ws_defaultconn_1' },
]

test('what was sealed opens in its place', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const key = vault.newDataKey(place)
      expect(vault.open(key, place, vault.seal(key, place, new Secret(text))).reveal()).toBe(text)
    }),
    { numRuns: 30 },
  )
})

test('what was sealed opens in another process with the same master key', () => {
  const key = vault.newDataKey(place)
  const sealed = vault.seal(key, place, new Secret(SECRET))
  expect(createVault(Buffer.alloc(32, 1)).open(Buffer.from(key), place, Buffer.from(sealed)).reveal()).toBe(
    SECRET,
  )
})

test.each(elsewhere)('it does not open at %j', (other) => {
  const key = vault.newDataKey(place)
  const sealed = vault.seal(key, place, new Secret(SECRET))
  expect(() => vault.open(key, other, sealed)).toThrow(VaultError)
  // A data key of that place does not open it either.
  expect(() => vault.open(vault.newDataKey(other), other, sealed)).toThrow(VaultError)
})

test('a data key is for one record: the same place with another one does not open', () => {
  const sealed = vault.seal(vault.newDataKey(place), place, new Secret(SECRET))
  expect(() => vault.open(vault.newDataKey(place), place, sealed)).toThrow(VaultError)
})

test('a value sealed for another field of the same record does not open as this one', () => {
  const key = vault.newDataKey(place)
  const other = vault.seal(key, { ...place, field: 'refresh_token' }, new Secret(SECRET))
  expect(() => vault.open(key, place, other)).toThrow(VaultError)
})

test('a single changed bit anywhere, in the value or in its key, is noticed', () => {
  const key = vault.newDataKey(place)
  const sealed = vault.seal(key, place, new Secret(SECRET))
  for (const [bytes, open] of [
    [sealed, (changed: Uint8Array) => vault.open(key, place, changed)],
    [key, (changed: Uint8Array) => vault.open(changed, place, sealed)],
  ] as const) {
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes)
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      expect(() => open(changed), `bit ${bit}`).toThrow(VaultError)
    }
  }
})

test('a record that is cut off or made longer anywhere is noticed', () => {
  const key = vault.newDataKey(place)
  const sealed = vault.seal(key, place, new Secret(SECRET))
  for (let length = 0; length < sealed.length; length += 1) {
    expect(() => vault.open(key, place, sealed.subarray(0, length))).toThrow(VaultError)
    expect(() => vault.open(key, place, sealed.subarray(sealed.length - length))).toThrow(VaultError)
  }
  expect(() => vault.open(key, place, Buffer.concat([sealed, Buffer.from([0])]))).toThrow(VaultError)
})

test('another master key opens nothing', () => {
  const key = vault.newDataKey(place)
  const sealed = vault.seal(key, place, new Secret(SECRET))
  const other = createVault(Buffer.alloc(32, 2))
  expect(() => other.open(key, place, sealed)).toThrow('under another key')
  expect(() => other.open(other.newDataKey(place), place, sealed)).toThrow(VaultError)
})

test('the same value is never sealed the same way twice', () => {
  const key = vault.newDataKey(place)
  const all = Array.from({ length: 50 }, () =>
    Buffer.from(vault.seal(key, place, new Secret(SECRET))).toString('hex'),
  )
  expect(new Set(all).size).toBe(50)
  for (const hex of all) expect(Buffer.from(hex, 'hex').includes(SECRET)).toBe(false)
})

test('a failure says nothing of the value', () => {
  const key = vault.newDataKey(place)
  const sealed = vault.seal(key, place, new Secret(SECRET))
  try {
    vault.open(key, { ...place, mode: 'test' }, sealed)
  } catch (error) {
    expect(String(error) + JSON.stringify(error)).not.toMatch(/rk_live|abcdef/)
  }
})

describe('the master key', () => {
  test.each([0, 16, 31, 33, 64])('of %i bytes is refused', (length) => {
    expect(() => createVault(new Uint8Array(length))).toThrow(VaultError)
  })

  test('is named by an id that tells nothing of it', () => {
    expect(vault.keyId).toMatch(/^[0-9a-f]{16}$/)
    expect(createVault(Buffer.alloc(32, 1)).keyId).toBe(vault.keyId)
    expect(createVault(Buffer.alloc(32, 2)).keyId).not.toBe(vault.keyId)
    expect(Buffer.alloc(32, 1).toString('hex')).not.toContain(vault.keyId)
  })

  test('has branches that are independent of each other', () => {
    const hex = (purpose: string) => Buffer.from(vault.branchKey(purpose)).toString('hex')
    expect(hex('audit')).toBe(hex('audit'))
    expect(new Set([hex('audit'), hex('oauth'), hex('')]).size).toBe(3)
    expect(vault.branchKey('audit').length).toBe(32)
  })
})

test('records under a branch key keep to their key and their place as well', () => {
  const key = randomBytes(32)
  const [here, there] = [Buffer.from('here'), Buffer.from('there')]
  const sealed = sealBytes(key, Buffer.from('text'), here)
  expect(Buffer.from(openBytes(key, sealed, here)).toString()).toBe('text')
  expect(() => openBytes(key, sealed, there)).toThrow(VaultError)
  expect(() => openBytes(randomBytes(32), sealed, here)).toThrow(VaultError)
  expect(Buffer.from(openBytes(key, sealBytes(key, Buffer.alloc(0), here), here)).length).toBe(0)
})
