import type { Command } from 'commander'
import { moment } from '../../audit/export.ts'
import { MIN_SEAL_AGE_DAYS } from '../../audit/seal.ts'
import { withProgress } from './audit-progress.ts'
import { withLocalHub, type CommandContext, type RunCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { optionOf } from './input.ts'
import { safe } from './safe-text.ts'

export function addAuditSeal(audit: Command, run: RunCommand): void {
  const command = audit
    .command('seal')
    .description(
      'Moves the oldest rows to compressed files in the folder audit/segments; the log stays provable.',
    )
    .requiredOption('--before <date>', 'rows before this date (UTC) or moment')
    .option('--recent', `also rows of the last ${MIN_SEAL_AGE_DAYS} days`)
  run(command, { piped: 'json' }, sealLog)
}

async function sealLog(context: CommandContext): Promise<ExitCode> {
  const { out, options } = context
  const before = moment.safeParse(optionOf(context, 'before'))
  if (!before.success) throw new UsageError(`--before: ${before.error.issues[0]?.message ?? 'is not right'}.`)
  const segments = await withProgress(
    context,
    (rows) => safe`Sealing: ${rows} rows`,
    (onProgress) =>
      withLocalHub(context, (hub) =>
        hub.sealAudit({ before: before.data, evenIfYoung: options['recent'] === true, onProgress }),
      ),
  )
  if (out.json) out.data({ segments })
  else if (segments.length === 0) out.line(safe`There are no rows to seal.`)
  for (const { first, last, file } of out.json ? [] : segments) {
    out.line(safe`Sealed rows ${first}–${last} in ${file}. Keep a copy of it: the database has them no more.`)
  }
  return EXIT.done
}
