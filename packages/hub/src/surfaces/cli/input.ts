import { createReadStream } from 'node:fs'
import { text } from 'node:stream/consumers'
import type { CommandContext } from './command.ts'
import type { CliDeps } from './deps.ts'
import { UsageError } from './errors.ts'

/** An option with a value, if it was given. */
export function optionOf({ options }: CommandContext, name: string): string | undefined {
  const value = options[name]
  return typeof value === 'string' ? value : undefined
}

/** A file, or a pipe where it is called `-`. */
export async function* readInput({ stdin }: CliDeps, file: string): AsyncGenerator<Uint8Array | string> {
  if (file === '-' && stdin.isTTY) throw new UsageError('There is no pipe to read from.')
  const source: AsyncIterable<Uint8Array | string> = file === '-' ? stdin : createReadStream(file)
  try {
    yield* source
  } catch (error) {
    const { code } = error as { code?: unknown }
    throw typeof code === 'string' ? new UsageError(`${file} cannot be read (${code}).`) : error
  }
}

export function readInputText(deps: CliDeps, file: string): Promise<string> {
  return text(readInput(deps, file))
}
