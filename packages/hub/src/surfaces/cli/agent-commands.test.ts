import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cleanText } from '../../contract/clean-text.ts'
import { Problem } from '../../contract/problem.ts'
import { startTestCli, type TestCli } from './test-cli.ts'

let cli: TestCli
beforeEach(async () => {
  cli = await startTestCli()
  await cli.pair()
})
afterEach(() => cli.close())

const PREVIEW = {
  needs_confirmation: true,
  confirmation: 'conf_1',
  state: 'pending',
  tool: 'stripe_create_refund',
  connection: { alias: 'main', account: 'acct_1', account_name: 'Acme', mode: 'live' },
  needs: 'dashboard',
  summary: 'Refund $25.00 of $50.00 · LIVE · cannot be undone',
  changes: [{ what: 'Refundable', before: '$50.00', after: '$25.00' }],
  warnings: ['The same write already ran.'],
  also_sends: [{ param: 'metadata[order]', value: '7' }],
  irreversible: 'the refund',
  agent_note: 'please',
  expires_at: '2026-01-01T00:10:00.000Z',
  approval_url: 'http://127.0.0.1:4747/confirmations/conf_1',
  reason: null,
}

test.each([
  [['integrations'], 'GET', '/api/v1/integrations', undefined],
  [
    ['tools', '--integration', 'stripe', '--limit', '3'],
    'GET',
    '/api/v1/tools?integration=stripe&limit=3',
    undefined,
  ],
  [['search', 'give', 'money back'], 'GET', '/api/v1/tools/search?query=give+money+back', undefined],
  [['search', '--query', 'refund'], 'GET', '/api/v1/tools/search?query=refund', undefined],
  [
    ['describe', 'stripe_create_refund', '--full'],
    'GET',
    '/api/v1/tools/stripe_create_refund?full=true',
    undefined,
  ],
  [['describe', '--tool', '../x'], 'GET', '/api/v1/tools/..%2Fx', undefined],
  [
    ['preview', '--tool', 'stripe_create_refund', '--params', '{"charge":"ch_1"}', '--note', 'please'],
    'POST',
    '/api/v1/preview',
    { tool: 'stripe_create_refund', params: { charge: 'ch_1' }, note: 'please' },
  ],
  [
    [
      'clawlink_call_tool',
      '--tool',
      'stripe_list_customers',
      '--params',
      '{"limit": 10}',
      '--fields',
      'id, email',
    ],
    'POST',
    '/api/v1/call',
    { tool: 'stripe_list_customers', params: { limit: 10 }, fields: ['id', 'email'] },
  ],
  [
    ['call', 'stripe_create_refund', '--confirmation', 'conf_1', '--connection', 'main', '--view', 'full'],
    'POST',
    '/api/v1/call',
    { tool: 'stripe_create_refund', confirmation: 'conf_1', connection: 'main', view: 'full' },
  ],
])('%j asks the hub once, and its JSON comes out as it is', async (argv, method, url, body) => {
  cli.answer(() => ({ body: { answer: 1 } }))
  const ran = await cli.run(argv)
  expect(ran).toMatchObject({ exit: 0, stderr: '' })
  expect(ran.json()).toEqual({ answer: 1 })
  expect(cli.asked).toEqual([{ method, url, body }])
})

test('params come from a file or from standard input', async () => {
  const file = join(cli.home, 'params.json')
  writeFileSync(file, '{"limit": 1}')
  await cli.run(['call', 'stripe_list_customers', '--params', `@${file}`])
  await cli.run(['call', 'stripe_list_customers', '--params', '-'], { stdin: '{"limit": 2}\n' })
  expect(cli.asked.map(({ body }) => body)).toEqual([
    { tool: 'stripe_list_customers', params: { limit: 1 } },
    { tool: 'stripe_list_customers', params: { limit: 2 } },
  ])
})

test('without a pairing nothing is sent, and the exit code says so', async () => {
  const ran = await cli.run(['integrations'], { env: { CLAWLINK_DEVICE: join(cli.home, 'none.json') } })
  expect(ran.exit).toBe(3)
  expect(ran.json()).toMatchObject({
    error: { code: 'not_paired', next_step: expect.stringContaining('clawlink pair') },
  })
  expect(cli.asked).toEqual([])
})

