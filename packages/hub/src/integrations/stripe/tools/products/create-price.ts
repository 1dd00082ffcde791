import { Problem } from '../../../../contract/problem.ts'
import type { Change, Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { listAt, objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { holdsOnly } from '../../wording/holds-only.ts'
import {
  NEVER_CHANGES,
  newPriceText,
  newProductName,
  refuseWrongPrice,
  tierText,
  unitAmount,
} from '../../wording/price-params.ts'
import { priceName } from '../../wording/prices.ts'
import { productName } from '../../wording/products.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

const TIERED_EXCLUDES = ['unit_amount', 'unit_amount_decimal', 'custom_unit_amount', 'transform_quantity']

export const createPrice = defineTool({
  name: 'stripe_create_price',
  group: 'Products & Pricing',
  description: 'Create a price for a product',
  mode: 'write',
  effect: 'change',
  operation: 'prices.create',
  usual: [
    'currency',
    'product',
    'product_data',
    'unit_amount',
    'recurring',
    'lookup_key',
    'nickname',
    'metadata',
  ],
  properties: {
    unit_amount: {
      type: 'integer',
      description: 'In the smallest unit (2000 is $20.00); or unit_amount_decimal, or custom_unit_amount.',
    },
  },
  rules: [
    { exactlyOne: ['product', 'product_data'] },
    { atMostOne: ['unit_amount', 'unit_amount_decimal', 'custom_unit_amount'] },
    { param: 'unit_amount', min: 0 },
    { when: 'billing_scheme', is: 'tiered', needs: ['tiers', 'tiers_mode'] },
    { when: 'billing_scheme', is: 'tiered', excludes: TIERED_EXCLUDES },
    { when: 'tiers', needs: ['billing_scheme'] },
    { when: 'tiers_mode', needs: ['billing_scheme'] },
    { when: 'recurring.usage_type', is: 'metered', needs: ['recurring.meter'] },
    { when: 'recurring.meter', needs: ['recurring.usage_type'] },
    { when: 'transfer_lookup_key', needs: ['lookup_key'] },
  ],
  guidance: {
    whenToUse:
      'To say what a product costs, once or per period. An amount never changes: for another amount make another price.',
    askBefore: ['The amount and currency.', 'Once, or per day, week, month or year.', 'For which product.'],
    safeDefaults: [
      'Leave recurring out for a one-time price.',
      'Look in stripe_list_prices whether it exists.',
    ],
    examples: [
      {
        title: '$20.00 a month',
        params: {
          product: EXAMPLE.product,
          currency: 'usd',
          unit_amount: 2000,
          recurring: { interval: 'month' },
        },
      },
      {
        title: 'Once, the amount with its currency',
        params: {
          product: EXAMPLE.product,
          unit_amount: { value: '49.90', currency: 'eur' },
          currency: 'eur',
        },
      },
    ],
    followups: [
      'Subscriptions keep their old price; stripe_update_subscription moves one.',
      'The old price is archived with stripe_prices_update and active: false.',
    ],
  },
  async prepare(params, read) {
    refuseWrongPrice(params)
    const product = await readProduct(params, read)
    const holder = await readHolder(params, read)
    const money = unitAmount(params)
    const usual = money === undefined ? undefined : await readUsualAmount(read, money.currency)
    return {
      params,
      currencies: tierCurrencies(params),
      facts: {
        product: product === undefined ? null : productName(product),
        product_active: product?.['active'] === true,
        lookup_key_of: holder === undefined ? null : (textAt(holder, 'id') ?? null),
      },
      describe(sent) {
        const amount = unitAmount(sent)
        const made = newProductName(sent)
        const of = product === undefined ? `the new product "${made ?? ''}"` : productName(product)
        const recurring = objectAt(sent, 'recurring')
        return {
          summary: `Create a price for ${of}: ${newPriceText(sent)}`,
          changes: [
            ...(amount === undefined
              ? [
                  becomes(
                    'Amount',
                    null,
                    newPriceText(sent),
                    'billing_scheme',
                    textAt(sent, 'billing_scheme') ?? 'per_unit',
                  ),
                ]
              : [moneyBecomes('Amount', null, amount, 'unit_amount')]),
            ...tierRows(sent),
            recurring === undefined
              ? becomes('Charged', null, 'once', 'type', 'one_time')
              : becomes(
                  'Charged',
                  null,
                  recurringText(recurring),
                  'recurring.interval',
                  textAt(recurring, 'interval') ?? '',
                ),
            ...(product === undefined
              ? [{ what: 'Product', before: null, after: `${made ?? ''}, made with it` }]
              : [becomes('Product', null, productName(product), 'product', textAt(product, 'id') ?? '')]),
            ...(sent['active'] === false ? [becomes('On sale', null, 'no, archived', 'active', false)] : []),
          ],
          warnings: [
            NEVER_CHANGES,
            ...(amount === undefined ? [] : amountWarnings(amount, { usual })),
            ...(amount?.amount === 0 ? ['It costs nothing.'] : []),
            ...(product?.['active'] === false ? ['The product is archived: nobody can buy it.'] : []),
            ...(holder === undefined
              ? []
              : [
                  `The lookup key is taken from ${priceName(holder)}: whatever asks for it by key gets the new price.`,
                ]),
          ],
          irreversible: '',
          told: [
            'currency',
            'product',
            'unit_amount',
            'unit_amount_decimal',
            'custom_unit_amount',
            'recurring',
            'billing_scheme',
            'tiers',
            'active',
            ...(holdsOnly(sent['product_data'], ['name']) ? ['product_data'] : []),
          ],
          literal: [
            'product_data',
            'lookup_key',
            'transfer_lookup_key',
            'tiers_mode',
            'nickname',
            'metadata',
          ],
        }
      },
    }
  },
})

async function readProduct(params: Params, read: Read): Promise<Params | undefined> {
  const id = textAt(params, 'product')
  return id === undefined ? undefined : read('products.retrieve', { id })
}

/** The price that has the lookup key now, which may be taken from it only when that is asked for. */
async function readHolder(params: Params, read: Read): Promise<Params | undefined> {
  const key = textAt(params, 'lookup_key')
  if (key === undefined) return undefined
  const [holder] = listAt(await read('prices.list', { lookup_keys: [key], limit: 1 }), 'data')
  if (holder !== undefined && params['transfer_lookup_key'] !== true) {
    throw new Problem('resource_already_exists', `The lookup key is that of ${priceName(holder)} already.`, {
      nextStep:
        'Choose another lookup_key, or ask the user whether to move it, with transfer_lookup_key: true.',
    })
  }
  return holder
}

function tierRows(price: Params): Change[] {
  const currency = textAt(price, 'currency') ?? ''
  return listAt(price, 'tiers').map((tier, index) => ({
    what: `Tier ${index + 1}`,
    before: null,
    after: tierText(tier, currency),
  }))
}

/** Amounts in tiers have no currency beside them; they are in the price's. */
function tierCurrencies(price: Params): Record<string, string> {
  const currency = (textAt(price, 'currency') ?? '').toLowerCase()
  const paths = listAt(price, 'tiers').flatMap((_, index) => [
    `tiers[${index}].unit_amount`,
    `tiers[${index}].flat_amount`,
  ])
  const custom = ['minimum', 'maximum', 'preset'].map((name) => `custom_unit_amount.${name}`)
  return Object.fromEntries([...paths, ...custom].map((path) => [path, currency]))
}

function recurringText(recurring: Params): string {
  const count = recurring['interval_count']
  const interval = textAt(recurring, 'interval') ?? 'period'
  const every = typeof count === 'number' && count > 1 ? `every ${count} ${interval}s` : `every ${interval}`
  const metered = textAt(recurring, 'usage_type') === 'metered'
  const usage = metered ? `, for what the meter ${textAt(recurring, 'meter') ?? ''} counts` : ''
  const trial = recurring['trial_period_days']
  return `${every}${usage}${typeof trial === 'number' ? `, after a trial of ${trial} days where it is asked for` : ''}`
}
