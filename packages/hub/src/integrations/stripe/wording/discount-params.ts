import { cleanLine } from '../../../contract/clean-text.ts'
import type { Params, Read } from '../../define.ts'
import { idAt, listAt, objectAt, textAt } from '../json.ts'
import { couponName, refuseSpentCoupon } from './coupons.ts'

/** What `discounts` of a subscription or an invoice give: `Spring sale (SPRING25): 25% off, once`. */
export async function readDiscounts(read: Read, params: Params): Promise<string[]> {
  const texts: string[] = []
  for (const discount of listAt(params, 'discounts')) {
    const code = textAt(discount, 'promotion_code')
    const coupon = textAt(discount, 'coupon') ?? (code === undefined ? undefined : await couponOf(read, code))
    if (coupon === undefined) {
      texts.push(`the present discount ${cleanLine(textAt(discount, 'discount') ?? '', 60)}`)
      continue
    }
    const found = await read('coupons.retrieve', { id: coupon })
    refuseSpentCoupon(found)
    texts.push(couponName(found))
  }
  return texts
}

async function couponOf(read: Read, promotionCode: string): Promise<string | undefined> {
  const found = await read('promotionCodes.retrieve', { id: promotionCode })
  return idAt(objectAt(found, 'promotion') ?? {}, 'coupon')
}
