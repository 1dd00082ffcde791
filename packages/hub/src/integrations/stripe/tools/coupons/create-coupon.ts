import { cleanLine } from '../../../../contract/clean-text.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes, textBecomes } from '../../wording/changes.ts'
import { couponDuration, couponTerms, couponWarnings, useLimits } from '../../wording/coupons.ts'
import { productName } from '../../wording/products.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

export const createCoupon = defineTool({
  name: 'stripe_create_coupon',
  group: 'Coupons & Discounts',
  description: 'Create a discount coupon',
  mode: 'write',
  effect: 'change',
  operation: 'coupons.create',
  usual: [
    'percent_off',
    'amount_off',
    'currency',
    'duration',
    'duration_in_months',
    'name',
    'id',
    'max_redemptions',
    'redeem_by',
    'applies_to',
  ],
  rules: [
    { exactlyOne: ['percent_off', 'amount_off'] },
    { when: 'amount_off', needs: ['currency'] },
    { when: 'currency_options', needs: ['amount_off'] },
    { param: 'percent_off', min: 0.01, max: 100 },
    { param: 'amount_off', min: 1 },
    { param: 'max_redemptions', min: 1 },
    { when: 'duration', is: 'repeating', needs: ['duration_in_months'] },
    { when: 'duration', is: 'once', excludes: ['duration_in_months'] },
    { when: 'duration', is: 'forever', excludes: ['duration_in_months'] },
    { when: 'duration_in_months', needs: ['duration'] },
    { param: 'duration_in_months', min: 1 },
  ],
  guidance: {
    whenToUse:
      'To define a discount that is then put on a subscription, an invoice or a checkout. For a code that customers type, make the coupon and then stripe_create_promotion_code.',
    askBefore: [
      'How much, as a percentage or an amount.',
      'For how long: once, some months (repeating), or forever.',
      'How often and until when it may be used, and for which products.',
    ],
    safeDefaults: ['duration once.', 'Give max_redemptions or redeem_by, so that it ends.'],
    examples: [
      {
        title: '25% off the first three months, 100 times',
        params: {
          percent_off: 25,
          duration: 'repeating',
          duration_in_months: 3,
          name: 'Spring sale',
          max_redemptions: 100,
        },
      },
      {
        title: '$5.00 off once',
        params: { amount_off: 500, currency: 'usd', duration: 'once', name: 'Welcome' },
      },
    ],
    followups: ['stripe_create_promotion_code for a code that customers type.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'id')
    const taken = id === undefined ? undefined : await readIfAllowed(read, 'coupons.retrieve', { id })
    if (taken !== undefined) {
      throw new Problem(
        'resource_already_exists',
        `There is a coupon ${cleanLine(id ?? '')} already: ${couponTerms(taken)}.`,
        {
          nextStep: 'Use that one, or choose another id with the user. The terms of a coupon never change.',
        },
      )
    }
    const products = await readProducts(params, read)
    const currency = textAt(params, 'currency')
    const usual =
      currency === undefined || params['amount_off'] === undefined
        ? undefined
        : await readUsualAmount(read, currency)
    return {
      params: { duration: 'once', ...params },
      facts: { id_is_free: id ?? null, products: products.map(productName).join(',') },
      describe(sent) {
        const name = textAt(sent, 'name')
        const percent = Number(sent['percent_off'])
        const amount = sent['amount_off']
        const off =
          typeof amount === 'number' ? { amount, currency: textAt(sent, 'currency') ?? '' } : undefined
        const duration = textAt(sent, 'duration') ?? 'once'
        return {
          summary: `Create a coupon${name === undefined ? '' : ` "${cleanLine(name, 60)}"`}: ${couponTerms(sent)}; ${useLimits(sent, 'redeem_by')}`,
          changes: [
            off === undefined
              ? becomes('Discount', null, `${percent}%`, 'percent_off', percent)
              : moneyBecomes('Discount', null, off, 'amount_off'),
            becomes('On a subscription it lasts', null, couponDuration(sent), 'duration', duration),
            {
              what: 'It can be used',
              before: null,
              after: useLimits(sent, 'redeem_by'),
            },
            ...textBecomes('Id', sent, 'id'),
            ...textBecomes('Name, as on invoices', sent, 'name'),
            ...(products.length === 0
              ? []
              : [{ what: 'Only for', before: null, after: products.map(productName).join(', ') }]),
          ],
          warnings: [
            'What it gives, for how long and how often never changes; deleting it only stops new uses.',
            ...couponWarnings(sent),
            ...(off === undefined ? [] : amountWarnings(off, { usual })),
            ...(sent['max_redemptions'] === undefined && sent['redeem_by'] === undefined
              ? ['Nothing ends it: it can be used any number of times until it is deleted.']
              : []),
          ],
          irreversible: '',
          told: [
            'percent_off',
            'amount_off',
            'currency',
            'duration',
            'duration_in_months',
            'max_redemptions',
            'redeem_by',
            'id',
            'name',
            'applies_to',
          ],
          literal: ['metadata'],
        }
      },
    }
  },
})

/** The products that it is limited to, by name; one that does not exist stops the plan. */
async function readProducts(params: Params, read: Read): Promise<Params[]> {
  const ids = objectAt(params, 'applies_to')?.['products']
  if (!Array.isArray(ids)) return []
  return Promise.all(ids.map((id) => read('products.retrieve', { id })))
}
