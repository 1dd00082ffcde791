import { isoTime } from '../contract/ids.ts'
import { currencyDecimals, decimalAmount } from '../contract/money.ts'
import type { Description } from '../integrations/define.ts'
import { hashIntent, type Confirmation, type Intent } from './confirmation.ts'
import { stateAt, type State } from './reducer.ts'

/** A confirmation as agents and pages see it. Everything in it was told from the stored bytes, but `agent_note`. */
export interface ConfirmationView {
  confirmation: string
  state: State
  tool: string
  connection: { alias: string; account: string; account_name: string; mode: 'test' | 'live' }
  effect: string
  needs: string
  raised_by: Array<{ rule: string; why: string }>
  /** The allowance that lowered what is needed. */
  lowered_by: string | null
  /** What ran before, if this is the same write once more. */
  repeats: { confirmation: string; at: string; state: string } | null
  /** One line with the mode and whether it can be undone. */
  summary: string
  changes: Array<{ what: string; before: string | null; after: string }>
  warnings: string[]
  /** What moves or is given up, as far as the hub can tell; `decimal` is the amount in the currency's usual form. */
  money: Array<{ amount: number; currency: string; decimal: string }>
  also_sends: Description['alsoSends']
  irreversible: string
  device: string
  agent_note: string | null
  intent_hash: string
  created_at: string
  expires_at: string
  approval_url: string
  reason: string | null
}

export function viewConfirmation(
  confirmation: Confirmation,
  publicUrl: string,
  now: number,
): ConfirmationView {
  const { intent, progress } = confirmation
  const { description } = intent
  const mode = intent.mode === 'live' ? 'LIVE' : 'test'
  return {
    confirmation: intent.id,
    state: stateAt(progress, now),
    tool: intent.tool,
    connection: {
      alias: intent.connectionAlias,
      account: intent.account,
      account_name: intent.accountName,
      mode: intent.mode,
    },
    effect: intent.effect,
    needs: intent.needed,
    raised_by: intent.raisedBy,
    lowered_by: intent.allowance ?? null,
    repeats: viewRepeat(intent),
    summary: [
      description.summary,
      mode,
      ...(description.irreversible === '' ? [] : ['cannot be undone']),
    ].join(' · '),
    changes: description.changes.map(({ what, before, after }) => ({ what, before, after })),
    warnings: description.warnings,
    money: viewMoney(intent),
    also_sends: description.alsoSends,
    irreversible: description.irreversible,
    device: intent.deviceLabel,
    agent_note: intent.agentNote,
    intent_hash: hashIntent(intent),
    created_at: intent.createdAt,
    expires_at: isoTime(progress.expiresAt),
    approval_url: `${publicUrl}/confirmations/${intent.id}`,
    reason: progress.reason,
  }
}

function viewMoney({ stakes }: Intent): ConfirmationView['money'] {
  if (stakes === undefined || stakes.money === 'unknown') return []
  return stakes.money
    .filter(({ currency }) => currencyDecimals(currency) !== undefined)
    .map((money) => ({ ...money, decimal: decimalAmount(money) }))
}

function viewRepeat({ repeats }: Intent): ConfirmationView['repeats'] {
  if (repeats === undefined || repeats === null) return null
  return { confirmation: repeats.id, at: repeats.at, state: repeats.state }
}
