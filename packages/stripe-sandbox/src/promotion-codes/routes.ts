import { redeemableCoupon } from '../coupons/coupon.ts'
import { customers } from '../customers/customer.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest, missingParam } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { isActive, promotionCodes } from './promotion-code.ts'
import type { PromotionCode, Restrictions } from './promotion-code.ts'

interface RestrictionsParam {
  currency_options?: { readonly [currency: string]: { minimum_amount?: number } }
  first_time_transaction?: boolean
  minimum_amount?: number
  minimum_amount_currency?: string
}

interface CreatePromotionCode {
  active?: boolean
  code?: string
  customer?: string
  expires_at?: number
  max_redemptions?: number
  metadata?: MetadataParam
  promotion: { type: 'coupon'; coupon?: string }
  restrictions?: RestrictionsParam
}

interface UpdatePromotionCode {
  active?: boolean
  metadata?: MetadataParam
}

interface ListPromotionCodes extends ListParams {
  active?: boolean
  code?: string
  coupon?: string
  created?: RangeParam
  customer?: string
}

const creatable = [
  'active',
  'code',
  'customer',
  'expires_at',
  'max_redemptions',
  'metadata',
  'promotion',
  'restrictions',
] as const
const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'active',
  'code',
  'coupon',
  'created',
  'customer',
] as const

export const promotionCodeFamily: Family = {
  kinds: [promotionCodes],
  routes: [
    route<CreatePromotionCode>('promotionCodes.create', creatable, ({ tx, params }) =>
      promotionCodes.format(createPromotionCode(tx, params), tx),
    ),
    route('promotionCodes.retrieve', [], ({ tx, id }) =>
      promotionCodes.format(inPath(tx, promotionCodes, id, 'promotion_code'), tx),
    ),
    route<UpdatePromotionCode>('promotionCodes.update', ['active', 'metadata'], ({ tx, id, params }) => {
      const promotion = inPath(tx, promotionCodes, id, 'promotion_code')
      if (params.active === true && !promotion.active) {
        redeemableCoupon(tx, promotion.coupon, 'active')
        checkUnique(tx, promotion.code, promotion.customer)
      }
      const updated = tx.update('promotion_code.updated', promotionCodes, {
        ...promotion,
        active: params.active ?? promotion.active,
        metadata: mergeMetadata(promotion.metadata, params.metadata),
      })
      return promotionCodes.format(updated, tx)
    }),
    route<ListPromotionCodes>('promotionCodes.list', listed, ({ tx, params, url }) => {
      const { active, code, coupon, customer } = params
      return listPage(tx, promotionCodes, {
        url,
        params,
        where: (promotion) =>
          inRange(params.created, promotion.created) &&
          (active === undefined || isActive(promotion, tx) === active) &&
          (code === undefined || sameCode(promotion.code, code)) &&
          (coupon === undefined || promotion.coupon === coupon) &&
          (customer === undefined || promotion.customer === customer),
      })
    }),
  ],
}

function createPromotionCode(tx: Transaction, params: CreatePromotionCode): PromotionCode {
  if (params.promotion.coupon === undefined) throw missingParam('promotion[coupon]')
  const coupon = redeemableCoupon(tx, params.promotion.coupon, 'promotion[coupon]')
  const code = params.code ?? tx.token(8).toUpperCase()
  if (!/^[A-Za-z0-9-]{1,500}$/.test(code)) {
    throw invalidParam('code', 'Promotion codes may only contain letters, numbers and dashes.')
  }
  const customer =
    params.customer === undefined ? null : inParam(tx, customers, params.customer, 'customer').id
  if (params.active !== false) checkUnique(tx, code, customer)
  const promotion = tx.put(promotionCodes, {
    id: tx.newId(promotionCodes),
    created: tx.now,
    active: params.active ?? true,
    code,
    coupon: coupon.id,
    customer,
    expires_at: params.expires_at ?? null,
    max_redemptions: params.max_redemptions ?? null,
    metadata: mergeMetadata({}, params.metadata),
    restrictions: readRestrictions(params.restrictions ?? {}),
    times_redeemed: 0,
  })
  tx.emit('promotion_code.created', promotionCodes, promotion)
  return promotion
}

function readRestrictions(given: RestrictionsParam): Restrictions {
  if ((given.minimum_amount === undefined) !== (given.minimum_amount_currency === undefined)) {
    throw missingParam(
      given.minimum_amount === undefined
        ? 'restrictions[minimum_amount]'
        : 'restrictions[minimum_amount_currency]',
    )
  }
  const options = Object.entries(given.currency_options ?? {})
  return {
    first_time_transaction: given.first_time_transaction ?? false,
    minimum_amount: given.minimum_amount ?? null,
    minimum_amount_currency:
      given.minimum_amount_currency === undefined ? null : readCurrency(given.minimum_amount_currency),
    currency_options: Object.fromEntries(
      options.map(([code, option]) => [readCurrency(code), { minimum_amount: option.minimum_amount ?? 0 }]),
    ),
  }
}

/** Customers write codes in any case, so case tells no two apart. */
function sameCode(left: string, right: string): boolean {
  return left.toLowerCase() === right.toLowerCase()
}

function checkUnique(tx: Transaction, code: string, customer: string | null): void {
  const taken = tx
    .rows(promotionCodes)
    .some(
      ({ entity }) =>
        sameCode(entity.code, code) &&
        isActive(entity, tx) &&
        (entity.customer === null || customer === null || entity.customer === customer),
    )
  if (taken) {
    throw invalidRequest(`An active promotion code with \`code: ${code}\` already exists.`, {
      param: 'code',
      code: 'resource_already_exists',
    })
  }
}
