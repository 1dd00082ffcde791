import type { Command } from 'commander'
import { withLocalHub, type RunCommand } from './command.ts'
import { EXIT } from './exit-codes.ts'
import { safe } from './safe-text.ts'

export function addAuditCommands(program: Command, run: RunCommand): void {
  const audit = program.command('audit').description('The audit log of the hub in this home.')
  const verify = audit
    .command('verify')
    .description(
      'Walks the whole log: exit code 1 and the first bad row if anything was edited or is missing.',
    )
  run(verify, { piped: 'json' }, async (context) => {
    const { out } = context
    const verdict = await withLocalHub(context, (hub) => hub.verifyAudit())
    if (out.json) out.data(verdict)
    if (verdict.ok) {
      if (!out.json) out.line(safe`${out.style('green', 'The audit log is whole:')} ${verdict.rows} rows.`)
      return EXIT.done
    }
    out.aside(
      safe`clawlink: the audit log is not whole. Row ${verdict.seq}: ${verdict.reason}; the ${verdict.rows} rows before it are good.`,
    )
    return EXIT.failed
  })
}
