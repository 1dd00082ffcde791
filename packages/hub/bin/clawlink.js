#!/usr/bin/env node
// Old JavaScript and nothing imported: it has to run on the Node that it turns away.

const NEEDED = 26

// Linked under the name of a command (`clawlink_call_tool`), it is that command.
const linkedAs = (process.argv[1] || '').split(/[\\/]/).pop()
if (/^clawlink_\w+$/.test(linkedAs)) process.argv.splice(2, 0, linkedAs)

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  import('../src/main.ts')
    .then((program) => program.main(process.argv.slice(2)))
    .then((exitCode) => (process.exitCode = exitCode))
    .catch((error) => {
      process.stderr.write(`clawlink: ${error.message.split('\n')[0]}\n`)
      if (process.env.CLAWLINK_DEBUG === '1') process.stderr.write(`${error.stack}\n`)
      process.exitCode = 1
    })
} else {
  process.stderr.write(
    `clawlink needs Node ${NEEDED} and this is Node ${process.versions.node}: use \`npm start\` or \`npx clawlink\` in the repository, which bring Node ${NEEDED} along, or install Node ${NEEDED}.\n`,
  )
  process.exitCode = 1
}
