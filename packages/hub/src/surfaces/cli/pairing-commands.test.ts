import { statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readCredentials } from '@clawlink/client'
import { startTestAccess, type TestAccess } from '../../access/test-access.ts'
import { startTestCli, type Ran, type TestCli } from './test-cli.ts'

let cli: TestCli
let hub: TestAccess
beforeEach(async () => {
  cli = await startTestCli()
  hub = await startTestAccess()
})
afterEach(async () => {
  await hub.close()
  await cli.close()
})

interface Begun {
  status: string
  user_code: string
}

const begin = (...more: string[]): Promise<Ran> =>
  cli.run(['clawlink_begin_pairing', '--hub', hub.hub, ...more])
const status = (): Promise<Ran> => cli.run(['clawlink_get_pairing_status'])
const codeOf = (ran: Ran): string => (ran.json() as Begun).user_code
const credentialsFile = (): string => join(cli.home, 'cli', 'device.json')

async function decide(decision: 'approve' | 'deny', code: string): Promise<void> {
  const owner = await hub.owner()
  if (decision === 'deny') await hub.access.denyPairing(owner, code)
  else {
    const scope = { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false }
    await hub.access.approvePairing(owner, code, scope)
  }
}

test('an agent gets its code at once, and learns later what became of it', async () => {
  expect(await status()).toMatchObject({ exit: 3, stdout: expect.stringContaining('not_paired') })
  const begun = await begin('--label', 'Night shift')
  expect(begun.exit).toBe(0)
  expect(begun.json()).toMatchObject({
    status: 'pending',
    user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
    verification_uri: `${hub.hub}/pair`,
    next_step: expect.stringContaining('clawlink_get_pairing_status'),
  })
  expect(await status()).toMatchObject({ exit: 4, stdout: expect.stringContaining('pending') })
  await decide('approve', codeOf(begun))
  // In its own process each: what one command began, another finishes.
  expect(await status()).toMatchObject({ exit: 0, stdout: expect.stringContaining(hub.hub) })
  expect(await readCredentials(credentialsFile())).toMatchObject({ hub: hub.hub, label: 'Night shift' })
  expect((await status()).json()).toMatchObject({ status: 'paired' })
  expect((await begin()).json()).toMatchObject({ status: 'paired', hub: hub.hub })
})

test('asked again, the code stays the one that the user may be comparing', async () => {
  const first = await begin()
  expect(codeOf(await begin())).toBe(codeOf(first))
  expect(codeOf(await begin('--label', 'Another'))).not.toBe(codeOf(first))
})

test('what waits holds a key, and is its owner’s alone', async () => {
  await begin()
  expect(statSync(`${credentialsFile()}.pending`).mode & 0o777).toBe(0o600)
  const { stdout } = await begin()
  expect(stdout).not.toContain('"d"')
  expect(stdout).not.toContain('device_code')
})

test('a device that a person said no to is told so once, and stays paired as it was', async () => {
  await decide('approve', codeOf(await begin()))
  await status()
  const before = await readCredentials(credentialsFile())
  await decide('deny', codeOf(await begin('--force')))
  expect(await status()).toMatchObject({ exit: 5, stdout: expect.stringContaining('denied') })
  expect((await status()).json()).toMatchObject({ status: 'paired' })
  expect(await readCredentials(credentialsFile())).toEqual(before)
})

test('a device that is paired elsewhere is not moved without --force', async () => {
  await decide('approve', codeOf(await begin()))
  await status()
  const { exit, stderr } = await cli.run(['begin-pairing', '--hub', 'http://127.0.0.1:9'])
  expect(exit).toBe(2)
  expect(stderr).toContain(`paired with ${hub.hub}`)
})

test('on a terminal a person reads where to go and what to compare', async () => {
  const { stdout } = await cli.run(['begin-pairing', '--hub', hub.hub], { terminal: true })
  expect(stdout).toMatch(/Open +http\S+\/pair\?\S+\nCode +[A-Z]{4}-[A-Z]{4} /)
})
