import { format, inspect } from 'node:util'
import { expect, test } from 'vitest'
import { Secret } from './secret.ts'

const secret = new Secret('rk_live_abcdefghijklmnop')

const prints: [string, () => unknown][] = [
  ['JSON', () => JSON.stringify({ key: secret, list: [secret] })],
  ['inspect', () => inspect(secret)],
  ['inspect with all options', () => inspect({ secret }, { showHidden: true, depth: null, getters: true })],
  ['inspect without custom printing', () => inspect(secret, { customInspect: false, showHidden: true })],
  ['a template', () => `${String(secret)} and ${secret as unknown as string}`],
  ['a sum', () => 'key: ' + (secret as unknown as string)],
  ['String', () => String(secret)],
  ['join', () => [secret].join()],
  ['format %s', () => format('%s', secret)],
  ['format %o', () => format('%o', secret)],
  ['format %O', () => format('%O', secret)],
  ['format %j', () => format('%j', secret)],
  ['format', () => format(secret)],
  ['an error', () => inspect(new Error(`failed with ${String(secret)}`, { cause: secret }))],
  ['its keys', () => [Reflect.ownKeys(secret), Object.entries(secret)].flat().map(String)],
  ['a copy', () => JSON.stringify([Object.assign({}, secret), structuredClone(secret)])],
]

test.each(prints)('a secret does not show in %s', (_where, print) => {
  expect(inspect(print(), { depth: null })).not.toMatch(/rk_live|abcdefgh/)
})

test('a secret is had by asking for it', () => {
  expect(secret.reveal()).toBe('rk_live_abcdefghijklmnop')
  expect(JSON.stringify({ secret })).toBe('{"secret":"[secret]"}')
})
