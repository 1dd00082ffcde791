import { coupons, isValid } from '../coupons/coupon.ts'
import type { Kind, View } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type Restrictions = {
  readonly first_time_transaction: boolean
  readonly minimum_amount: number | null
  readonly minimum_amount_currency: string | null
  readonly currency_options: { readonly [currency: string]: { readonly minimum_amount: number } }
}

export interface PromotionCode {
  id: string
  created: number
  /** As it was set; a code also ends with its coupon, its date and its last redemption. */
  active: boolean
  code: string
  coupon: string
  customer: string | null
  expires_at: number | null
  max_redemptions: number | null
  metadata: Metadata
  restrictions: Restrictions
  times_redeemed: number
}

export const promotionCodes: Kind<PromotionCode> = {
  table: 'promotion_codes',
  type: 'PromotionCode',
  prefix: 'promo_',
  idLength: 24,
  noun: 'promotion code',
  indexes: [],
  format: (promotion, view) => ({
    id: promotion.id,
    object: 'promotion_code',
    active: isActive(promotion, view),
    code: promotion.code,
    created: promotion.created,
    customer: promotion.customer,
    customer_account: null,
    expires_at: promotion.expires_at,
    livemode: view.livemode,
    max_redemptions: promotion.max_redemptions,
    metadata: promotion.metadata,
    promotion: { coupon: promotion.coupon, type: 'coupon' },
    restrictions: {
      first_time_transaction: promotion.restrictions.first_time_transaction,
      minimum_amount: promotion.restrictions.minimum_amount,
      minimum_amount_currency: promotion.restrictions.minimum_amount_currency,
    },
    times_redeemed: promotion.times_redeemed,
  }),
}

export function isActive(promotion: PromotionCode, view: View): boolean {
  const coupon = view.get(coupons, promotion.coupon)
  return (
    promotion.active &&
    coupon !== undefined &&
    isValid(coupon, view) &&
    (promotion.expires_at === null || view.now < promotion.expires_at) &&
    (promotion.max_redemptions === null || promotion.times_redeemed < promotion.max_redemptions)
  )
}
