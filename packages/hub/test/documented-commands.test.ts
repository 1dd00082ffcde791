import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, expect, test } from 'vitest'
import { loadCommandTree } from '../src/surfaces/cli/cli.ts'
import type { CommandNode } from '../src/surfaces/cli/completion/command-tree.ts'

/** What the documents tell people to type is held against the commands as they are declared. */

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const DOCUMENTS = ['README.md', 'docs/clients.md', 'docs/openclaw.md', 'packages/openclaw-plugin/README.md']

let program: CommandNode
beforeAll(async () => {
  program = await loadCommandTree()
})

/** The command lines of a document, in its blocks and within its sentences, without what leads to the program. */
function commandsIn(text: string): string[] {
  const blocks = [...text.matchAll(/```(?:sh|bash)\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.split('\n'),
  )
  const spans = [...text.matchAll(/`([^`\n]+)`/g)].map(([, span = '']) => span)
  return [...blocks, ...spans]
    .map((line) =>
      line
        .trim()
        .replace(/^(?:source <\(|npm run |npx )/, '')
        .replace(/^clawlink --(?: |$)/, 'clawlink '),
    )
    .filter((line) => /^clawlink(?:_\w+| )/.test(line))
}

/** The first word of a line that there is no such thing as; `undefined` where the line can be typed as it is. */
function unknownIn(line: string): string | undefined {
  const words = [...line.matchAll(/'[^']*'|"[^"]*"|[^\s)]+/g)].map(([word]) => word)
  if (words[0] === 'clawlink') words.shift()
  let command = program
  let options = program.options
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const next = command.commands.find(({ name, aliases }) => name === word || aliases.includes(word))
    if (word.startsWith('--')) {
      const option = options.find(({ names }) => names.includes(word.split('=')[0] ?? ''))
      if (option === undefined) return word
      if (option.takesValue && !word.includes('=')) at += 1
    } else if (next !== undefined) {
      command = next
      options = [...options, ...next.options]
    } else if (command.commands.length > 0) return word
    else {
      const [place] = command.words
      if (
        place !== undefined &&
        place.values.length > 0 &&
        !place.values.some(({ value }) => value === word)
      ) {
        return word
      }
    }
  }
  return undefined
}

test.each(DOCUMENTS)('every command that %s names can be typed', (document) => {
  const commands = commandsIn(readFileSync(join(ROOT, document), 'utf8'))
  expect(commands.length).toBeGreaterThan(0)
  const wrong = commands
    .map((line) => [line, unknownIn(line)] as const)
    .filter(([, unknown]) => unknown !== undefined)
  expect(wrong).toEqual([])
})

test.each([
  ['clawlink inti cursor', 'inti'],
  ['clawlink init emacs', 'emacs'],
  ['clawlink_call_tool --tol "stripe_get_balance"', '--tol'],
  ['clawlink --hub https://hub.example.com describe stripe_no_such_tool', 'stripe_no_such_tool'],
  ['clawlink call --tool stripe_get_balance --params \'{"--a": 1}\' --wait', undefined],
])('%s is found out', (line, expected) => {
  expect(unknownIn(line)).toBe(expected)
})
