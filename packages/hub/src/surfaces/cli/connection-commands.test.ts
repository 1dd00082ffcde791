import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Connection } from '../../connections/connection.ts'
import { DEFAULT_WORKSPACE, type ConnectionId } from '../../contract/ids.ts'
import { Problem } from '../../contract/problem.ts'
import { startTestCli, type TestCli } from './test-cli.ts'

let cli: TestCli
beforeEach(async () => {
  cli = await startTestCli()
})
afterEach(() => cli.close())

const CONNECTION: Connection = {
  id: 'conn_1' as ConnectionId,
  workspace: DEFAULT_WORKSPACE,
  integration: 'stripe',
  account: 'acct_1',
  mode: 'test',
  alias: 'main',
  state: 'active',
  stateReason: null,
  kind: 'restricted_key',
  displayName: 'Acme \u001B[31mGmbH',
  isDefault: true,
  createdAt: '2026-01-01T00:00:00.000Z',
}
const RESTRICTED = 'rk_test_4eC39HqLyjWDarjtT1zdp7dc'
const LIVE = 'rk_live_4eC39HqLyjWDarjtT1zdp7dc'

test('a key from a pipe is connected, and what was found is told without the key', async () => {
  const addConnection = vi.fn(() => Promise.resolve(CONNECTION))
  const close = vi.fn(() => Promise.resolve())
  const ran = await cli.run(['connections', 'add', '--alias', 'main', '--default'], {
    stdin: `${RESTRICTED}\n`,
    local: { addConnection, close },
  })
  expect(addConnection).toHaveBeenCalledWith({ alias: 'main', key: RESTRICTED, makeDefault: true })
  expect(close).toHaveBeenCalledOnce()
  expect(ran.exit).toBe(0)
  expect(ran.json()).toMatchObject({
    connection: { alias: 'main', account: 'acct_1', mode: 'test' },
    warnings: [],
  })
  expect(ran.stdout + ran.stderr).not.toContain(RESTRICTED)
})

test('a secret key is connected with a warning', async () => {
  const ran = await cli.run(['connections', 'add', '--alias', 'main'], {
    stdin: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc',
    local: { addConnection: () => Promise.resolve({ ...CONNECTION, kind: 'secret_key' }) },
  })
  expect(ran.exit).toBe(0)
  expect(ran.stderr).toContain('restricted key')
  expect(ran.json()).toMatchObject({ warnings: [expect.stringContaining('restricted key')] })
})

test('a live key from a pipe needs --yes', async () => {
  const addConnection = vi.fn(() => Promise.resolve({ ...CONNECTION, mode: 'live' as const }))
  const local = { addConnection }
  const refused = await cli.run(['connections', 'add', '--alias', 'main'], { stdin: LIVE, local })
  expect(refused.exit).toBe(2)
  expect(refused.stderr).toContain('--yes')
  expect(addConnection).not.toHaveBeenCalled()
  expect(
    (await cli.run(['connections', 'add', '--alias', 'main', '--yes'], { stdin: LIVE, local })).exit,
  ).toBe(0)
})

test.each(['', '\n', `${RESTRICTED} ${RESTRICTED}`])(
  'standard input must hold one key: %j',
  async (stdin) => {
    const { exit, stdout, stderr } = await cli.run(['connections', 'add', '--alias', 'main'], { stdin })
    expect(exit).toBe(2)
    expect(stdout + stderr).not.toContain(RESTRICTED)
  },
)

test('a key that Stripe refuses is exit code 6, and no error repeats it', async () => {
  const ran = await cli.run(['connections', 'add', '--alias', 'main'], {
    stdin: RESTRICTED,
    local: {
      addConnection: () => Promise.reject(new Problem('connection_rejected', `Invalid key ${RESTRICTED}.`)),
    },
  })
  expect(ran.exit).toBe(6)
  expect(ran.stdout + ran.stderr).not.toContain(RESTRICTED)
  expect(ran.json()).toMatchObject({ error: { code: 'connection_rejected' } })
})

test('connections are listed by default, cleaned, and live ones stand out', async () => {
  const local = {
    listConnections: () => Promise.resolve([CONNECTION, { ...CONNECTION, mode: 'live' as const }]),
  }
  expect((await cli.run(['connections'], { local })).json()).toMatchObject({
    connections: [{ alias: 'main', account_name: CONNECTION.displayName, default: true }, { mode: 'live' }],
  })
  const { stdout } = await cli.run(['connections', 'list'], { local, terminal: true })
  expect(stdout).toContain('Acme GmbH')
  expect(stdout).toContain('LIVE')
  expect(stdout).not.toContain('\u001B')
})

test('a frozen connection is released by its alias', async () => {
  const unfreezeConnection = vi.fn(() => Promise.resolve())
  const ran = await cli.run(['connections', 'unfreeze', 'main'], { local: { unfreezeConnection } })
  expect(ran.json()).toEqual({ unfrozen: 'main' })
  expect(unfreezeConnection).toHaveBeenCalledWith('main')
})

test('a connection is removed by its alias', async () => {
  const removeConnection = vi.fn(() => Promise.resolve())
  const ran = await cli.run(['connections', 'remove', 'main'], { local: { removeConnection } })
  expect(ran.json()).toEqual({ removed: 'main' })
  expect(removeConnection).toHaveBeenCalledWith('main')
})

test('audit verify names the first bad row and fails', async () => {
  const good = await cli.run(['audit', 'verify'], {
    local: { verifyAudit: () => Promise.resolve({ ok: true, rows: 12 }) },
  })
  expect(good.exit).toBe(0)
  expect(good.json()).toEqual({ ok: true, rows: 12 })
  const bad = await cli.run(['audit', 'verify'], {
    local: {
      verifyAudit: () => Promise.resolve({ ok: false, rows: 4, seq: 5, reason: 'the row was changed' }),
    },
  })
  expect(bad.exit).toBe(1)
  expect(bad.json()).toMatchObject({ ok: false, seq: 5 })
  expect(bad.stderr).toContain('Row 5: the row was changed')
})

test('doctor reports every check with its fix, and fails if one failed', async () => {
  const diagnose = () => Promise.resolve([{ check: 'home', ok: true, detail: 'private' }])
  const unpaired = await cli.run(['doctor', '--hub', cli.hub], { local: { diagnose } })
  expect(unpaired.exit).toBe(1)
  expect(unpaired.json()).toMatchObject({
    ok: false,
    checks: expect.arrayContaining([
      expect.objectContaining({ check: 'home', ok: true }),
      expect.objectContaining({ check: 'hub', ok: true }),
      expect.objectContaining({ check: 'pairing', ok: false, fix: expect.stringContaining('clawlink pair') }),
    ]),
  })
  await cli.pair()
  const fine = await cli.run(['doctor'], { local: { diagnose }, terminal: true })
  expect(fine.exit).toBe(0)
  expect(fine.stdout).toContain(`✓ pairing: paired with ${cli.hub}`)
})

test('a set-up link is made only while there is no owner', async () => {
  const made = await cli.run(['setup-link', '--hub', cli.hub], {
    local: { newSetupLink: () => Promise.resolve('http://127.0.0.1:4747/setup?token=t') },
  })
  expect(made.json()).toEqual({ setup_link: `${cli.hub}/setup?token=t` })
  const late = await cli.run(['setup-link'], { local: { newSetupLink: () => Promise.resolve(undefined) } })
  expect(late.exit).toBe(1)
})