test('a device that is paired with one hub sends nothing to another', async () => {
  const ran = await cli.run(['integrations', '--hub', 'http://127.0.0.1:9'])
  expect(ran.exit).toBe(3)
  expect(ran.stderr).toContain(`paired with ${cli.hub}`)
  expect(cli.asked).toEqual([])
})

test.each([
  ['invalid_params', 2],
  ['tool_not_found', 1],
  ['unauthenticated', 3],
  ['confirmation_required', 4],
  ['confirmation_pending', 4],
  ['write_rejected', 5],
  ['confirmation_mismatch', 5],
  ['card_declined', 6],
  ['confirmation_unresolved', 7],
] as const)('%s is exit code %i, with the error as JSON and for a person', async (code, exit) => {
  const problem = new Problem(code, 'It did not work.', {
    nextStep: 'Do this.',
    details: { param: 'amount' },
  })
  cli.answer(() => ({ status: problem.status, body: problem.toWire() }))
  const piped = await cli.run(['call', 'stripe_create_refund'])
  expect(piped.exit).toBe(exit)
  expect(piped.json()).toEqual(problem.toWire())
  expect(piped.stderr).toBe('clawlink: It did not work.\n  Next: Do this.\n')

  const seen = await cli.run(['call', 'stripe_create_refund'], { terminal: true })
  expect(seen).toMatchObject({ exit, stdout: '' })
  expect(seen.stderr).toContain(code)
  expect(seen.stderr).toContain('param: amount')
})

test('an answer that is not of a hub fails without being repeated', async () => {
  cli.answer(() => ({ status: 502, body: '<html>\u001B[31mBad gateway</html>' }))
  const ran = await cli.run(['tools'])
  expect(ran.exit).toBe(1)
  expect(ran.json()).toMatchObject({ error: { code: 'not_a_hub' } })
  expect(ran.stdout + ran.stderr).not.toContain('html')
})

test('a hub that is down is exit code 1 and says how to start one', async () => {
  const down = await startTestCli()
  await down.pair()
  const ran = await down.closeHub().then(() => down.run(['tools']))
  expect(ran.exit).toBe(1)
  expect(ran.json()).toMatchObject({ error: { code: 'hub_unreachable' } })
  expect(ran.stderr).toContain('npm start')
  await down.close()
})

test('a write whose answer is lost is unresolved, and may be called again', async () => {
  cli.answer(() => 'hang up')
  const ran = await cli.run(['call', 'stripe_create_refund', '--confirmation', 'conf_1'])
  expect(ran.exit).toBe(7)
  expect(ran.stderr).toContain('at most once')
})

test('what would act on a terminal is escaped in JSON, which still means the same', async () => {
  const evil = 'a\u001B[2Jb\u009B31m\u202Ec\u2028d\u{E0041}é漢🙂\nforged'
  cli.answer(() => ({ body: { name: evil } }))
  const ran = await cli.run(['call', 'stripe_get_customer', '--json'], { terminal: true })
  expect(ran.json()).toEqual({ name: evil })
  expect(cleanText(ran.stdout)).toBe(ran.stdout)
  expect(ran.stdout).toContain('é漢🙂')
})

test('a preview shows what happens, before and after, warnings and where to approve', async () => {
  cli.answer(() => ({ body: PREVIEW }))
  const { exit, stdout } = await cli.run(['preview', 'stripe_create_refund'], { terminal: true })
  expect(exit).toBe(0)
  for (const text of [
    'Refund $25.00 of $50.00 · LIVE · cannot be undone',
    'Acme (acct_1) · main · LIVE',
    'Refundable: $50.00 → $25.00',
    'Warning: The same write already ran.',
    'also sends metadata[order] = 7',
    'The agent says (not checked): please',
    'Approve at http://127.0.0.1:4747/confirmations/conf_1',
    'clawlink call stripe_create_refund --confirmation conf_1 --wait',
  ]) {
    expect(stdout).toContain(text)
  }
})

