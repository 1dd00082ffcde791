import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openStorage } from '../../src/storage/storage.ts'
import { CLAWLINK, runProcess, startProcess, type Finished } from '../support/processes.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

const LIVE_KEY = 'sk_live_51CommandLineCommandLine'

let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
  const pairing = await startProcess(CLAWLINK, ['pair', '--hub', hub.url, '--home', hub.home, '--json'])
  const code = String(pairing.line['user_code'])
  expect((await hub.owner.post('/pair', { code, decision: 'approve' }, '/devices')).status).toBe(303)
  expect(await pairing.ended).toBe(0)
})
afterAll(() => hub.stop())

const clawlink = (args: string[], stdin?: string): Promise<Finished> =>
  runProcess(CLAWLINK, [...args, '--home', hub.home], {
    env: { CLAWLINK_STRIPE_URL: hub.wire.url },
    ...(stdin === undefined ? {} : { stdin }),
  })

/** The executables have the names that agents know the tools by. */
function linked(name: string, args: string[]): Promise<Finished> {
  const path = join(hub.home, name)
  symlinkSync(CLAWLINK, path)
  return runProcess(path, [...args, '--home', hub.home])
}

test('the commands answer under the tools’ own names, as skills write them', async () => {
  const integrations = await linked('clawlink_list_integrations', [])
  expect(JSON.parse(integrations.stdout)).toMatchObject({ integrations: [{ integration: 'stripe' }] })
  const tools = await linked('clawlink_list_tools', ['--integration', 'stripe'])
  expect(tools.stdout).toContain('stripe_create_refund')
  const called = await linked('clawlink_call_tool', [
    '--tool',
    'stripe_list_customers',
    '--params',
    '{"limit": 10}',
  ])
  expect(called.code).toBe(0)
  expect(JSON.parse(called.stdout)).toMatchObject({
    tool: 'stripe_list_customers',
    result: { has_more: false },
  })
})

test('a reader that has seen enough, as head has, is no failure', async () => {
  // It has gone before the first byte comes.
  const command = `"${process.execPath}" "${CLAWLINK}" tools --home "${hub.home}" | true`
  const { code, stdout, stderr } = await runProcess('-c', [command], { node: '/bin/sh' })
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' })
})

test('a write goes preview, wait, call; the exit codes tell where it stands', async () => {
  const { charge } = await hub.charge(5000, 'usd')
  const params = JSON.stringify({ charge, amount: 2500 })
  const without = await clawlink(['call', '--tool', 'stripe_create_refund', '--params', params])
  expect(without.code).toBe(4)
  const preview = await clawlink(['preview', '--tool', 'stripe_create_refund', '--params', params])
  expect(preview.code).toBe(0)
  const { confirmation } = JSON.parse(preview.stdout) as { confirmation: string }
  const waiting = clawlink(['wait', confirmation, '--seconds', '30'])
  expect((await hub.owner.approve(confirmation)).status).toBe(303)
  expect((await waiting).code).toBe(0)
  const called = await clawlink(['call', '--tool', 'stripe_create_refund', '--confirmation', confirmation])
  expect(called.code).toBe(0)
  expect(JSON.parse(called.stdout)).toMatchObject({ result: { amount: 2500 } })
  const wrong = await clawlink(['call', '--tool', 'stripe_create_refnd'])
  expect(wrong.code).not.toBe(0)
  expect(JSON.parse(wrong.stdout)).toMatchObject({
    error: {
      code: 'tool_not_found',
      suggestions: ['stripe_create_refund', expect.any(String), expect.any(String)],
    },
  })
})

test('a Stripe key comes from stdin, is called LIVE, and is printed nowhere', async () => {
  const asArgument = await clawlink(['connections', 'add', '--alias', 'shop', LIVE_KEY])
  expect(asArgument.code).toBe(2)
  const added = await clawlink(['connections', 'add', '--alias', 'shop', '--yes'], `${LIVE_KEY}\n`)
  expect(added.code, added.stderr).toBe(0)
  expect(added.stdout + added.stderr).toMatch(/live/i)
  const listed = await clawlink(['connections'])
  expect(listed.stdout).toContain('shop')
  for (const { stdout, stderr } of [asArgument, added, listed]) {
    expect(stdout + stderr).not.toContain(LIVE_KEY)
    expect(stdout + stderr).not.toContain(LIVE_KEY.slice(8))
  }
  const used = await clawlink(['call', '--tool', 'stripe_get_balance', '--connection', 'shop'])
  expect(JSON.parse(used.stdout)).toMatchObject({ connection: { alias: 'shop', mode: 'live' } })
  expect((await clawlink(['connections', 'remove', 'shop'])).code).toBe(0)
  const gone = await clawlink(['call', '--tool', 'stripe_get_balance', '--connection', 'shop'])
  expect(JSON.parse(gone.stdout)).toMatchObject({ error: { code: 'connection_not_found' } })
})

test('audit verify and doctor find a healthy hub, and a changed row', async () => {
  const healthy = await clawlink(['audit', 'verify'])
  expect(healthy.code).toBe(0)
  expect(JSON.parse(healthy.stdout)).toMatchObject({ ok: true })
  const doctor = await clawlink(['doctor', '--hub', hub.url])
  expect(doctor.code, doctor.stdout + doctor.stderr).toBe(0)

  const storage = await openStorage(join(hub.home, 'data', 'hub.db'))
  await storage.db.updateTable('audit').set({ actor: 'person:somebody_else' }).where('seq', '=', 3).execute()
  await storage.close()
  const broken = await clawlink(['audit', 'verify'])
  expect(broken.code).toBe(1)
  expect(JSON.parse(broken.stdout)).toMatchObject({ ok: false, seq: 3 })
  expect((await clawlink(['doctor', '--hub', hub.url])).code).toBe(1)
})
