import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { Option, type Command } from 'commander'
import { z } from 'zod'
import { EXPORT_FORMATS, exportFilter, type ExportFormat } from '../../audit/export.ts'
import { withProgress } from './audit-progress.ts'
import { withLocalHub, type CommandContext, type RunCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { optionOf } from './input.ts'
import { safe, safeLines } from './safe-text.ts'

const FILTERS = ['from', 'to', 'actor', 'action', 'subject'] as const

export function addAuditExport(audit: Command, run: RunCommand): void {
  const command = audit
    .command('export')
    .description(
      'Writes the log with the hash of each row: JSONL can be proven later, CSV is for spreadsheets.',
    )
    .addOption(new Option('--format <format>', 'what to write').choices([...EXPORT_FORMATS]).default('jsonl'))
    .option('--from <date>', 'rows of this date (UTC) or moment, and after')
    .option('--to <date>', 'rows before this date (UTC) or moment')
    .option('--actor <actor>', 'such as person:…, device:… or system:hub')
    .option('--action <action>', 'such as confirmation.approved, or confirmation.* for all of them')
    .option('--subject <id>', 'rows about this')
    .option('--out <file>', 'write to this file instead of standard output')
  run(command, { piped: 'text' }, exportLog)
}

async function exportLog(context: CommandContext): Promise<ExitCode> {
  const { deps, out } = context
  const format = optionOf(context, 'format') as ExportFormat
  const filter = readFilter(context)
  const file = optionOf(context, 'out')
  const absent: string[] = []
  const rows = await withProgress(
    context,
    (seen) => safe`Exporting: ${seen} rows looked at`,
    (onProgress) =>
      withLocalHub(context, async (hub) => {
        let seen = 0
        const texts = hub.exportAudit({
          format,
          filter,
          onProgress: (looked) => onProgress((seen = looked)),
          onAbsent: (name) => absent.push(name),
        })
        await (file === undefined ? writeOut(deps.stdout, texts) : writeFile(file, texts))
        return seen
      }),
  )
  for (const name of absent) out.aside(safe`The rows of ${name} are not in the export: the file is not here.`)
  if (file !== undefined) {
    if (out.json) out.data({ file, rows_looked_at: rows, absent })
    else out.line(safe`Written to ${file}.`)
  }
  return EXIT.done
}

function readFilter(context: CommandContext) {
  const given = Object.fromEntries(FILTERS.map((name) => [name, optionOf(context, name)]))
  const read = z.strictObject(exportFilter).safeParse(given)
  if (read.success) return read.data
  const [issue] = read.error.issues
  throw new UsageError(`--${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'is not right'}.`)
}

/** Under another name until all of it is on disk: half an export must not look like one. */
async function writeFile(file: string, texts: AsyncIterable<string>): Promise<void> {
  const unfinished = `${file}.${process.pid}.tmp`
  try {
    await pipeline(texts, createWriteStream(unfinished, { mode: 0o600, flush: true }))
    await rename(unfinished, file)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

async function writeOut(stdout: NodeJS.WriteStream, texts: AsyncIterable<string>): Promise<void> {
  const shown = stdout.isTTY ? cleaned(texts) : texts
  try {
    await pipeline(shown, stdout, { end: false })
  } catch (error) {
    // Whoever reads has enough, as `head` has.
    if ((error as { code?: unknown }).code !== 'EPIPE') throw error
  }
}

async function* cleaned(texts: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const text of texts) yield safeLines(text).toString()
}
