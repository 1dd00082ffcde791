import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { takeHomeLock } from './home-lock.ts'

let folder: string
let file: string
const children: ChildProcess[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'clawlink-lock-'))
  file = join(folder, 'hub.lock')
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Another process that tries to take the lock; says `held` or `refused`. */
async function another(): Promise<{ child: ChildProcess; said: unknown }> {
  const child = fork(new URL('test-process.ts', import.meta.url), ['lock', file])
  children.push(child)
  const [said] = (await once(child, 'message')) as unknown[]
  return { child, said }
}

test('a second hub in the same home is refused, also by the first one itself', async () => {
  const lock = takeHomeLock(file)
  expect(lock).toBeDefined()
  expect((await another()).said).toBe('refused')
  expect(takeHomeLock(file)).toBeUndefined()
  lock?.release()
  expect((await another()).said).toBe('held')
})

test('a hub that was killed leaves no lock behind', async () => {
  const { child, said } = await another()
  expect(said).toBe('held')
  expect(takeHomeLock(file)).toBeUndefined()
  child.kill('SIGKILL')
  await once(child, 'exit')
  const lock = takeHomeLock(file)
  expect(lock).toBeDefined()
  lock?.release()
})

test('of several that start at once, one gets it', async () => {
  const all = await Promise.all([another(), another(), another()])
  expect(all.map(({ said }) => String(said)).toSorted()).toEqual(['held', 'refused', 'refused'])
})

test('being refused does not take it away from the one who holds it', async () => {
  const lock = takeHomeLock(file)
  for (let attempt = 0; attempt < 5; attempt += 1) expect(takeHomeLock(file)).toBeUndefined()
  expect((await another()).said).toBe('refused')
  lock?.release()
})

test('letting go twice does no harm', () => {
  const lock = takeHomeLock(file)
  lock?.release()
  const next = takeHomeLock(file)
  lock?.release()
  expect(takeHomeLock(file)).toBeUndefined()
  next?.release()
})

test('a file that cannot be a lock is an error, never a lock', () => {
  writeFileSync(file, 'x'.repeat(5_000))
  expect(() => takeHomeLock(file)).toThrow()
  expect(() => takeHomeLock(join(folder, 'missing', 'hub.lock'))).toThrow()
})
