import type { ApprovalRequest } from '../openclaw-api.ts'
import type { View } from './view.ts'

/** OpenClaw refuses what is longer. */
const MAX_TITLE = 80
const MAX_DESCRIPTION = 512
const MAX_TIMEOUT_MS = 600_000

/** An answer takes a moment to reach the hub, where the confirmation ends by its own clock. */
const HEAD_START_MS = 3_000
/** Less time than this is no time to read and decide. */
const MIN_TIMEOUT_MS = 10_000

export type Prompt = Omit<ApprovalRequest, 'onResolution'>

/**
 * What the person in the chat reads, in the hub's words. Nothing that matters may be cut off: the title holds mode,
 * amounts and whether it can be undone; summary and warnings are there in whole. Where that does not fit, there is no
 * prompt, and the person has to look at the hub's page.
 */
export function writePrompt(view: View, now: number): Prompt | undefined {
  const title = titleOf(view)
  const description = describe(view)
  const left = Date.parse(view.expires_at) - now - HEAD_START_MS
  if (title.length > MAX_TITLE || description === undefined || left < MIN_TIMEOUT_MS) return undefined
  const [money, ...others] = view.money
  return {
    title,
    description,
    severity: 'critical',
    ...(money === undefined || others.length > 0
      ? {}
      : {
          scope: {
            kind: 'payment' as const,
            amount: money.decimal,
            currency: money.currency.toUpperCase(),
            target: 'Stripe',
          },
        }),
    allowedDecisions: ['allow-once', 'deny'],
    timeoutMs: Math.min(left, MAX_TIMEOUT_MS),
    timeoutReason:
      'Nobody answered in the chat in time, and nothing was sent. Ask the user; if they still want it, call clawlink_call_tool again without a confirmation.',
  }
}

function titleOf({ connection, money, irreversible }: View): string {
  const mode = connection.mode === 'live' ? 'Stripe LIVE' : 'Stripe test mode'
  const amounts = money.map(({ decimal, currency }) => `${decimal} ${currency.toUpperCase()}`)
  return [mode, ...amounts, ...(irreversible === '' ? [] : ['cannot be undone'])].join(' · ')
}

/** Details may be cut, with a link to all of them; the summary and the warnings never. */
function describe({ summary, warnings, changes, approval_url: url }: View): string | undefined {
  const needed = [summary, ...warnings.map((warning) => `Note: ${warning}`)].join('\n')
  const details = changes.map(({ what, before, after }) =>
    before === null ? `${what}: ${after}` : `${what}: ${before} → ${after}`,
  )
  const whole = [needed, ...details].join('\n')
  if (whole.length <= MAX_DESCRIPTION) return whole
  const end = `… In full: ${url}`
  const room = MAX_DESCRIPTION - end.length
  return needed.length <= room ? `${cutOnWord(whole, room)}${end}` : undefined
}

function cutOnWord(text: string, length: number): string {
  const cut = text.slice(0, length + 1)
  const space = cut.search(/\s\S*$/)
  return (space > 0 ? cut.slice(0, space) : cut.slice(0, length)).trimEnd()
}
