import { cleanLine } from '../../../contract/clean-text.ts'
import { formatMoney } from '../../../contract/money.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Params } from '../../define.ts'
import { textAt } from '../json.ts'
import { formatDate } from './dates.ts'

/** `25% off, once`, `$5.00 off, for 3 months`; of a coupon, or of the params of a new one. */
export function couponTerms(coupon: Params): string {
  return `${couponOff(coupon)}, ${couponDuration(coupon)}`
}

/** `Spring sale (SPRING25): 25% off, once` */
export function couponName(coupon: Params): string {
  const id = cleanLine(textAt(coupon, 'id') ?? 'a coupon', 60)
  const name = textAt(coupon, 'name')
  return `${name === undefined ? id : `${cleanLine(name, 60)} (${id})`}: ${couponTerms(coupon)}`
}

export function couponOff(coupon: Params): string {
  const amount = coupon['amount_off']
  const currency = textAt(coupon, 'currency') ?? ''
  if (typeof amount === 'number') return `${formatMoney({ amount, currency })} off`
  const percent = coupon['percent_off']
  return typeof percent === 'number' ? `${percent}% off` : 'an unknown discount'
}

export function couponDuration(coupon: Params): string {
  const months = coupon['duration_in_months']
  const duration = textAt(coupon, 'duration') ?? 'once'
  return duration === 'repeating' && typeof months === 'number'
    ? `for ${months === 1 ? '1 month' : `${months} months`}`
    : duration
}

/** What a coupon gives away beyond what is usual. */
export function couponWarnings(coupon: Params): string[] {
  const all = coupon['percent_off'] === 100
  const forever = textAt(coupon, 'duration') === 'forever'
  if (all && forever) return ['100% off forever: whoever uses it never pays for that subscription.']
  if (all) return [`100% off: whoever uses it pays nothing, ${couponDuration(coupon)}.`]
  return forever
    ? ['Forever: a subscription keeps this discount on every invoice for as long as it lasts.']
    : []
}

/** How often and until when it can be used: `up to 100 times, until 2026-12-31 00:00 UTC`. */
export function useLimits(from: Params, ends: 'redeem_by' | 'expires_at'): string {
  const uses = from['max_redemptions']
  const end = from[ends]
  const limits = [
    ...(typeof uses === 'number' ? [`up to ${uses} ${uses === 1 ? 'time' : 'times'}`] : []),
    ...(typeof end === 'number' ? [`until ${formatDate(end)}`] : []),
  ]
  return limits.length === 0 ? 'any number of times, without an end' : limits.join(', ')
}

/** Refuses a coupon that has ended or is used up, as Stripe would. */
export function refuseSpentCoupon(coupon: Params): void {
  if (coupon['valid'] !== false) return
  throw new Problem('invalid_state', `The coupon ${couponName(coupon)} can no longer be used.`, {
    nextStep: 'Choose a valid coupon with stripe_list_coupons, or make one with stripe_create_coupon.',
  })
}
