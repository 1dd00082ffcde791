import { integerOf } from '../decimal.ts'
import { products } from '../products/product.ts'
import { createProduct } from '../products/save-product.ts'
import type { CreateProduct } from '../products/save-product.ts'
import { route } from '../route.ts'
import type { Route } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidRequest, missingParam } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, missing } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { createPrice } from './create-price.ts'
import { prices } from './price.ts'
import type { Interval, Price, Recurring } from './price.ts'

/** The older shape of a recurring price; both name the same object. */
export const plans: Kind<Price> = {
  ...prices,
  type: 'Plan',
  prefix: 'plan_',
  idLength: 14,
  noun: 'plan',
  format: formatPlan,
}

interface CreatePlan {
  active?: boolean
  amount?: number
  amount_decimal?: string
  currency: string
  id?: string
  interval: Interval
  interval_count?: number
  metadata?: MetadataParam
  nickname?: string
  product?: CreateProduct | string
  trial_period_days?: number
}

interface UpdatePlan {
  active?: boolean
  metadata?: MetadataParam
  nickname?: string
  trial_period_days?: number
}

interface ListPlans extends ListParams {
  active?: boolean
  created?: RangeParam
  product?: string
}

export function formatPlan(price: Price, view: View): JsonObject {
  const { recurring } = price
  return {
    id: price.id,
    object: 'plan',
    active: price.active,
    amount: integerOf(price.unit_amount_decimal),
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: recurring?.interval ?? 'month',
    interval_count: recurring?.interval_count ?? 1,
    livemode: view.livemode,
    metadata: price.metadata,
    meter: recurring?.meter ?? null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: price.tiers_mode,
    transform_usage: price.transform_quantity,
    trial_period_days: recurring?.trial_period_days ?? null,
    usage_type: recurring?.usage_type ?? 'licensed',
  }
}

export const planRoutes: readonly Route[] = [
  route<CreatePlan>(
    'plans.create',
    [
      'active',
      'amount',
      'amount_decimal',
      'currency',
      'id',
      'interval',
      'interval_count',
      'metadata',
      'nickname',
      'product',
      'trial_period_days',
    ],
    ({ tx, params }) => plans.format(createPlan(tx, params), tx),
  ),
  route('plans.retrieve', [], ({ tx, id }) => plans.format(planInPath(tx, id), tx)),
  route<UpdatePlan>(
    'plans.update',
    ['active', 'metadata', 'nickname', 'trial_period_days'],
    ({ tx, id, params }) => {
      const price = planInPath(tx, id)
      const days = params.trial_period_days ?? price.recurring.trial_period_days
      const updated = tx.update('plan.updated', plans, {
        ...price,
        active: params.active ?? price.active,
        metadata: mergeMetadata(price.metadata, params.metadata),
        nickname: textOr(price.nickname, params.nickname),
        recurring: { ...price.recurring, trial_period_days: days },
      })
      return plans.format(updated, tx)
    },
  ),
  route('plans.del', [], ({ tx, id }) => {
    const price = planInPath(tx, id)
    tx.emit('plan.deleted', plans, price)
    tx.put(prices, { ...price, active: false, deleted: true })
    return { id, object: 'plan', deleted: true }
  }),
  route<ListPlans>(
    'plans.list',
    ['limit', 'starting_after', 'ending_before', 'active', 'created', 'product'],
    ({ tx, params, url }) =>
      listPage(tx, plans, {
        url,
        params,
        where: (price) =>
          price.recurring !== null &&
          inRange(params.created, price.created) &&
          (params.active === undefined || price.active === params.active) &&
          (params.product === undefined || price.product === params.product),
      }),
  ),
]

/** @throws StripeError 404 */
function planInPath(tx: Transaction, id: string): Price & { recurring: Recurring } {
  const price = tx.get(prices, id)
  if (!price?.recurring || price.deleted) throw missing(plans, id, { param: 'plan', status: 404 })
  return { ...price, recurring: price.recurring }
}

function createPlan(tx: Transaction, params: CreatePlan): Price {
  const id = params.id ?? tx.newId(plans)
  if (tx.get(prices, id)) {
    throw invalidRequest('Plan already exists.', { code: 'resource_already_exists', param: 'id' })
  }
  if (params.product === undefined) throw missingParam('product')
  const product =
    typeof params.product === 'string'
      ? inParam(tx, products, params.product, 'product').id
      : createProduct(tx, params.product).id
  const { interval, interval_count, trial_period_days } = params
  const price = createPrice(tx, {
    id,
    currency: params.currency,
    product,
    recurring: {
      interval,
      ...(interval_count === undefined ? {} : { interval_count }),
      ...(trial_period_days === undefined ? {} : { trial_period_days }),
    },
    ...(params.active === undefined ? {} : { active: params.active }),
    ...(params.amount === undefined ? {} : { unit_amount: params.amount }),
    ...(params.amount_decimal === undefined ? {} : { unit_amount_decimal: params.amount_decimal }),
    ...(params.metadata === undefined ? {} : { metadata: params.metadata }),
    ...(params.nickname === undefined ? {} : { nickname: params.nickname }),
  })
  tx.emit('plan.created', plans, price)
  return price
}
