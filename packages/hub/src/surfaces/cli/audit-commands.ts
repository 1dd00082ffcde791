import type { Command } from 'commander'
import type { AuditVerdict } from '../../audit/audit.ts'
import type { ExportVerdict } from '../../audit/verify-export.ts'
import { addAuditExport } from './audit-export.ts'
import { addAuditSeal } from './audit-seal.ts'
import { withProgress } from './audit-progress.ts'
import { withLocalHub, type CommandContext, type RunCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { optionOf, readInput, readInputText } from './input.ts'
import { safe, type Safe } from './safe-text.ts'

export function addAuditCommands(program: Command, run: RunCommand): void {
  const audit = program.command('audit').description('The audit log of the hub in this home.')
  const verify = audit
    .command('verify')
    .description(
      'Walks the whole log: exit code 1 and the first bad row if anything was edited or is missing.',
    )
    .option('--checkpoint <file>', 'also compare with checkpoints that were kept elsewhere (- for a pipe)')
    .option('--file <export>', 'prove an export (JSONL) by the key alone (- for a pipe)')
  run(verify, { piped: 'json' }, verifyLog)

  const checkpoint = audit
    .command('checkpoint')
    .description(
      'Prints what is in the log by now, to be kept on another machine: it shows later what was taken away.',
    )
  run(checkpoint, { piped: 'json' }, printCheckpoint)

  addAuditExport(audit, run)
  addAuditSeal(audit, run)
}

async function verifyLog(context: CommandContext): Promise<ExitCode> {
  const { deps, settings } = context
  const file = optionOf(context, 'file')
  const checkpoints = optionOf(context, 'checkpoint')
  if (file === '-' && checkpoints === '-') throw new UsageError('Only one of the two can come from a pipe.')
  const given = checkpoints === undefined ? undefined : await readInputText(deps, checkpoints)
  const toldAs = (rows: number): Safe => safe`Verifying: ${rows} rows`
  if (file === undefined) {
    const verdict = await withProgress(context, toldAs, (onProgress) =>
      withLocalHub(context, (hub) => hub.verifyAudit({ given, onProgress })),
    )
    return tellVerdict(context, verdict)
  }
  const verdict = await withProgress(context, toldAs, (onProgress) =>
    deps.verifyExport({ home: settings.home }, readInput(deps, file), { given, onProgress }),
  )
  return tellExportVerdict(context, verdict)
}

function tellVerdict({ out }: CommandContext, verdict: AuditVerdict): ExitCode {
  if (out.json) out.data(verdict)
  for (const { first, last, file, checked } of verdict.sealed ?? []) {
    if (!checked)
      out.aside(safe`Rows ${first}–${last} are sealed in ${file}, which is not here (not checked).`)
  }
  if (verdict.ok) {
    if (!out.json) out.line(safe`${out.style('green', 'The audit log is whole:')} ${verdict.rows} rows.`)
    return EXIT.done
  }
  out.aside(
    verdict.seq === null
      ? safe`clawlink: the ${verdict.rows} rows of the audit log fit, but ${verdict.reason}.`
      : safe`clawlink: the audit log is not whole. Row ${verdict.seq}: ${verdict.reason}; the ${verdict.rows} rows before it are good.`,
  )
  return EXIT.failed
}

function tellExportVerdict({ out }: CommandContext, verdict: ExportVerdict): ExitCode {
  if (out.json) out.data(verdict)
  if (!verdict.ok) {
    const { line, seq, reason, rows } = verdict
    const where = [line === null ? '' : `line ${line}`, seq === null ? '' : `row ${seq}`].filter(Boolean)
    out.aside(
      safe`clawlink: the export does not hold. ${[where.join(', '), reason].filter(Boolean).join(': ')}; ${rows} rows before it are good.`,
    )
    return EXIT.failed
  }
  const { rows, first, last, whole } = verdict
  if (out.json) return EXIT.done
  if (rows === 0) {
    out.line(safe`The export holds no rows: it proves nothing.`)
    return EXIT.done
  }
  out.line(safe`${out.style('green', 'Every row of the export is genuine:')} ${rows} rows.`)
  if (whole) out.line(safe`It is whole up to row ${last ?? 0}.`)
  else
    out.line(
      safe`It is a part of the log: some of rows ${first ?? 0} to ${last ?? 0}. What was left out, it does not say.`,
    )
  return EXIT.done
}

async function printCheckpoint(context: CommandContext): Promise<ExitCode> {
  const { out } = context
  const made = await withLocalHub(context, (hub) => hub.checkpointAudit())
  if (made === undefined) {
    out.aside(safe`clawlink: the audit log is empty.`)
    return EXIT.failed
  }
  const { checkpoint, isKept } = made
  if (!isKept) out.aside(safe`clawlink: it could not be written beside the database; keep it elsewhere.`)
  if (!out.json) {
    out.aside(
      safe`The audit log has ${checkpoint.seq} rows at ${checkpoint.at}. Keep the next line on another machine, and compare later with: clawlink audit verify --checkpoint FILE`,
    )
  }
  out.data(checkpoint)
  return EXIT.done
}
