import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestAccess, type TestAccess } from '../../access/test-access.ts'
import { DEFAULT_WORKSPACE } from '../../contract/ids.ts'
import { readCredentials } from '@clawlink/client'
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

/** Runs `pair` with a person who decides as soon as the code is shown. */
function pairWith(decision: 'approve' | 'deny', argv: string[], terminal = false): Promise<Ran> {
  let hasDecided = false
  return cli.run(['pair', '--hub', hub.hub, ...argv], {
    terminal,
    onOutput: (stdout) => {
      const code = /[A-Z]{4}-[A-Z]{4}/.exec(stdout)?.[0]
      if (code === undefined || hasDecided) return
      hasDecided = true
      void decide(decision, code)
    },
  })
}

async function decide(decision: 'approve' | 'deny', code: string): Promise<void> {
  const owner = await hub.owner()
  if (decision === 'deny') await hub.access.denyPairing(owner, code)
  else
    await hub.access.approvePairing(owner, code, {
      connections: ['*'],
      tools: ['*'],
      readOnly: false,
      chatApprovals: false,
    })
}

const credentialsFile = (): string => join(cli.home, 'cli', 'device.json')

test('pair shows a code and a page, waits for the person, and is then paired', async () => {
  const { exit, stdout } = await pairWith('approve', ['--label', 'Studio Mac'])
  expect(exit).toBe(0)
  expect(stdout).toContain(`${hub.hub}/pair`)
  expect(stdout).toContain(`Paired with ${hub.hub}`)
  expect(await readCredentials(credentialsFile())).toMatchObject({ hub: hub.hub, label: 'Studio Mac' })
  expect(existsSync(`${credentialsFile()}.new`)).toBe(false)

  const again = await cli.run(['pair'])
  expect(again).toMatchObject({ exit: 0, stdout: expect.stringContaining('Already paired') })
})

test('pair --json is a line with the code and a line with the result', async () => {
  const { exit, stdout } = await pairWith('approve', ['--json'])
  expect(exit).toBe(0)
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  expect(lines).toMatchObject([
    { user_code: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/), verification_uri: `${hub.hub}/pair` },
    { status: 'paired', hub: hub.hub },
  ])
})

test('a pairing that is denied is exit code 5 and leaves the present one as it is', async () => {
  await pairWith('approve', [])
  const before = await readCredentials(credentialsFile())
  const { exit, stderr } = await pairWith('deny', ['--force'], true)
  expect(exit).toBe(5)
  expect(stderr).toContain('said no')
  expect(await readCredentials(credentialsFile())).toEqual(before)
})

test('pair --force ends the old device on the hub and pairs a new one', async () => {
  await pairWith('approve', [])
  const before = await readCredentials(credentialsFile())
  expect((await pairWith('approve', ['--force'])).exit).toBe(0)
  expect((await readCredentials(credentialsFile())).key).not.toEqual(before.key)
  const devices = await hub.access.listDevices(DEFAULT_WORKSPACE)
  expect(devices.map(({ state }) => state).sort()).toEqual(['active', 'revoked'])
})

test('a device that is paired elsewhere is not moved without --force', async () => {
  await pairWith('approve', [])
  const { exit, stderr } = await cli.run(['pair', '--hub', 'http://127.0.0.1:9'])
  expect(exit).toBe(2)
  expect(stderr).toContain(`paired with ${hub.hub}`)
})

test('without a hub, pair fails and says how to start one', async () => {
  const { exit, stderr } = await cli.run(['pair', '--hub', 'http://127.0.0.1:9'])
  expect(exit).toBe(1)
  expect(stderr).toContain('npm start')
})
