import { discounts } from '../discounts/discount.ts'
import type { Discount } from '../discounts/discount.ts'
import { endDiscount, redeemCoupon } from '../discounts/redeem.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { customers } from './customer.ts'
import type { Customer } from './customer.ts'

/**
 * Absent keeps the customer's discount, '' takes it away, any other coupon replaces it.
 *
 * @throws StripeError 400 for a coupon that cannot be redeemed
 */
export function setCustomerCoupon(tx: Transaction, id: string, coupon: string | undefined): void {
  const customer = tx.get(customers, id)
  if (coupon === undefined || !customer) return
  if (coupon === '') {
    withoutDiscount(tx, customer)
    return
  }
  const present = discountOfCustomer(tx, customer)
  // Switching coupons is one change and not an end and a beginning.
  if (present) tx.put(discounts, { ...present, deleted: true, end: present.end ?? tx.now })
  const discount = redeemCoupon(
    tx,
    coupon,
    { customer: id, currency: customer.currency },
    present ? 'customer.discount.updated' : 'customer.discount.created',
  )
  tx.put(customers, { ...customer, discount: discount.id })
}

/** @throws StripeError 404 when there is none */
export function removeCustomerDiscount(tx: Transaction, customer: Customer): JsonObject {
  const discount = discountOfCustomer(tx, customer)
  if (!discount) {
    throw invalidRequest(`No active discount for customer: ${customer.id}`, {
      status: 404,
      code: 'resource_missing',
    })
  }
  withoutDiscount(tx, customer)
  const { end: _, ...ended } = discounts.format(discount, tx)
  return { ...ended, deleted: true }
}

/** What the customer's invoices are reduced by where nothing closer to them says otherwise. */
export function discountsOfCustomer(tx: Transaction, customer: Customer): readonly string[] {
  const discount = discountOfCustomer(tx, customer)
  return discount && (discount.end === null || discount.end > tx.now) ? [discount.id] : []
}

/** A coupon for once ends with the first invoice that it was good for. */
export function spendCustomerDiscount(tx: Transaction, id: string, used: readonly string[]): void {
  const customer = tx.get(customers, id)
  const discount = customer && discountOfCustomer(tx, customer)
  if (customer && discount?.coupon.duration === 'once' && used.includes(discount.id))
    withoutDiscount(tx, customer)
}

function discountOfCustomer(tx: Transaction, customer: Customer): Discount | undefined {
  return customer.discount === undefined ? undefined : tx.get(discounts, customer.discount)
}

function withoutDiscount(tx: Transaction, customer: Customer): void {
  const { discount, ...rest } = customer
  if (discount === undefined) return
  endDiscount(tx, discount)
  tx.put(customers, rest)
}
