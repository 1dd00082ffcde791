import { canonicalDecimal, isDecimal } from '../decimal.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { products } from '../products/product.ts'
import { createProduct } from '../products/save-product.ts'
import type { CreateProduct } from '../products/save-product.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest, missingParam } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { prices } from './price.ts'
import type {
  CustomUnitAmount,
  Interval,
  Price,
  Pricing,
  TaxBehavior,
  Tier,
  TransformQuantity,
} from './price.ts'

export interface TierParam {
  flat_amount?: number
  flat_amount_decimal?: string
  unit_amount?: number
  unit_amount_decimal?: string
  up_to: 'inf' | number
}

export interface PricingParam {
  custom_unit_amount?: { enabled: boolean; maximum?: number; minimum?: number; preset?: number }
  tax_behavior?: TaxBehavior
  tiers?: readonly TierParam[]
  unit_amount?: number
  unit_amount_decimal?: string
}

export interface CreatePrice extends PricingParam {
  active?: boolean
  billing_scheme?: 'per_unit' | 'tiered'
  currency: string
  currency_options?: { readonly [currency: string]: PricingParam }
  id?: string
  lookup_key?: string
  metadata?: MetadataParam
  nickname?: string
  product?: string
  product_data?: CreateProduct
  recurring?: {
    interval: Interval
    interval_count?: number
    meter?: string
    trial_period_days?: number
    usage_type?: 'licensed' | 'metered'
  }
  tiers_mode?: 'graduated' | 'volume'
  transfer_lookup_key?: boolean
  transform_quantity?: TransformQuantity
}

/** Stripe bills at least every three years. */
const MAX_INTERVALS: Record<Interval, number> = { day: 1095, week: 156, month: 36, year: 3 }
const MAX_LOOKUP_KEY_CHARACTERS = 200

/**
 * @param prefix where the data stands in the request: `default_price_data`, `price_data`
 * @throws StripeError 400 for wrong or contradicting fields
 */
export function createPrice(tx: Transaction, params: CreatePrice, prefix = ''): Price {
  const at = (name: string) => (prefix === '' ? name : `${prefix}[${name}]`)
  const currency = readCurrency(params.currency)
  const tiered = params.billing_scheme === 'tiered'
  checkTiering(params, at)
  const pricing = readPricing(params, tiered, at)
  const recurring = readRecurring(params, at)
  if (recurring !== null && pricing.custom_unit_amount !== null) {
    throw invalidParam(at('custom_unit_amount'), 'Custom unit amounts can only be used with one-time prices.')
  }
  const product = productOf(tx, params, at)
  const price: Price = {
    ...pricing,
    id: params.id ?? tx.newId(prices),
    created: tx.now,
    active: params.active ?? true,
    billing_scheme: params.billing_scheme ?? 'per_unit',
    currency,
    currency_options: readOptions(params, tiered, at),
    lookup_key: claimLookupKey(tx, params.lookup_key, params.transfer_lookup_key) ?? null,
    metadata: mergeMetadata({}, params.metadata),
    nickname: params.nickname ?? null,
    product,
    recurring,
    tiers_mode: params.tiers_mode ?? null,
    transform_quantity: params.transform_quantity ?? null,
  }
  tx.put(prices, price)
  tx.emit('price.created', prices, price)
  return price
}

/**
 * A lookup key belongs to one price only.
 *
 * @throws StripeError 400 when another price has it, unless it is to be transferred
 */
export function claimLookupKey(
  tx: Transaction,
  key: string | undefined,
  transfer: boolean | undefined,
  owner?: string,
): string | undefined {
  if (key === undefined || key === '') return undefined
  if (key.length > MAX_LOOKUP_KEY_CHARACTERS) {
    throw invalidParam('lookup_key', `Lookup keys can have up to ${MAX_LOOKUP_KEY_CHARACTERS} characters.`)
  }
  const holder = tx.rows(prices, 'lookup_key', key).find(({ entity }) => entity.id !== owner)?.entity
  if (!holder) return key
  if (transfer !== true) {
    throw invalidRequest(
      `A price (\`${holder.id}\`) already uses that lookup key. Each lookup key must be unique. You can instead set ` +
        '`transfer_lookup_key=true` to transfer it.',
      { param: 'lookup_key' },
    )
  }
  tx.update('price.updated', prices, { ...holder, lookup_key: null })
  return key
}

type At = (name: string) => string

function checkTiering(params: CreatePrice, at: At): void {
  if (params.billing_scheme === 'tiered') {
    if (!params.tiers) throw missingParam(at('tiers'))
    if (params.tiers_mode === undefined) throw missingParam(at('tiers_mode'))
    if (params.transform_quantity) {
      throw invalidParam(at('transform_quantity'), 'You cannot set `transform_quantity` on a tiered price.')
    }
    return
  }
  for (const name of ['tiers', 'tiers_mode'] as const) {
    if (params[name] !== undefined) {
      throw invalidParam(at(name), `You can only set \`${name}\` if \`billing_scheme=tiered\`.`)
    }
  }
}

