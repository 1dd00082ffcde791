import { parseArgs } from 'node:util'
import { audit } from './audit.ts'
import { conversion } from './conversion.ts'
import { params } from './params.ts'
import { reads } from './reads.ts'
import { sandboxRestart } from './sandbox-restart.ts'
import { sandbox } from './sandbox.ts'
import { start } from './start.ts'
import { tokens } from './tokens.ts'

/** Named figures; a ratio says in its name what stands over what. */
export type Figures = Record<string, number | Record<string, number>>

const BENCHMARKS: Record<string, { about: string; run: () => Promise<Figures> }> = {
  audit: { about: 'rows of the audit log: appended, verified, exported and sealed', run: audit },
  conversion: { about: 'a million amounts in every currency, there and back', run: conversion },
  params: { about: 'how long the check of odd params takes at most', run: params },
  reads: { about: 'a read through the hub beside the same read straight from the sandbox', run: reads },
  sandbox: {
    about: 'the sandbox, in memory and with its journal on disk, beside other emulators',
    run: sandbox,
  },
  'sandbox-restart': {
    about: 'the sandbox from its start to its first answer, with a hundred thousand objects in its journal',
    run: sandboxRestart,
  },
  start: { about: 'cold start until /readyz, and memory', run: start },
  tokens: { about: 'what the catalog costs an agent, beside the raw JSON of Stripe', run: tokens },
}

const HELP = `npm run bench -- NAME [--json]

${Object.entries(BENCHMARKS)
  .map(([name, { about }]) => `  ${name.padEnd(17)}${about}`)
  .join('\n')}

  --json   the last line is one JSON object of figures and ratios
`

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean' }, help: { type: 'boolean' } },
  allowPositionals: true,
})
const [name = ''] = positionals
const benchmark = Object.hasOwn(BENCHMARKS, name) ? BENCHMARKS[name] : undefined
if (values.help === true) {
  process.stdout.write(HELP)
} else if (benchmark === undefined) {
  process.stderr.write(`There is no benchmark "${name}".\n\n${HELP}`)
  process.exitCode = 2
} else {
  const figures = await benchmark.run()
  if (values.json === true) process.stdout.write(`${JSON.stringify(figures)}\n`)
  else print(figures, '')
}

function print(figures: Figures, indent: string): void {
  for (const [figure, value] of Object.entries(figures)) {
    if (typeof value === 'number') process.stdout.write(`${(indent + figure).padEnd(50)}${value}\n`)
    else {
      process.stdout.write(`${figure}\n`)
      print(value, '  ')
    }
  }
}
