import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { answerCompletion } from './surfaces/cli/completion/completion.ts'
import { defaultHome } from './surfaces/cli/default-home.ts'

/**
 * The entry of the program. From here: start-hub.ts wires a hub (home.ts its data, providers.ts the wire),
 * local-hub.ts is the operator's way in, and surfaces/ is what the world sees.
 */
export async function main(argv: string[]): Promise<number> {
  // Whoever reads it may have seen enough, as `head` has.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
    process.exit()
  })
  const { env } = process
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string
  }
  // Whoever presses the Tab key does not wait for the whole program to load.
  if (argv[0] === 'complete') {
    const answer = await answerCompletion({
      words: argv.slice(argv.indexOf('--') + 1),
      cacheFile: join(defaultHome(env), 'cli', 'completion.json'),
      version,
      sources: import.meta.dirname,
      loadTree: async () => (await import('./surfaces/cli/cli.ts')).loadCommandTree(),
    })
    process.stdout.write(answer)
    return 0
  }
  return (await import('./surfaces/cli/cli.ts')).runCli(argv, {
    version,
    env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    // Loaded when asked for: a command that only talks to a hub should not wait for one to load.
    startHub: async (options) => (await import('./start-hub.ts')).startHub({ ...options, env, version }),
    openLocal: async (options) => (await import('./local-hub.ts')).openLocal(options, env),
    verifyExport: async (options, source, how) =>
      (await import('./local-hub.ts')).verifyExportIn(options, env, source, how),
  })
}
