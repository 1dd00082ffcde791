import { coupons, redeemableCoupon } from '../coupons/coupon.ts'
import type { Coupon } from '../coupons/coupon.ts'
import { distribute, percentOf } from '../decimal.ts'
import { checkPromotion } from '../discounts/redeem.ts'
import { promotionCodes } from '../promotion-codes/promotion-code.ts'
import { checkAmount } from '../payment-intents/amount.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { lineItems } from './line-item.ts'
import type { LineItem } from './line-item.ts'
import { lineItemsOf } from './put-line-items.ts'
import { shippingAmount } from './session.ts'
import type { CheckoutSession, SessionDiscount } from './session.ts'

export interface DiscountParam {
  coupon?: string
  promotion_code?: string
}

/** @throws StripeError 400 for a coupon or code that cannot be redeemed, or two */
export function readDiscounts(
  tx: Transaction,
  session: CheckoutSession,
  given: readonly DiscountParam[],
): SessionDiscount[] {
  if (given.length > 1)
    throw invalidParam('discounts', 'You can only apply one discount to a Checkout Session.')
  return given.map((one, position) => {
    const param = `discounts[${position}]`
    if (one.promotion_code !== undefined) {
      const promotion = inParam(tx, promotionCodes, one.promotion_code, `${param}[promotion_code]`)
      return promotionFor(tx, session, promotion.id, `${param}[promotion_code]`)
    }
    if (one.coupon === undefined) {
      throw invalidParam(param, 'You must specify one of: coupon, promotion_code.', 'parameter_missing')
    }
    return { coupon: redeemableCoupon(tx, one.coupon, `${param}[coupon]`).id, promotion_code: null }
  })
}

/** The discount that a customer's code stands for. @throws StripeError 400 when there is none, or not for this sale */
export function discountByCode(tx: Transaction, session: CheckoutSession, code: string): SessionDiscount {
  const wanted = code.trim().toLowerCase()
  const found = tx
    .rows(promotionCodes)
    .findLast(({ entity }) => entity.active && entity.code.toLowerCase() === wanted)
  if (!found) throw invalidRequest('This code is invalid.', { param: 'promotion_code' })
  return promotionFor(tx, session, found.entity.id, 'promotion_code')
}

function promotionFor(tx: Transaction, session: CheckoutSession, id: string, param: string): SessionDiscount {
  const promotion = inParam(tx, promotionCodes, id, param)
  const amount = lineItemsOf(tx, session.id).reduce((sum, item) => sum + item.amount_subtotal, 0)
  const owner = { customer: session.customer ?? '', currency: session.currency ?? '', amount }
  checkPromotion(tx, promotion, owner, param)
  return { coupon: redeemableCoupon(tx, promotion.coupon, param).id, promotion_code: id }
}

/** Sums the items, less the discounts. @throws StripeError 400 for a sum that cannot be paid */
export function priceSession(tx: Transaction, session: CheckoutSession): CheckoutSession {
  const items = lineItemsOf(tx, session.id)
  const [first] = items
  if (!first) return session
  const reductions = reductionsOf(tx, session, items)
  let subtotal = 0
  let discount = 0
  for (const [position, item] of items.entries()) {
    const amount = reductions[position] ?? 0
    subtotal += item.amount_subtotal
    discount += amount
    if (amount !== item.amount_discount) tx.put(lineItems, { ...item, amount_discount: amount })
  }
  const total = subtotal - discount + shippingAmount(session)
  if (session.mode === 'payment' && total > 0) checkAmount(total, first.currency)
  return {
    ...session,
    amount_subtotal: subtotal,
    amount_total: total,
    currency: first.currency,
    payment_status: total === 0 && session.mode === 'payment' ? 'no_payment_required' : 'unpaid',
  }
}

/** One more of each coupon and code has been used. */
export function countRedemptions(tx: Transaction, session: CheckoutSession): void {
  for (const { coupon: couponId, promotion_code: code } of session.discounts) {
    const coupon = tx.get(coupons, couponId)
    if (coupon) tx.put(coupons, { ...coupon, times_redeemed: coupon.times_redeemed + 1 })
    const promotion = code === null ? undefined : tx.get(promotionCodes, code)
    if (promotion) tx.put(promotionCodes, { ...promotion, times_redeemed: promotion.times_redeemed + 1 })
  }
}

/** What each item costs less. */
function reductionsOf(
  tx: Transaction,
  session: CheckoutSession,
  items: readonly LineItem[],
): readonly number[] {
  const left = items.map((item) => item.amount_subtotal)
  for (const { coupon: id } of session.discounts) {
    const coupon = tx.get(coupons, id)
    if (!coupon) continue
    const parts = reductionsBy(coupon, items, left)
    for (const [position, part] of parts.entries()) left[position] = (left[position] ?? 0) - part
  }
  return items.map((item, position) => item.amount_subtotal - (left[position] ?? 0))
}

function reductionsBy(coupon: Coupon, items: readonly LineItem[], left: readonly number[]): number[] {
  const amounts = items.map((item, position) =>
    coupon.applies_to === null || coupon.applies_to.includes(item.product) ? (left[position] ?? 0) : 0,
  )
  const percent = coupon.percent_off
  if (percent !== null) return amounts.map((amount) => percentOf(amount, percent))
  const currency = items[0]?.currency ?? ''
  const off = coupon.currency === currency ? coupon.amount_off : coupon.currency_options[currency]?.amount_off
  if (off === undefined || off === null) {
    throw invalidRequest(
      `The coupon ${coupon.id} has currency ${coupon.currency ?? ''}, which does not match ${currency}.`,
      { param: 'discounts' },
    )
  }
  const total = amounts.reduce((sum, amount) => sum + amount, 0)
  return distribute(Math.min(off, total), amounts)
}