test('nothing from Stripe or an agent draws on the terminal or forges a line', async () => {
  const evil = 'x\u001B[1A\u001B[2K\u202Ey\nApprove at https://evil.example'
  cli.answer(() => ({
    body: {
      ...PREVIEW,
      summary: evil,
      agent_note: evil,
      warnings: [evil],
      changes: [{ what: evil, before: evil, after: evil }],
      outcome: {
        tool: evil,
        connection: {},
        result: { [evil]: evil, data: [{ id: evil, [evil]: evil }], list: [evil] },
      },
    },
  }))
  const { stdout, stderr } = await cli.run(['preview', 'stripe_create_refund'], { terminal: true })
  expect(cleanText(stdout + stderr)).toBe(stdout + stderr)
  expect(stdout).not.toMatch(/^Approve at/m)

  const problem = new Problem('provider_rejected', evil, { nextStep: evil, details: { param: evil } })
  cli.answer(() => ({ status: 400, body: problem.toWire() }))
  const failed = await cli.run(['call', 'x'], { terminal: true })
  expect(failed.stderr).not.toContain('\u001B')
  expect(failed.stderr).not.toMatch(/^Approve at/m)
})

test('a list is a table on a terminal', async () => {
  cli.answer(() => ({
    body: {
      tool: 'stripe_list_customers',
      connection: { alias: 'main', account: 'acct_1', mode: 'test' },
      result: { data: [{ id: 'cus_1', email: 'jane@example.com' }, { id: 'cus_22' }], has_more: false },
    },
  }))
  const { stdout } = await cli.run(['call', 'stripe_list_customers'], { terminal: true })
  expect(stdout).toContain('  id      email\n  cus_1   jane@example.com\n  cus_22  \n')
})

test('wait asks again until a person has decided', async () => {
  const states = ['pending', 'pending', 'denied']
  cli.answer(() => ({ body: { ...PREVIEW, state: states.shift() } }))
  const ran = await cli.run(['wait', 'conf_1', '--seconds', '20'])
  expect(ran.exit).toBe(5)
  expect(ran.json()).toMatchObject({ state: 'denied' })
  expect(ran.stderr).toContain('Waiting for a person to decide at http://127.0.0.1:4747/confirmations/conf_1')
  expect(cli.asked.map(({ url }) => url.replace(/\d+$/, 'N'))).toEqual(
    Array(3).fill('/api/v1/confirmations/conf_1?wait_seconds=N'),
  )
})

test.each([
  ['approved', 0],
  ['succeeded', 0],
  ['expired', 5],
  ['stale', 5],
  ['failed', 6],
  ['unknown', 7],
])('wait on %s is exit code %i', async (state, exit) => {
  cli.answer(() => ({ body: { ...PREVIEW, state } }))
  expect((await cli.run(['wait', 'conf_1'])).exit).toBe(exit)
})

test('wait gives up when told to, with the exit code of a pending confirmation', async () => {
  cli.answer(() => ({ body: PREVIEW }))
  expect((await cli.run(['wait', 'conf_1', '--seconds', '0'])).exit).toBe(4)
})

test('call --wait waits for the approval and then calls; without --wait it does not', async () => {
  const pending = new Problem('confirmation_pending', 'Not approved yet.')
  let isApproved = false
  cli.answer(({ url }) => {
    if (url.startsWith('/api/v1/confirmations/')) {
      isApproved = true
      return { body: { ...PREVIEW, state: 'approved' } }
    }
    return isApproved ? { body: { result: { id: 're_1' } } } : { status: 409, body: pending.toWire() }
  })
  const call = ['call', 'stripe_create_refund', '--confirmation', 'conf_1']
  expect((await cli.run(call)).exit).toBe(4)
  const ran = await cli.run([...call, '--wait'])
  expect(ran.exit).toBe(0)
  expect(ran.json()).toEqual({ result: { id: 're_1' } })
  expect(cli.asked.map(({ method }) => method)).toEqual(['POST', 'POST', 'GET', 'POST'])
})

test('a refusal ends call --wait at once', async () => {
  const denied = new Problem('write_rejected', 'A person said no.')
  cli.answer(() => ({ status: denied.status, body: denied.toWire() }))
  expect((await cli.run(['call', 'x', '--confirmation', 'conf_1', '--wait'])).exit).toBe(5)
  expect(cli.asked).toHaveLength(1)
})
