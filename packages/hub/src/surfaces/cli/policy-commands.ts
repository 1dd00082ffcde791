import { readFileSync } from 'node:fs'
import { Option, type Command } from 'commander'
import { DRY_RUN_DAYS, type DryRun } from '../../calls/policy/dry-run-policy.ts'
import type { ReplayedDecision } from '../../calls/policy/replay-policy.ts'
import type { ChosenPolicy } from '../../calls/policy/set-policy.ts'
import type { StoredPolicy } from '../../policy/policies.ts'
import { PRESETS } from '../../policy/presets.ts'
import { viewChanged, viewPolicy } from '../policy-view.ts'
import { wholeNumber } from './agent-options.ts'
import { withLocalHub, type RunCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { EXIT } from './exit-codes.ts'
import type { Output } from './print.ts'
import { safe } from './safe-text.ts'
import { printTable, printTree } from './table.ts'

export function addPolicyCommands(program: Command, run: RunCommand): void {
  const policy = program
    .command('policy')
    .description('What agents may do, and what a person has to approve, in the hub of this home.')

  const show = policy.command('show', { isDefault: true }).description('Shows the policy and its version.')
  run(show, { piped: 'json' }, async (context) => {
    const found = await withLocalHub(context, (hub) => hub.showPolicy())
    if (context.out.json) context.out.data(viewPolicy(found))
    else printPolicy(context.out, found)
    return EXIT.done
  })

  const presets = policy.command('presets').description('Lists policies to begin with.')
  run(presets, { piped: 'json' }, ({ out }) => {
    if (out.json) out.data({ presets: PRESETS })
    else for (const { name, summary } of PRESETS) out.line(safe`${out.style('bold', name)}: ${summary}`)
    return Promise.resolve(EXIT.done)
  })

  const set = withChoice(
    policy
      .command('set')
      .description('Replaces the policy. What was approved under the old one is revoked.')
      .requiredOption('--replaces <version>', 'the version that you have seen', wholeNumber('--replaces')),
  )
  run(set, { piped: 'json' }, async (context) => {
    const { out, options } = context
    const input = { ...chosen(options), replaces: Number(options['replaces']) }
    const changed = await withLocalHub(context, (hub) => hub.setPolicy(input))
    if (out.json) out.data(viewChanged(changed))
    else {
      out.line(
        safe`${out.style('green', 'Version')} ${changed.policy.version} counts from now on; ${changed.revoked} waiting or approved confirmations are void.`,
      )
    }
    return EXIT.done
  })

  const dryRun = withChoice(
    policy
      .command('dry-run')
      .description('What a policy would have decided about the writes of the last days. Changes nothing.')
      .option('--days <days>', `at most ${DRY_RUN_DAYS}`, wholeNumber('--days'), DRY_RUN_DAYS),
  )
  run(dryRun, { piped: 'json' }, async (context) => {
    const { out, options } = context
    const days = Number(options['days'])
    if (days < 1 || days > DRY_RUN_DAYS) throw new UsageError(`--days is from 1 to ${DRY_RUN_DAYS}.`)
    const result = await withLocalHub(context, (hub) => hub.dryRunPolicy({ ...chosen(options), days }))
    if (out.json) out.data(result)
    else printDryRun(out, result)
    return EXIT.done
  })
}

function withChoice(command: Command): Command {
  return command
    .addOption(new Option('--preset <name>', 'one of `clawlink policy presets`').conflicts('file'))
    .option(
      '--file <path>',
      'a policy as JSON, such as the document that `clawlink policy show --json` prints',
    )
}

function chosen({ preset, file }: Record<string, unknown>): ChosenPolicy {
  if (typeof preset === 'string') return { preset }
  if (typeof file !== 'string') throw new UsageError('Name a --preset or a --file.')
  try {
    return { document: JSON.parse(readFileSync(file, 'utf8')) as unknown }
  } catch (error) {
    throw new UsageError(`The file cannot be read as JSON: ${error instanceof Error ? error.message : ''}`)
  }
}

function printPolicy(out: Output, { version, document, createdBy, createdAt }: StoredPolicy): void {
  out.line(safe`${out.style('bold', `Version ${version}`)}, made by ${createdBy} at ${createdAt}`)
  printTree(out, { assurance: document.assurance })
  const { rules, allowances } = document
  if (rules.length === 0) out.line(safe`No rules.`)
  for (const { id, ...rule } of rules) {
    out.line(safe`${out.style('bold', id)}`)
    printTree(out, rule, '  ')
  }
  if (allowances.length > 0) printTree(out, { allowances })
}

function printDryRun(out: Output, { replayed, since, truncated, totals, changed }: DryRun): void {
  out.line(
    safe`${replayed} writes since ${since}${truncated ? ' (the newest; there were more)' : ''}: ${totals.denies} denied, ${totals.asks_more} would need more, ${totals.asks_less} less, ${totals.same} the same.`,
  )
  if (changed.length === 0) return
  const column = (title: string, of: (row: ReplayedDecision) => string) => ({
    title,
    of: (row: unknown) => of(row as ReplayedDecision),
  })
  printTable(out, changed, [
    column('when', (row) => row.at),
    column('needed', (row) => row.needed),
    column('would need', (row) => row.would_need),
    column('by', (row) => row.because.map(({ rule }) => rule).join(', ')),
    column('what', (row) => row.summary),
  ])
}
