import { setImmediate } from 'node:timers/promises'
import type { Context } from '../../audit/context.ts'
import type { Actor } from '../../contract/actor.ts'
import { isoTime } from '../../contract/ids.ts'
import { listSince } from '../../confirmations/list-since.ts'
import {
  replayedOf,
  replayPolicy,
  type Replayed,
  type ReplayedDecision,
  type Verdict,
} from './replay-policy.ts'
import { requireOwner } from './require-owner.ts'
import { chosenPolicy, type ChosenPolicy } from './set-policy.ts'

export const DRY_RUN_DAYS = 30
const DAY_MS = 24 * 60 * 60 * 1000

/** The newest ones, where there are more: enough to judge a policy by. */
const MAX_REPLAYED = 10_000
/** As many differences as a person looks through. */
const MAX_SHOWN = 100
/** The hub answers others in between. */
const REPLAYED_AT_A_TIME = 100

export interface DryRun {
  since: string
  /** How many writes were replayed; reads, and what was denied then, leave no confirmation. */
  replayed: number
  /** There were more than are replayed. */
  truncated: boolean
  totals: Record<Verdict, number>
  /** How many of them each rule decided. */
  by_rule: Record<string, number>
  /** What would have been decided differently, newest first. */
  changed: ReplayedDecision[]
}

/** "What would this have stopped?": what a policy would have decided about the writes of the last days. */
export async function dryRunPolicy(
  context: Context,
  actor: Actor,
  input: ChosenPolicy & { days: number },
): Promise<DryRun> {
  requireOwner(actor)
  const document = chosenPolicy(input)
  const since = isoTime(context.now() - input.days * DAY_MS)
  const all: Replayed[] = []
  let truncated = false
  for await (const one of listSince(context.storage.db, actor.workspace, since)) {
    truncated = all.length === MAX_REPLAYED
    if (truncated) break
    all.push(replayedOf(one))
  }

  const totals: DryRun['totals'] = { same: 0, asks_more: 0, asks_less: 0, denies: 0 }
  const byRule = new Map<string, number>()
  const changed: ReplayedDecision[] = []
  let replayed = 0
  for (const decision of replayPolicy(document, all)) {
    replayed += 1
    totals[decision.verdict] += 1
    for (const { rule } of decision.because) byRule.set(rule, (byRule.get(rule) ?? 0) + 1)
    if (decision.verdict !== 'same') changed.push(decision)
    if (replayed % REPLAYED_AT_A_TIME === 0) await setImmediate()
  }
  return {
    since,
    replayed,
    truncated,
    totals,
    by_rule: Object.fromEntries(byRule),
    changed: changed.slice(-MAX_SHOWN).reverse(),
  }
}
