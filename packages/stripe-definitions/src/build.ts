import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { artefactPath, readArtefact } from './artefact.ts'
import { KNOWN_EXCEPTIONS } from './known-exceptions.ts'
import { buildArtefact } from './load.ts'

// `npm run build`: leaves the artefact in place, and says what it holds.
const path = artefactPath()
const existing = readArtefact(path)
const started = performance.now()
const { definitions, notUnderstood } =
  existing === undefined ? await buildArtefact(path) : { definitions: existing, notUnderstood: [] }
const seconds = ((performance.now() - started) / 1000).toFixed(1)
const kilobytes = Math.round((await stat(path)).size / 1000)

const news = notUnderstood.filter((line) => !KNOWN_EXCEPTIONS.includes(line))
for (const line of news) process.stderr.write(`not understood: ${line}\n`)
process.stdout.write(
  `${existing === undefined ? `built in ${seconds} s` : 'up to date'}: ${basename(path)}, ${kilobytes} kB, ` +
    `stripe ${definitions.stripeVersion} (${definitions.apiVersion}), ` +
    `${definitions.operations.length} operations, ${Object.keys(definitions.objects).length} object types\n`,
)
