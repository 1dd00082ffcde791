import { parseArgs } from 'node:util'
import { reads } from './reads.ts'
import { sandbox } from './sandbox.ts'
import { start } from './start.ts'

/** Named figures; a ratio says in its name what stands over what. */
export type Figures = Record<string, number>

const BENCHMARKS: Record<string, { about: string; run: () => Promise<Figures> }> = {
  reads: { about: 'a read through the hub beside the same read straight from the sandbox', run: reads },
  sandbox: {
    about: 'the sandbox, in memory and with its journal on disk, beside other emulators',
    run: sandbox,
  },
  start: { about: 'cold start until /readyz, and memory', run: start },
}

const HELP = `npm run bench -- NAME [--json]

${Object.entries(BENCHMARKS)
  .map(([name, { about }]) => `  ${name.padEnd(10)}${about}`)
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
  else
    for (const [figure, value] of Object.entries(figures))
      process.stdout.write(`${figure.padEnd(50)}${value}\n`)
}
