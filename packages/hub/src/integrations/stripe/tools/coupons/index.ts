import { createCoupon } from './create-coupon.ts'
import { createPromotionCode } from './create-promotion-code.ts'
import { deleteCoupon } from './delete-coupon.ts'
import { listCoupons } from './list-coupons.ts'

export const coupons = [createCoupon, listCoupons, deleteCoupon, createPromotionCode]
