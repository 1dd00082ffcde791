import { cleanLine } from '../../../contract/clean-text.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { idAt, listAt, objectAt, textAt } from '../json.ts'
import { couponName, refuseSpentCoupon } from './coupons.ts'
import { wrongParam } from './wrong-param.ts'

/** What a discount is given by; subscriptions and invoices can also keep one that they have. */
const KINDS = ['coupon', 'promotion_code', 'discount']

/**
 * What `discounts` give: `Spring sale (SPRING25): 25% off, once`.
 *
 * @throws Problem for a coupon or a code that can no longer be used
 */
export async function readDiscounts(read: Read, params: Params): Promise<string[]> {
  const texts: string[] = []
  for (const [index, discount] of listAt(params, 'discounts').entries()) {
    if (KINDS.filter((kind) => discount[kind] !== undefined).length !== 1)
      throw wrongParam(`discounts[${index}]`, `"discounts[${index}]" needs either coupon or promotion_code`)
    texts.push(await discountText(read, discount))
  }
  return texts
}

async function discountText(read: Read, discount: Params): Promise<string> {
  const present = textAt(discount, 'discount')
  if (present !== undefined) return `the present discount ${cleanLine(present, 60)}`
  const id = textAt(discount, 'promotion_code')
  if (id === undefined) return readCouponName(read, textAt(discount, 'coupon') ?? '')
  const code = await read('promotionCodes.retrieve', { id })
  const name = `code ${cleanLine(textAt(code, 'code') ?? id, 60)}`
  if (code['active'] === false) {
    throw new Problem('invalid_state', `The ${name} can no longer be used.`, {
      nextStep: 'Make another one with stripe_create_promotion_code, or leave discounts out.',
    })
  }
  const coupon = idAt(objectAt(code, 'promotion') ?? {}, 'coupon')
  return coupon === undefined ? name : `${name}, ${await readCouponName(read, coupon)}`
}

async function readCouponName(read: Read, id: string): Promise<string> {
  const coupon = await read('coupons.retrieve', { id })
  refuseSpentCoupon(coupon)
  return couponName(coupon)
}
