import { cleanLine } from '../contract/clean-text.ts'
import { MINUTE_MS, USAGE_WINDOW_MS, type Over, type Rule } from './document.ts'
import { overLimits, type Usage } from './limits.ts'
import { matches } from './match.ts'
import type { PolicyQuestion, Reason } from './question.ts'

type Judge<Action extends Rule['action']> = (
  rule: Extract<Rule, { action: Action }>,
  question: PolicyQuestion,
) => { needs: Over; why: string } | undefined

const UNKNOWN = 'the hub does not know what this write puts at stake'

/** What each kind of rule asks of a write that it is about; undefined where the write stays within it. */
const JUDGES: { [Action in Rule['action']]: Judge<Action> } = {
  deny: () => ({ needs: 'deny', why: 'the policy does not allow it' }),

  raise: (rule) => ({ needs: rule.to, why: `the policy asks for ${rule.to}` }),

  cap(rule, { stakes, usage, now }) {
    const exceeded = (why: string) => ({
      needs: rule.over,
      why: `over the cap ${CAP_WORDS[rule.per]}: ${why}`,
    })
    if (stakes === undefined) return exceeded(UNKNOWN)
    if (stakes.money !== 'unknown' && stakes.money.length === 0) return undefined
    if (rule.per === 'customer_day' && stakes.customer === null)
      return exceeded('the hub cannot tell whose money it is')
    const counted =
      rule.per === 'call'
        ? []
        : counting(rule, usage, now, USAGE_WINDOW_MS).filter(
            (one) => !one.isRefused && (rule.per !== 'customer_day' || one.customer === stakes.customer),
          )
    const why = overLimits(rule.limits, [...counted.map((one) => one.money), stakes.money])
    return why === undefined ? undefined : exceeded(why)
  },

  // What was refused counts here: an agent that tries stolen cards is refused most of the time.
  velocity(rule, { usage, now }) {
    const ran = counting(rule, usage, now, rule.minutes * MINUTE_MS).length
    if (ran < rule.writes) return undefined
    return {
      needs: rule.over,
      why: `${ran} writes in ${rule.minutes} minutes, where ${rule.writes} are allowed`,
    }
  },

  origins(rule, { stakes }) {
    if (stakes === undefined) return { needs: rule.others, why: UNKNOWN }
    const other = stakes.redirects.find((text) => !rule.allowed.includes(originOf(text) ?? ''))
    if (other === undefined) return undefined
    const where = originOf(other) ?? cleanLine(other, 100)
    return { needs: rule.others, why: `it leads to ${where}, which is not on the list` }
  },
}

const CAP_WORDS = { call: 'per call', day: 'per day', customer_day: 'per customer and day' }

/** Asks one rule about a write that it is about. Reads have no approval, so only a denial touches them. */
export function judgeRule(rule: Rule, question: PolicyQuestion): (Reason & { needs: Over }) | undefined {
  if (question.toolMode === 'read' && rule.action !== 'deny') return undefined
  // The table has the judge of this very kind; the compiler cannot see that they belong together.
  const judge = JUDGES[rule.action] as Judge<Rule['action']>
  const verdict = judge(rule, question)
  if (verdict === undefined) return undefined
  return {
    rule: rule.id,
    needs: verdict.needs,
    why: rule.note === undefined ? verdict.why : `${cleanLine(rule.note, 200)} (${verdict.why})`,
  }
}

/** What ran within the window that the rule is about, whoever asked for it. */
function counting(rule: Rule, usage: readonly Usage[], now: number, windowMs: number): Usage[] {
  return usage.filter((one) => one.at > now - windowMs && matches(rule.match, one))
}

/** Of a web page alone: `blob:` and the like carry the origin of whoever made them. */
function originOf(text: string): string | undefined {
  const url = URL.parse(text)
  return url !== null && /^https?:$/.test(url.protocol) ? url.origin : undefined
}
