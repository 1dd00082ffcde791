import type { Command } from 'commander'
import type { CliDeps, LocalHub } from './deps.ts'
import type { ExitCode } from './exit-codes.ts'
import type { Output } from './print.ts'
import type { Settings } from './settings.ts'

/** What a command works with. */
export interface CommandContext {
  deps: CliDeps
  out: Output
  settings: Settings
  /** Its options and the global ones. */
  options: Record<string, unknown>
  /** What was typed without an option. */
  words: string[]
}

/** `json`: a script gets JSON without asking. `text`: only with `--json`, since people read this in logs too. */
export type Piped = 'json' | 'text'

/** Says what a command does; the wiring gives it its context and carries its exit code out. */
export type RunCommand = (
  command: Command,
  how: { piped: Piped },
  work: (context: CommandContext) => Promise<ExitCode>,
) => void

/** The hub's home opened directly, and closed whatever happens. */
export async function withLocalHub<T>(
  { deps, settings }: CommandContext,
  work: (hub: LocalHub) => Promise<T>,
): Promise<T> {
  const hub = await deps.openLocal({ home: settings.home })
  try {
    return await work(hub)
  } finally {
    await hub.close()
  }
}
