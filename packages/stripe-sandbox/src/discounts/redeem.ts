import { addMonths } from '../subscriptions/periods.ts'
import { charges } from '../charges/charge.ts'
import { coupons, redeemableCoupon } from '../coupons/coupon.ts'
import type { Coupon } from '../coupons/coupon.ts'
import { isActive, promotionCodes } from '../promotion-codes/promotion-code.ts'
import type { PromotionCode } from '../promotion-codes/promotion-code.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { discounts } from './discount.ts'
import type { Discount } from './discount.ts'

export interface DiscountParam {
  coupon?: string
  discount?: string
  promotion_code?: string
}

/** What a discount is given to. */
export interface DiscountOwner {
  customer: string
  currency: string
  /** What is bought, for the least amount of a promotion code; absent where it is not known yet. */
  amount?: number
  invoice?: string
  invoice_item?: string
  subscription?: string
  subscription_item?: string
}

/**
 * Redeems the named coupons and promotion codes; `{discount}` keeps one that is there already. Absent keeps what is
 * there, '' takes all away.
 *
 * @throws StripeError 400 for a coupon or code that cannot be redeemed
 */
export function redeemDiscounts(
  tx: Transaction,
  given: readonly DiscountParam[] | '' | undefined,
  present: readonly string[],
  owner: DiscountOwner,
  param = 'discounts',
): readonly string[] {
  if (given === undefined) return present
  const wanted = given === '' ? [] : given
  const kept = wanted.map((one, position) => redeemOne(tx, one, owner, `${param}[${position}]`))
  for (const id of present) if (!kept.includes(id) && !isOfCustomer(tx, id)) endDiscount(tx, id)
  return kept
}

/** Those of a customer outlive the invoice that does without them. */
function isOfCustomer(tx: Transaction, id: string): boolean {
  const discount = tx.get(discounts, id)
  const { invoice, invoice_item, subscription, subscription_item } = discount ?? {}
  return (invoice ?? invoice_item ?? subscription ?? subscription_item ?? null) === null
}

/** For a customer as a whole, in whatever currency comes first. @throws StripeError 400 */
export function redeemCoupon(
  tx: Transaction,
  coupon: string,
  owner: { customer: string; currency: string | null },
  event: string,
): Discount {
  const terms = redeemableCoupon(tx, coupon, 'coupon')
  const currency = owner.currency ?? terms.currency ?? ''
  return redeem(tx, terms, { customer: owner.customer, currency }, null, event)
}

function redeemOne(tx: Transaction, given: DiscountParam, owner: DiscountOwner, param: string): string {
  if (given.discount !== undefined) return inParam(tx, discounts, given.discount, `${param}[discount]`).id
  if (given.promotion_code !== undefined) {
    const promotion = inParam(tx, promotionCodes, given.promotion_code, `${param}[promotion_code]`)
    checkPromotion(tx, promotion, owner, `${param}[promotion_code]`)
    tx.put(promotionCodes, { ...promotion, times_redeemed: promotion.times_redeemed + 1 })
    return redeem(tx, redeemableCoupon(tx, promotion.coupon, param), owner, promotion.id).id
  }
  if (given.coupon === undefined) {
    throw invalidParam(
      param,
      'You must specify one of: coupon, discount, promotion_code.',
      'parameter_missing',
    )
  }
  return redeem(tx, redeemableCoupon(tx, given.coupon, `${param}[coupon]`), owner, null).id
}

function redeem(
  tx: Transaction,
  coupon: Coupon,
  owner: DiscountOwner,
  promotion: string | null,
  event = 'customer.discount.created',
): Discount {
  if (
    coupon.amount_off !== null &&
    coupon.currency !== owner.currency &&
    coupon.currency_options[owner.currency] === undefined
  ) {
    throw invalidRequest(
      `The coupon ${coupon.id} has currency ${coupon.currency ?? ''}, which does not match ${owner.currency}.`,
      { param: 'discounts' },
    )
  }
  const months = coupon.duration_in_months
  const discount: Discount = {
    id: tx.newId(discounts),
    coupon,
    customer: owner.customer,
    deleted: false,
    end: coupon.duration === 'repeating' && months !== null ? addMonths(tx.now, months) : null,
    invoice: owner.invoice ?? null,
    invoice_item: owner.invoice_item ?? null,
    promotion_code: promotion,
    start: tx.now,
    subscription: owner.subscription ?? null,
    subscription_item: owner.subscription_item ?? null,
  }
  tx.put(coupons, { ...coupon, times_redeemed: coupon.times_redeemed + 1 })
  tx.put(discounts, discount)
  tx.emit(event, discounts, discount)
  return discount
}

export function endDiscount(tx: Transaction, id: string): void {
  const discount = tx.get(discounts, id)
  if (!discount || discount.deleted) return
  const ended = tx.put(discounts, { ...discount, deleted: true, end: discount.end ?? tx.now })
  tx.emit('customer.discount.deleted', discounts, ended)
}

/** @throws StripeError 400 when the code cannot be redeemed by this owner */
export function checkPromotion(
  tx: Transaction,
  promotion: PromotionCode,
  owner: DiscountOwner,
  param: string,
): void {
  const refuse = (why: string) =>
    invalidRequest(`This promotion code cannot be redeemed because ${why}.`, { param })
  if (!isActive(promotion, tx)) throw refuse('it is expired or inactive')
  if (promotion.customer !== null && promotion.customer !== owner.customer) {
    throw refuse('the associated customer does not match')
  }
  const { restrictions } = promotion
  if (restrictions.first_time_transaction && hasPaid(tx, owner.customer)) {
    throw refuse('the associated customer has prior transactions')
  }
  const minimum =
    restrictions.currency_options[owner.currency]?.minimum_amount ??
    (restrictions.minimum_amount_currency === owner.currency ? restrictions.minimum_amount : null)
  if (minimum !== null && owner.amount !== undefined && owner.amount < minimum) {
    throw refuse('it requires a higher minimum amount')
  }
}

function hasPaid(tx: Transaction, customer: string): boolean {
  return tx.rows(charges, 'customer', customer).some(({ entity }) => entity.status === 'succeeded')
}
