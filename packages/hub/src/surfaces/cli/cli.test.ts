import { afterEach, beforeEach, expect, test } from 'vitest'
import { agentEndpoints } from '../agent-endpoints.ts'
import { pairingTools } from '../pairing-tools.ts'
import { startTestCli, type TestCli } from './test-cli.ts'

let cli: TestCli
beforeEach(async () => {
  cli = await startTestCli()
})
afterEach(() => cli.close())

const COMMANDS =
  'serve pair begin-pairing pairing-status integrations tools search describe preview call wait connections audit doctor setup-link mcp init completion'.split(
    ' ',
  )

test('--version says the version, and --help names every command and every exit code', async () => {
  expect(await cli.run(['--version'])).toMatchObject({ exit: 0, stdout: '1.2.3\n', stderr: '' })
  const help = await cli.run(['--help'])
  expect(help.exit).toBe(0)
  for (const command of COMMANDS) expect(help.stdout).toMatch(new RegExp(`^  ${command}\\b`, 'm'))
  for (const code of [0, 1, 2, 3, 4, 5, 6, 7]) expect(help.stdout).toMatch(new RegExp(`^  ${code}  \\w`, 'm'))
})

test.each(COMMANDS)('%s has help', async (command) => {
  const { exit, stdout } = await cli.run([command, '--help'])
  expect(exit).toBe(0)
  expect(stdout).toContain(`Usage: clawlink ${command}`)
})

test('each agent tool is a command under its own name too', async () => {
  for (const { name, summary } of [...agentEndpoints, ...pairingTools]) {
    const { exit, stdout } = await cli.run([name, '--help'])
    expect(exit).toBe(0)
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(summary.replace(/\.$/, ''))
  }
})

test.each([
  ['no command', []],
  ['an unknown command', ['frobnicate']],
  ['an unknown option', ['tools', '--frobnicate']],
  ['a limit that is no number', ['tools', '--limit', 'many']],
  ['a view that there is not', ['call', 'stripe_get_balance', '--view', 'huge']],
  ['no tool', ['describe']],
  ['two tools', ['describe', 'stripe_get_balance', '--tool', 'stripe_get_customer']],
  ['params that are no JSON', ['call', 'stripe_get_balance', '--params', '{limit: 3}']],
  ['params that are no object', ['call', 'stripe_get_balance', '--params', '[1]']],
  ['params of a missing file', ['call', 'stripe_get_balance', '--params', '@/no/such/file']],
  ['--wait without a confirmation', ['call', 'stripe_create_refund', '--wait']],
  ['a hub that is no address', ['tools', '--hub', 'hub']],
  ['a port that there is not', ['serve', '--port', '99999']],
  ['a connection without an alias', ['connections', 'add']],
])('wrong usage is exit code 2 and is never sent: %s', async (_name, argv) => {
  await cli.pair()
  const { exit, stderr } = await cli.run(argv)
  expect(exit).toBe(2)
  expect(stderr).not.toBe('')
  expect(cli.asked).toEqual([])
})

test.each([
  [['connections', 'add', '--alias', 'a', 'sk_test_4eC39HqLyjWDarjtT1zdp7dc']],
  [['connections', 'add', '--alias', 'a', '--key=rk_live_4eC39HqLyjWDarjtT1zdp7dc']],
  [['connections', 'add', '--alias', 'pk_test_4eC39HqLyjWDarjtT1zdp7dc']],
  [['call', 'x', '--params', '{"key": "sk_live_4eC39HqLyjWDarjtT1zdp7dc"}']],
  [['sk_test_4eC39HqLyjWDarjtT1zdp7dc']],
])('a key on the command line is refused and not repeated', async (argv) => {
  const { exit, stdout, stderr } = await cli.run(argv)
  expect(exit).toBe(2)
  expect(stderr).toContain('looks like a Stripe key')
  expect(stdout + stderr).not.toContain('4eC39')
})

test('words that only resemble a key are no key', async () => {
  await cli.pair()
  expect((await cli.run(['search', 'risk_evaluation', 'task_management_of_customers'])).exit).toBe(0)
})

test('a start-up failure is one line on stderr and no JSON', async () => {
  const { StartError } = await import('./deps.ts')
  const { exit, stdout, stderr } = await cli.run(['serve'], {
    startHub: () => Promise.reject(new StartError('Port 4747 is taken.')),
  })
  expect({ exit, stdout, stderr }).toEqual({ exit: 1, stdout: '', stderr: 'clawlink: Port 4747 is taken.\n' })
})

test('an unforeseen error is a short line, and has its stack only when debugging', async () => {
  const startHub = (): Promise<never> =>
    Promise.reject(new Error('boom with sk_live_4eC39HqLyjWDarjtT1zdp7dc'))
  const short = await cli.run(['serve'], { startHub })
  expect(short).toMatchObject({ exit: 1, stderr: 'clawlink: boom with [key]\n' })
  const long = await cli.run(['serve'], { startHub, env: { CLAWLINK_DEBUG: '1' } })
  expect(long.stderr).toContain('at ')
  expect(long.stderr).not.toContain('4eC39')
})
