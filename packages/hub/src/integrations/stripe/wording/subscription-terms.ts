import type { Change, Params } from '../../define.ts'
import { objectAt } from '../json.ts'
import { becomes } from './changes.ts'
import { formatDate } from './dates.ts'
import { beginsCycle } from './subscription-changes.ts'
import { lastPeriodEnd, periodEnd } from './subscriptions.ts'
import { wrongParam } from './wrong-param.ts'

/** What says when a subscription ends by itself. */
export const ENDS = ['cancel_at', 'cancel_at_period_end']

/** When one with these `cancel_at` or `cancel_at_period_end` ends: as Stripe resolves its words. */
export function endOf(params: Params, subscription: Params): number {
  const at = params['cancel_at']
  if (typeof at === 'number') return at
  if (at === 'min_period_end') return periodEnd(subscription)
  if (at !== undefined && at !== 'max_period_end')
    throw wrongParam('cancel_at', '"cancel_at" is Unix seconds, min_period_end or max_period_end')
  return lastPeriodEnd(subscription)
}

/** The end that is set already. */
export function endText(subscription: Params): string | null {
  const at = subscription['cancel_at']
  return typeof at === 'number' ? formatDate(at) : null
}

/** When it begins anew, begins to be paid for, and ends: before and after an update. */
export function termRows(subscription: Params, sent: Params, recycles: boolean): Change[] {
  return [
    ...cycleRows(subscription, sent, recycles),
    ...trialRows(subscription, sent),
    ...endRows(subscription, sent),
  ]
}

function cycleRows(subscription: Params, sent: Params, recycles: boolean): Change[] {
  const asked = objectAt(sent, 'billing_cycle_anchor') !== undefined
  if (!asked && !recycles) return []
  const before = `renews on ${formatDate(periodEnd(subscription))}`
  const after = recycles || beginsCycle(sent) ? 'a new one begins now' : 'as before'
  return [{ what: 'Billing cycle', before, after }]
}

function trialRows(subscription: Params, sent: Params): Change[] {
  const end = sent['trial_end']
  const before = dateText(subscription['trial_end'])
  if (typeof end === 'number') return [becomes('Trial ends', before, formatDate(end), 'trial_end', end)]
  return end === 'now' ? [{ what: 'Trial ends', before, after: 'now' }] : []
}

function endRows(subscription: Params, sent: Params): Change[] {
  const { cancel_at: at, cancel_at_period_end: atEnd } = sent
  if (at === undefined && atEnd === undefined) return []
  const before = endText(subscription)
  if (at === '' || (at === undefined && atEnd === false))
    return [becomes('Ends', before, 'not by itself', 'cancel_at', null)]
  const ends = endOf(sent, subscription)
  return [becomes('Ends', before, formatDate(ends), 'cancel_at', ends)]
}

function dateText(value: unknown): string | null {
  return typeof value === 'number' ? formatDate(value) : null
}
