import { invalidRequest } from '../wire/errors.ts'
import type { Kind, View } from '../store/kind.ts'
import { missing } from '../wire/lookup.ts'
import type { Metadata } from '../wire/metadata.ts'

export interface Coupon {
  id: string
  created: number
  deleted: boolean
  amount_off: number | null
  /** Products that it is limited to; null for all. */
  applies_to: readonly string[] | null
  currency: string | null
  currency_options: { readonly [currency: string]: { readonly amount_off: number } }
  duration: 'forever' | 'once' | 'repeating'
  duration_in_months: number | null
  max_redemptions: number | null
  metadata: Metadata
  name: string | null
  percent_off: number | null
  redeem_by: number | null
  times_redeemed: number
}

export const coupons: Kind<Coupon> = {
  table: 'coupons',
  type: 'Coupon',
  idLength: 8,
  customIdsIn: 'coupon',
  noun: 'coupon',
  indexes: [],
  isDeleted: (coupon) => coupon.deleted,
  format: (coupon, view) => ({
    id: coupon.id,
    object: 'coupon',
    amount_off: coupon.amount_off,
    created: coupon.created,
    currency: coupon.currency,
    duration: coupon.duration,
    duration_in_months: coupon.duration_in_months,
    livemode: view.livemode,
    max_redemptions: coupon.max_redemptions,
    metadata: coupon.metadata,
    name: coupon.name,
    percent_off: coupon.percent_off,
    redeem_by: coupon.redeem_by,
    times_redeemed: coupon.times_redeemed,
    valid: isValid(coupon, view),
  }),
  includes: {
    applies_to: (coupon) => (coupon.applies_to === null ? undefined : { products: coupon.applies_to }),
    currency_options: (coupon) => coupon.currency_options,
  },
}

/** Whether it can still be redeemed; what it was redeemed for keeps its discount. */
export function isValid(coupon: Coupon, view: Pick<View, 'now'>): boolean {
  return (
    !coupon.deleted &&
    (coupon.redeem_by === null || view.now < coupon.redeem_by) &&
    (coupon.max_redemptions === null || coupon.times_redeemed < coupon.max_redemptions)
  )
}

/** @throws StripeError 400 when there is no such coupon, or it can no longer be redeemed */
export function redeemableCoupon(view: View, id: string, param: string): Coupon {
  const coupon = view.get(coupons, id)
  if (!coupon || coupon.deleted) throw missing(coupons, id, { param })
  if (!isValid(coupon, view)) {
    throw invalidRequest(`Coupon expired: ${id}`, { code: 'coupon_expired', param })
  }
  return coupon
}
