#!/usr/bin/env node
// Plain old JavaScript: it has to parse on the Node that it turns away.
import { basename } from 'node:path'

const NEEDED = 26

// Linked under the name of a command (`clawlink_call_tool`), it is that command.
const linkedAs = basename(process.argv[1] || '')
if (/^clawlink_\w+$/.test(linkedAs)) process.argv.splice(2, 0, linkedAs)

if (Number(process.versions.node.split('.')[0]) < NEEDED) {
  process.stderr.write(
    `clawlink needs Node ${NEEDED} and this is Node ${process.versions.node}: use \`npm start\` or \`npx clawlink\` in the repository, which bring Node ${NEEDED} along, or install Node ${NEEDED}.\n`,
  )
  process.exitCode = 1
} else {
  await import('../src/main.ts')
}
