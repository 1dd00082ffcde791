import type { Command } from 'commander'
import { beginPairing, getPairingStatus } from '../pairing-tools.ts'
import type { CommandContext, RunCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { optionOf } from './input.ts'
import { createPairingSteps, type Step } from './pairing-steps.ts'
import { safe } from './safe-text.ts'

/** For agents, which cannot sit and wait as a person does at `pair`: one command shows the code, another asks about it. */
export function addPairingCommands(program: Command, run: RunCommand): void {
  const begin = program
    .command('begin-pairing')
    .alias(beginPairing.name)
    .description(`${beginPairing.summary.replace(/\.$/, '')}; does not wait for the approval.`)
    .option('--label <text>', 'what the person will see (default: Agent on this machine)')
    .option('--read-only', 'ask for reads alone')
    .option('--force', 'pair again, even if paired already')
  run(begin, { piped: 'json' }, async (context) => {
    const { settings, options } = context
    const given = beginPairing.input.safeParse({ deviceLabel: optionOf(context, 'label') })
    if (!given.success) throw new UsageError('--label takes between 1 and 80 characters.')
    const step = await createPairingSteps(settings, 'Agent').begin({
      label: given.data.deviceLabel,
      readOnly: options['readOnly'] === true,
      force: options['force'] === true,
    })
    tell(context, step)
    return EXIT.done
  })

  const status = program
    .command('pairing-status')
    .alias(getPairingStatus.name)
    .description(getPairingStatus.summary)
  run(status, { piped: 'json' }, async (context) => {
    const step = await createPairingSteps(context.settings, 'Agent').status()
    tell(context, step)
    return EXIT_OF_STATUS[step.status]
  })
}

const EXIT_OF_STATUS: Record<Step['status'], ExitCode> = {
  paired: EXIT.done,
  pending: EXIT.waiting,
  denied: EXIT.rejected,
  expired: EXIT.rejected,
  not_paired: EXIT.unauthenticated,
}

const TOLD: Record<Step['status'], string> = {
  paired: 'Paired with',
  pending: 'Waiting for a person to approve it.',
  denied: 'A person said no to this device.',
  expired: 'The code has expired. Run `clawlink begin-pairing` again.',
  not_paired: 'Not paired. Run `clawlink pair`.',
}

function tell({ out }: CommandContext, step: Step): void {
  if (out.json) return out.data(step)
  if (step.user_code !== undefined) {
    out.line(safe`Open  ${out.style('underline', step.verification_uri_complete ?? '')}`)
    out.line(safe`Code  ${out.style('bold', step.user_code)}  compare it with the page before approving`)
    out.line(safe`Next  clawlink pairing-status`)
  } else out.line(safe`${TOLD[step.status]}${step.hub === undefined ? '' : ` ${step.hub}`}`)
}
