import { cleanLine } from '../../../../contract/clean-text.ts'
import { Problem } from '../../../../contract/problem.ts'
import { defineTool } from '../../define-tool.ts'
import { objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes, textBecomes } from '../../wording/changes.ts'
import { holdsOnly } from '../../wording/holds-only.ts'
import { NEVER_CHANGES, newPriceText, refuseWrongPrice, unitAmount } from '../../wording/price-params.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'
import { refuseBadUrls } from '../../wording/urls.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

/** The parts of the price that the preview says in words. */
const TOLD_OF_PRICE = ['currency', 'unit_amount', 'unit_amount_decimal', 'custom_unit_amount', 'recurring']

/** Besides what else is asked for. */
function withDefaultPrice(expand: unknown): string[] {
  const others = Array.isArray(expand) ? expand.filter((path) => typeof path === 'string') : []
  return [...new Set([...others, 'default_price'])]
}

export const createProduct = defineTool({
  name: 'stripe_create_product',
  group: 'Products & Pricing',
  description: 'Create a new product',
  mode: 'write',
  effect: 'change',
  operation: 'products.create',
  usual: ['name', 'description', 'default_price_data', 'active', 'images', 'metadata'],
  guidance: {
    whenToUse:
      'To add something to sell. With default_price_data its first price is made too; for a price of a product that exists use stripe_create_price.',
    askBefore: [
      'The name as customers will read it.',
      'The price, its currency, and once or per month or year.',
    ],
    safeDefaults: [
      'Look in stripe_list_products first: Stripe does not refuse a second product of the same name.',
    ],
    examples: [
      {
        title: 'A plan for $20.00 a month',
        params: {
          name: 'Pro plan',
          default_price_data: { currency: 'usd', unit_amount: 2000, recurring: { interval: 'month' } },
        },
      },
      { title: 'Only the product', params: { name: 'Setup fee', metadata: { sku: 'SETUP-1' } } },
    ],
    followups: ['default_price of the answer is the price id for stripe_create_checkout_session.'],
  },
  async prepare(params, read) {
    const price = objectAt(params, 'default_price_data')
    if (price !== undefined) refuseWrongPrice(price, 'default_price_data.')
    refuseBadUrls(params, ['url'])
    const id = textAt(params, 'id')
    const taken = id === undefined ? undefined : await readIfAllowed(read, 'products.retrieve', { id })
    if (taken !== undefined) {
      throw new Problem(
        'resource_already_exists',
        `There is a product with the id ${cleanLine(id ?? '')} already.`,
        {
          nextStep: 'Change that one with stripe_update_product, or leave id out so that Stripe makes one.',
        },
      )
    }
    const money = price === undefined ? undefined : unitAmount(price)
    const usual = money === undefined ? undefined : await readUsualAmount(read, money.currency)
    return {
      // Expanded, so that what the new price costs can be seen in the answer.
      params: price === undefined ? params : { ...params, expand: withDefaultPrice(params['expand']) },
      facts: { id_is_free: id ?? null },
      describe(sent) {
        const sentPrice = objectAt(sent, 'default_price_data')
        const amount = sentPrice === undefined ? undefined : unitAmount(sentPrice)
        const name = textAt(sent, 'name') ?? ''
        const costs = sentPrice === undefined ? undefined : newPriceText(sentPrice)
        return {
          summary: `Create the product "${cleanLine(name, 80)}"${costs === undefined ? ', without a price yet' : ` with a price: ${costs}`}`,
          changes: [
            becomes('Name', null, name, 'name', name),
            ...textBecomes('Id', sent, 'id'),
            ...(amount === undefined
              ? []
              : [
                  moneyBecomes(
                    `Default price${objectAt(sentPrice ?? {}, 'recurring') === undefined ? '' : ', each period'}`,
                    null,
                    amount,
                    'default_price.unit_amount',
                  ),
                ]),
            ...(sent['active'] === false ? [becomes('On sale', null, 'no, archived', 'active', false)] : []),
          ],
          warnings: [
            ...(sentPrice === undefined ? [] : [NEVER_CHANGES]),
            ...(amount === undefined ? [] : amountWarnings(amount, { usual })),
          ],
          irreversible: '',
          told: [
            'name',
            'id',
            'active',
            ...(holdsOnly(sentPrice, TOLD_OF_PRICE) ? ['default_price_data'] : []),
          ],
          literal: [
            'description',
            'images',
            'marketing_features',
            'metadata',
            'package_dimensions',
            'shippable',
            'statement_descriptor',
            'unit_label',
            'url',
          ],
        }
      },
    }
  },
})