/** @throws StripeError 400 unless there is exactly one of unit_amount, unit_amount_decimal, custom_unit_amount */
export function readPricing(params: PricingParam, tiered: boolean, at: At): Pricing {
  const custom = params.custom_unit_amount?.enabled === true ? params.custom_unit_amount : undefined
  const given = [params.unit_amount, params.unit_amount_decimal, custom].filter((one) => one !== undefined)
  if (tiered && given.length > 0) {
    throw invalidParam(at('unit_amount'), 'You cannot set a unit amount on a tiered price.')
  }
  if (!tiered && given.length !== 1) {
    throw invalidRequest(
      given.length === 0
        ? 'You must specify either `unit_amount`, `unit_amount_decimal`, or `custom_unit_amount` when `billing_scheme=per_unit`.'
        : 'You may only specify one of these parameters: unit_amount, unit_amount_decimal, custom_unit_amount.',
      { stored: false, param: at('unit_amount') },
    )
  }
  return {
    custom_unit_amount: custom ? readCustom(custom) : null,
    tax_behavior: params.tax_behavior ?? 'unspecified',
    tiers: tiered ? readTiers(params.tiers ?? [], at) : null,
    unit_amount_decimal: readAmount(params.unit_amount, params.unit_amount_decimal, at('unit_amount')),
  }
}

function readOptions(params: CreatePrice, tiered: boolean, at: At): Price['currency_options'] {
  return Object.fromEntries(
    Object.entries(params.currency_options ?? {}).map(([code, option]) => [
      readCurrency(code),
      readPricing(option, tiered, (name) => `${at('currency_options')}[${code}][${name}]`),
    ]),
  )
}

function readCustom(custom: { maximum?: number; minimum?: number; preset?: number }): CustomUnitAmount {
  return {
    maximum: custom.maximum ?? null,
    minimum: custom.minimum ?? null,
    preset: custom.preset ?? null,
  }
}

function readTiers(tiers: readonly TierParam[], at: At): readonly Tier[] {
  if (tiers.length === 0 || tiers.at(-1)?.up_to !== 'inf') {
    throw invalidParam(at('tiers'), 'The last tier must have `up_to` set to `inf`.')
  }
  let before = 0
  return tiers.map((tier, position) => {
    const param = `${at('tiers')}[${position}]`
    if (tier.up_to === 'inf' ? position !== tiers.length - 1 : tier.up_to <= before) {
      throw invalidParam(`${param}[up_to]`, 'Tiers must be in ascending order of `up_to`.')
    }
    before = tier.up_to === 'inf' ? before : tier.up_to
    const flat = readAmount(tier.flat_amount, tier.flat_amount_decimal, `${param}[flat_amount]`)
    const unit = readAmount(tier.unit_amount, tier.unit_amount_decimal, `${param}[unit_amount]`)
    if (flat === null && unit === null) throw missingParam(`${param}[unit_amount]`)
    return {
      flat_amount_decimal: flat,
      unit_amount_decimal: unit,
      up_to: tier.up_to === 'inf' ? null : tier.up_to,
    }
  })
}

function readAmount(amount: number | undefined, decimal: string | undefined, param: string): string | null {
  if (amount !== undefined && decimal !== undefined) {
    throw invalidParam(param, `You may only specify one of these parameters: ${param}, ${param}_decimal.`)
  }
  if (decimal !== undefined && !isDecimal(decimal)) {
    throw invalidParam(`${param}_decimal`, `Invalid decimal: ${decimal.slice(0, 30)}`)
  }
  const text = amount === undefined ? decimal : String(amount)
  if (text === undefined) return null
  if (text.startsWith('-')) {
    throw invalidParam(param, 'This value must be greater than or equal to 0.', 'parameter_invalid_integer')
  }
  return canonicalDecimal(text)
}

function readRecurring(params: CreatePrice, at: At): Price['recurring'] {
  const given = params.recurring
  if (!given) return null
  const count = given.interval_count ?? 1
  if (count < 1 || count > MAX_INTERVALS[given.interval]) {
    throw invalidParam(
      `${at('recurring')}[interval_count]`,
      `The maximum interval count for ${given.interval} is ${MAX_INTERVALS[given.interval]}.`,
    )
  }
  const metered = given.usage_type === 'metered'
  if (metered && given.meter === undefined) {
    throw invalidParam(
      `${at('recurring')}[meter]`,
      'You must specify a `meter` when `usage_type=metered`: legacy usage records are gone.',
      'parameter_missing',
    )
  }
  if (!metered && given.meter !== undefined) {
    throw invalidParam(
      `${at('recurring')}[meter]`,
      'You can only specify a `meter` when `usage_type=metered`.',
    )
  }
  return {
    interval: given.interval,
    interval_count: count,
    meter: given.meter ?? null,
    trial_period_days: given.trial_period_days ?? null,
    usage_type: given.usage_type ?? 'licensed',
  }
}

function productOf(tx: Transaction, params: CreatePrice, at: At): string {
  if (params.product !== undefined && params.product_data) {
    throw invalidRequest('You may only specify one of these parameters: product, product_data.', {
      stored: false,
    })
  }
  if (params.product !== undefined) return inParam(tx, products, params.product, at('product')).id
  if (params.product_data) return createProduct(tx, params.product_data).id
  throw invalidRequest(
    'One of the following params should be provided for this request: product or product_data.',
    { code: 'parameter_missing', stored: false, param: at('product') },
  )
}
