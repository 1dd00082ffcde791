import type { Coupon } from '../coupons/coupon.ts'
import type { Family } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'

export interface Discount {
  id: string
  /** The terms as they were redeemed: deleting the coupon changes nothing here. */
  coupon: Coupon
  customer: string | null
  deleted: boolean
  /** When a repeating coupon stops; null for the others. */
  end: number | null
  invoice: string | null
  invoice_item: string | null
  promotion_code: string | null
  start: number
  subscription: string | null
  subscription_item: string | null
}

export const discounts: Kind<Discount> = {
  table: 'discounts',
  type: 'Discount',
  prefix: 'di_',
  idLength: 24,
  noun: 'discount',
  indexes: [],
  isDeleted: (discount) => discount.deleted,
  format: (discount): JsonObject => ({
    id: discount.id,
    object: 'discount',
    checkout_session: null,
    customer: discount.customer,
    customer_account: null,
    end: discount.end,
    invoice: discount.invoice,
    invoice_item: discount.invoice_item,
    promotion_code: discount.promotion_code,
    source: { coupon: discount.coupon.id, type: 'coupon' },
    start: discount.start,
    subscription: discount.subscription,
    subscription_item: discount.subscription_item,
  }),
}

export const discountFamily: Family = { kinds: [discounts], routes: [] }
