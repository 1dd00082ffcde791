import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLAWLINK, runProcess } from '../../../../test/support/processes.ts'
import { startTestCli } from '../test-cli.ts'
import { answerCompletion } from './completion.ts'
import { SHELLS } from './scripts.ts'

const { bin } = JSON.parse(readFileSync(new URL('../../../../package.json', import.meta.url), 'utf8')) as {
  bin: Record<string, string>
}

let folder: string
let script: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'clawlink-completion-'))
  mkdirSync(join(folder, 'bin'))
  symlinkSync(CLAWLINK, join(folder, 'bin', 'clawlink'))
  script = await scriptFor('bash')
})
afterAll(() => rmSync(folder, { recursive: true }))

async function scriptFor(shell: string): Promise<string> {
  const cli = await startTestCli()
  const { exit, stdout } = await cli.run(['completion', shell], { terminal: true })
  await cli.close()
  expect(exit).toBe(0)
  return stdout
}

/** What a real bash would put in the place of the last of `typed`, which are words as bash takes a line apart. */
async function inBash(typed: string[]): Promise<string[]> {
  const file = join(folder, 'completion.bash')
  writeFileSync(file, script)
  const { code, stdout, stderr } = await runProcess(
    '--noprofile',
    [
      '--norc',
      '-c',
      `set -u; source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _clawlink "$1"; printf '%s\\n' "\${COMPREPLY[@]-}"`,
      'bash',
      file,
      ...typed,
    ],
    {
      node: 'bash',
      env: {
        CLAWLINK_HOME: join(folder, 'home'),
        PATH: [join(folder, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
      },
    },
  )
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return stdout.split('\n').filter((line) => line !== '')
}

test.each([
  [['clawlink', 'conn'], ['connections']],
  [['clawlink', 'call', '--tool', 'stripe_create_ref'], ['stripe_create_refund']],
  [['clawlink', 'describe', '"stripe_create_ref'], ['stripe_create_refund']],
  [['clawlink_call_tool', '--tool', 'stripe_create_ref'], ['stripe_create_refund']],
  [['/usr/bin/clawlink_describe_tool', '--tool', 'stripe_get_bal'], ['stripe_get_balance']],
  [
    ['clawlink', 'call', '--view', '=', ''],
    ['compact', 'full'],
  ],
  [['clawlink', 'call', '--view', '=', 'f'], ['full']],
  [
    ['clawlink', 'call', '--view', '='],
    ['compact', 'full'],
  ],
  [['clawlink', 'call', '--params', `'{"a": 1}'`, '--view', 'f'], ['full']],
  [['clawlink', 'tools', '--group', 'Payment\\ M'], ['Payment\\ Methods']],
  [['clawlink', 'tools', '--group', "'Payment M"], ['Payment Methods']],
  [['clawlink', '--home', '/et'], []],
])('a real bash completes %j to %j', async (typed, expected) => {
  expect(await inBash(typed)).toEqual(expected)
})

test('the scripts are for the program and for each executable that is a command', async () => {
  for (const shell of SHELLS) {
    const text = await scriptFor(shell)
    for (const program of Object.keys(bin)) expect(text).toContain(` ${program}`)
  }
  const [, programs = ''] = /-F _clawlink (.*)$/m.exec(script) ?? []
  expect(programs.split(' ').toSorted()).toEqual(Object.keys(bin).toSorted())
})

test('the program is loaded once, and again when it has changed', async () => {
  const sources = mkdtempSync(join(folder, 'sources-'))
  writeFileSync(join(sources, 'a.ts'), '')
  let loads = 0
  const ask = (version: string): Promise<string> =>
    answerCompletion({
      words: ['p'],
      cacheFile: join(sources, '..', 'kept', 'completion.json'),
      version,
      sources,
      loadTree: async () => {
        loads += 1
        const leaf = { aliases: [], options: [], words: [], commands: [] }
        const pair = { ...leaf, name: 'pair', summary: 'Pairs\nthis\tdevice' }
        return { ...leaf, name: 'clawlink', summary: '', commands: [pair] }
      },
    })
  expect(await ask('1.0.0')).toBe('pair\tPairs this device\n')
  expect(await ask('1.0.0')).toBe('pair\tPairs this device\n')
  expect(loads).toBe(1)
  await ask('1.0.1')
  expect(loads).toBe(2)
  writeFileSync(join(sources, 'b.ts'), '')
  await ask('1.0.1')
  expect(loads).toBe(3)
  writeFileSync(join(sources, '..', 'kept', 'completion.json'), '{"half')
  expect(await ask('1.0.1')).toBe('pair\tPairs this device\n')
  expect(loads).toBe(4)
})
