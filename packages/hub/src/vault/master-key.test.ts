import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { loadMasterKey } from './master-key.ts'
import { VaultError } from './vault.ts'

let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawlink-key-'))
  file = join(folder, 'keys', 'master.key')
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const load = (env: Record<string, string | undefined> = {}, mayCreate = false) =>
  Buffer.from(loadMasterKey({ file, env, mayCreate }))

const key = (fill: number) => Buffer.alloc(32, fill)

function writeKey(text: string, mode = 0o600): void {
  mkdirSync(join(folder, 'keys'), { recursive: true })
  writeFileSync(file, text, { mode })
  chmodSync(file, mode)
}

function credentials(text: string): { CREDENTIALS_DIRECTORY: string } {
  writeFileSync(join(folder, 'clawlink-master-key'), text)
  return { CREDENTIALS_DIRECTORY: folder }
}

describe('a first start', () => {
  test('makes a random key that only its owner can read, and finds it again', () => {
    const made = load({}, true)
    expect(made.length).toBe(32)
    expect(load()).toEqual(made)
    if (process.platform === 'win32') return
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(statSync(join(folder, 'keys')).mode & 0o777).toBe(0o700)
  })

  test('makes another key each time', () => {
    const first = load({}, true)
    rmSync(file)
    expect(load({}, true)).not.toEqual(first)
  })

  test('never replaces a key that is there', () => {
    writeKey(key(3).toString('base64'))
    expect(load({}, true)).toEqual(key(3))
  })

  test('makes no file where the key comes from elsewhere', () => {
    load({ CLAWLINK_MASTER_KEY: key(2).toString('base64') }, true)
    load(credentials(key(1).toString('base64')), true)
    expect(existsSync(file)).toBe(false)
  })
})

test('a missing key of a home with data is not replaced by a new one, and the way out is told', () => {
  expect(() => load()).toThrow(VaultError)
  expect(() => load()).toThrow('Put the key back')
  expect(existsSync(file)).toBe(false)
})

test('a credential of systemd comes before the environment, and that before the file', () => {
  const base64 = (fill: number) => key(fill).toString('base64')
  writeKey(base64(3))
  const env = { CLAWLINK_MASTER_KEY: base64(2) }
  expect(load()).toEqual(key(3))
  expect(load(env)).toEqual(key(2))
  expect(load({ ...env, CREDENTIALS_DIRECTORY: folder })).toEqual(key(2))
  expect(load({ ...env, ...credentials(`${base64(1)}\n`) })).toEqual(key(1))
})

test('a key file that others can read is refused, with the command that mends it', () => {
  if (process.platform === 'win32') return
  for (const mode of [0o640, 0o604, 0o644, 0o660, 0o601]) {
    writeKey(key(3).toString('base64'), mode)
    expect(() => load(), mode.toString(8)).toThrow(`chmod 600 ${file}`)
  }
  for (const mode of [0o600, 0o400]) {
    writeKey(key(3).toString('base64'), mode)
    expect(load()).toEqual(key(3))
    chmodSync(file, 0o600)
  }
})

describe('what is no key of 32 bytes in base64 is refused, wherever it stands', () => {
  test.each([
    ['empty', ''],
    ['blank', '\n'],
    ['too short', Buffer.alloc(31).toString('base64')],
    ['too long', Buffer.alloc(33).toString('base64')],
    ['hex', key(1).toString('hex')],
    ['a passphrase', 'correct horse battery staple'],
    ['32 letters', 'a'.repeat(32)],
    ['a key with something else around it', `key: ${key(1).toString('base64')}!`],
    ['a key with signs that base64 does not have', `!!${key(1).toString('base64')}`],
    ['a sentence that happens to be long enough', 'this sentence is no key, but has its letters!'],
  ])('%s', (_what, text) => {
    writeKey(text)
    expect(() => load()).toThrow(VaultError)
    expect(() => load({ CLAWLINK_MASTER_KEY: text })).toThrow(VaultError)
    expect(() => load(credentials(text))).toThrow(VaultError)
    expect(readFileSync(file, 'utf8')).toBe(text)
  })

  test('and not repeated in the message', () => {
    expect(() => load({ CLAWLINK_MASTER_KEY: 'almost-the-real-key' })).not.toThrow(/almost/)
  })
})

test('a key in the spelling for addresses, with or without padding, is the same key', () => {
  const bytes = Buffer.alloc(32, 0xfb)
  for (const text of [
    bytes.toString('base64'),
    bytes.toString('base64url'),
    ` ${bytes.toString('base64')}\r\n`,
  ])
    expect(load({ CLAWLINK_MASTER_KEY: text })).toEqual(bytes)
})
