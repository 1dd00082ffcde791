import { readCurrency } from '../payment-intents/amount.ts'
import { products } from '../products/product.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { View } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, invalidRequest, missingParam } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath, missing } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { coupons } from './coupon.ts'
import type { Coupon } from './coupon.ts'

interface CreateCoupon {
  amount_off?: number
  applies_to?: { products?: readonly string[] }
  currency?: string
  currency_options?: { readonly [currency: string]: { amount_off: number } }
  duration?: Coupon['duration']
  duration_in_months?: number
  id?: string
  max_redemptions?: number
  metadata?: MetadataParam
  name?: string
  percent_off?: number
  redeem_by?: number
}

interface ListCoupons extends ListParams {
  created?: RangeParam
}

const creatable = [
  'amount_off',
  'applies_to',
  'currency',
  'currency_options',
  'duration',
  'duration_in_months',
  'id',
  'max_redemptions',
  'metadata',
  'name',
  'percent_off',
  'redeem_by',
] as const

export const couponFamily: Family = {
  kinds: [coupons],
  routes: [
    route<CreateCoupon>('coupons.create', creatable, ({ tx, params }) =>
      coupons.format(createCoupon(tx, params), tx),
    ),
    route('coupons.retrieve', [], ({ tx, id }) => coupons.format(livingCoupon(tx, id), tx)),
    route<{ metadata?: MetadataParam; name?: string }>(
      'coupons.update',
      ['metadata', 'name'],
      ({ tx, id, params }) => {
        const coupon = livingCoupon(tx, id)
        const updated = tx.update('coupon.updated', coupons, {
          ...coupon,
          metadata: mergeMetadata(coupon.metadata, params.metadata),
          name: textOr(coupon.name, params.name),
        })
        return coupons.format(updated, tx)
      },
    ),
    route('coupons.del', [], ({ tx, id }) => {
      const coupon = livingCoupon(tx, id)
      // Discounts that it has given carry their own copy of its terms and go on.
      const deleted = tx.put(coupons, { ...coupon, deleted: true })
      tx.emit('coupon.deleted', coupons, deleted)
      return { id, object: 'coupon', deleted: true }
    }),
    route<ListCoupons>(
      'coupons.list',
      ['limit', 'starting_after', 'ending_before', 'created'],
      ({ tx, params, url }) =>
        listPage(tx, coupons, { url, params, where: ({ created }) => inRange(params.created, created) }),
    ),
  ],
}

function livingCoupon(view: View, id: string): Coupon {
  const coupon = inPath(view, coupons, id, 'coupon')
  if (coupon.deleted) throw missing(coupons, id, { param: 'coupon', status: 404 })
  return coupon
}

function createCoupon(tx: Transaction, params: CreateCoupon): Coupon {
  checkTerms(params)
  const id = params.id ?? tx.token(coupons.idLength ?? 8)
  if (!/^[^\s/]{1,200}$/.test(id)) throw invalidParam('id', 'Invalid coupon id.')
  if (tx.get(coupons, id)?.deleted === false) {
    throw invalidRequest('Coupon already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  for (const product of params.applies_to?.products ?? []) {
    inParam(tx, products, product, 'applies_to[products]')
  }
  const coupon = tx.put(coupons, {
    id,
    created: tx.now,
    deleted: false,
    amount_off: params.amount_off ?? null,
    applies_to: params.applies_to?.products ?? null,
    currency: params.currency === undefined ? null : readCurrency(params.currency),
    currency_options: params.currency_options ?? {},
    duration: params.duration ?? 'once',
    duration_in_months: params.duration_in_months ?? null,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    name: params.name ?? null,
    percent_off: params.percent_off ?? null,
    redeem_by: params.redeem_by ?? null,
    times_redeemed: 0,
  })
  tx.emit('coupon.created', coupons, coupon)
  return coupon
}

function checkTerms(params: CreateCoupon): void {
  const { amount_off: amount, percent_off: percent } = params
  if ((amount === undefined) === (percent === undefined)) {
    throw invalidRequest(
      amount === undefined
        ? 'Must provide percent_off or amount_off.'
        : 'You may only specify one of these parameters: amount_off, percent_off.',
      { stored: false },
    )
  }
  if (amount !== undefined && params.currency === undefined) {
    throw invalidRequest('You must pass currency when passing amount_off', {
      stored: false,
      param: 'currency',
      code: 'parameter_missing',
    })
  }
  if (amount !== undefined && amount < 1) {
    throw invalidParam('amount_off', 'Invalid positive integer', 'parameter_invalid_integer')
  }
  if (percent !== undefined && (percent <= 0 || percent > 100)) {
    throw invalidParam('percent_off', 'percent_off must be greater than 0 and no more than 100.')
  }
  if (params.duration === 'repeating' && params.duration_in_months === undefined) {
    throw missingParam('duration_in_months')
  }
  if (params.duration !== 'repeating' && params.duration_in_months !== undefined) {
    throw invalidParam('duration_in_months', 'You can only pass duration_in_months with duration=repeating.')
  }
  if (params.max_redemptions !== undefined && params.max_redemptions < 1) {
    throw invalidParam('max_redemptions', 'Invalid positive integer', 'parameter_invalid_integer')
  }
}
