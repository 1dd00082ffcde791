import { beforeAll, expect, test } from 'vitest'
import { curatedTools } from '../../../integrations/stripe/tools/index.ts'
import { agentEndpoints } from '../../agent-endpoints.ts'
import { loadCommandTree } from '../cli.ts'
import { startTestCli } from '../test-cli.ts'
import type { CommandNode } from './command-tree.ts'
import { complete } from './complete.ts'

let tree: CommandNode
beforeAll(async () => {
  tree = await loadCommandTree()
})

const after = (...words: string[]): string[] => complete(tree, words).map(({ value }) => value)

test('every command that help names is offered, each once and with what it does', async () => {
  const cli = await startTestCli()
  const { stdout } = await cli.run(['--help'])
  await cli.close()
  const inHelp = [...stdout.matchAll(/^ {2}([a-z][\w-]+)(?: [<[]\S+)? {2,}/gm)].map((match) => match[1])
  expect(inHelp.length).toBeGreaterThan(12)
  expect(after('')).toEqual(inHelp.filter((name) => name !== 'help'))
  for (const { summary } of complete(tree, [''])) expect(summary).toMatch(/^\S.*[^.:;]$/)
})

test('who begins to type the name of an agent tool is offered those names', () => {
  expect(after('clawlink_')).toEqual(expect.arrayContaining(agentEndpoints.map(({ name }) => name)))
  expect(after('ca')).toEqual(['call'])
})

test.each([
  ['call', '--tool', ''],
  ['call', ''],
  ['describe', ''],
  ['clawlink_describe_tool', '--tool', ''],
  ['--home', '/tmp', '--json', 'preview', '--params', '{"tool": "--tool"}', '--tool', ''],
])('where a tool belongs, the whole short list is offered: %s %s', (...words) => {
  expect(after(...words)).toEqual(curatedTools.map(({ name }) => name))
})

test('a tool is offered with what it does', () => {
  expect(complete(tree, ['describe', 'stripe_create_ref'])).toEqual([
    { value: 'stripe_create_refund', summary: 'Create a full or partial refund' },
  ])
})

test('options are those of the command and of every command, once a dash is typed', () => {
  const offered = after('call', '--')
  expect(offered).toEqual(expect.arrayContaining(['--tool', '--params', '--confirmation', '--wait', '--hub']))
  expect(offered).not.toContain('--read-only')
  expect(after('pair', '--r')).toEqual(['--read-only'])
})

test.each([
  [
    ['call', '--view', ''],
    ['compact', 'full'],
  ],
  [['call', '--view=f'], ['--view=full']],
  [['tools', '--integration', ''], ['stripe']],
  [
    ['tools', '--group', 'Pay'],
    ['Payment Intents & Charges', 'Payouts', 'Payment Methods'],
  ],
  [
    ['connections', ''],
    ['list', 'add', 'remove', 'unfreeze'],
  ],
  [['audit', 'ver'], ['verify']],
  [
    ['completion', ''],
    ['bash', 'zsh', 'fish'],
  ],
])('after %j comes %j', (words, expected) => {
  expect(after(...words)).toEqual(expected)
})

test.each([
  [['--home', '']],
  [['call', '--params', '']],
  [['call', 'stripe_get_balance', '']],
  [['search', 'stripe_']],
  [['describe', '--', '--']],
  [['frobnicate', '']],
])('nothing is made up where anything may stand: %j', (words) => {
  expect(after(...words)).toEqual([])
})

test('no value of an option is taken for a command', () => {
  expect(after('--hub', 'call', 'describe', 'stripe_get_bal')).toEqual(['stripe_get_balance'])
})
