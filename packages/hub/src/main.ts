import { readFileSync } from 'node:fs'
import { openLocal } from './local-hub.ts'
import { startHub } from './start-hub.ts'
import { runCli } from './surfaces/cli/cli.ts'

/**
 * The entry of the program. From here: start-hub.ts wires a hub (home.ts its data, providers.ts the wire),
 * local-hub.ts is the operator's way in, and surfaces/ is what the world sees.
 */
export async function main(argv: string[]): Promise<number> {
  const { env } = process
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  return runCli(argv, {
    version,
    env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    startHub: (options) => startHub({ ...options, env, version }),
    openLocal: (options) => openLocal(options, env),
  })
}
