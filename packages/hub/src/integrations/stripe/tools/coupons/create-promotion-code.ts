import { cleanLine } from '../../../../contract/clean-text.ts'
import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, listAt, objectAt, textAt } from '../../json.ts'
import { becomes, textBecomes } from '../../wording/changes.ts'
import { couponName, couponWarnings, refuseSpentCoupon, useLimits } from '../../wording/coupons.ts'
import { holdsOnly } from '../../wording/holds-only.ts'
import { readGivenCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** The restrictions that the preview says in words. */
const TOLD_RESTRICTIONS = ['first_time_transaction', 'minimum_amount', 'minimum_amount_currency']

export const createPromotionCode = defineTool({
  name: 'stripe_create_promotion_code',
  group: 'Coupons & Discounts',
  description: 'Create a customer-redeemable code',
  mode: 'write',
  effect: 'change',
  operation: 'promotionCodes.create',
  usual: ['promotion', 'code', 'customer', 'max_redemptions', 'expires_at', 'restrictions', 'metadata'],
  properties: {
    promotion: {
      type: 'object',
      description: 'The coupon that the code stands for.',
      properties: {
        type: { type: 'string', const: 'coupon' },
        coupon: { type: 'string', description: 'The id of the coupon' },
      },
      required: ['coupon'],
      additionalProperties: false,
    },
  },
  rules: [
    { atMostOne: ['customer', 'customer_account'] },
    { param: 'max_redemptions', min: 1 },
    { when: 'restrictions.minimum_amount', needs: ['restrictions.minimum_amount_currency'] },
    { when: 'restrictions.minimum_amount_currency', needs: ['restrictions.minimum_amount'] },
  ],
  guidance: {
    whenToUse:
      'To give an existing coupon a code that customers type at checkout. The discount itself is a coupon: stripe_create_coupon.',
    askBefore: [
      'The coupon, and the code as customers type it.',
      'For everybody or one customer; how often; until when.',
    ],
    safeDefaults: [
      'Give max_redemptions or expires_at: codes get passed on.',
      'A checkout takes codes only with allow_promotion_codes: true.',
    ],
    examples: [
      {
        title: 'A code that works a hundred times',
        params: {
          promotion: { type: 'coupon', coupon: EXAMPLE.coupon },
          code: 'SPRING25',
          max_redemptions: 100,
        },
      },
    ],
    followups: ['stripe_promotion_codes_update with active: false stops it.'],
  },
  async prepare(params, read) {
    const code = textAt(params, 'code')
    if (code !== undefined && !/^[A-Za-z0-9-]{1,500}$/.test(code))
      throw wrongParam('code', 'A code has letters of English, digits and dashes only')
    const coupon = await read('coupons.retrieve', {
      id: textAt(objectAt(params, 'promotion') ?? {}, 'coupon'),
    })
    refuseSpentCoupon(coupon)
    refuseBeyondCoupon(params, coupon)
    const customer = await readGivenCustomer(read, params)
    if (code !== undefined && params['active'] !== false) await refuseTakenCode(read, code, params)
    const restrictions = objectAt(params, 'restrictions')
    return {
      params: { ...params, promotion: { ...objectAt(params, 'promotion'), type: 'coupon' } },
      currencies: {
        'restrictions.minimum_amount': textAt(restrictions ?? {}, 'minimum_amount_currency') ?? '',
      },
      facts: { coupon: couponName(coupon), valid: coupon['valid'] === true },
      describe(sent) {
        const sentCode = textAt(sent, 'code')
        const whom = customer === undefined ? 'everybody' : customerName(customer)
        return {
          summary: `Create ${sentCode === undefined ? 'a promotion code, which Stripe chooses,' : `the promotion code ${cleanLine(sentCode, 60)}`} for ${couponName(coupon)}; for ${whom}, ${useLimits(sent, 'expires_at')}`,
          changes: [
            ...textBecomes('Code', sent, 'code'),
            becomes('Discount', null, couponName(coupon), 'promotion.coupon', textAt(coupon, 'id') ?? ''),
            becomes('For', null, whom, 'customer', textAt(sent, 'customer') ?? null),
            { what: 'It can be used', before: null, after: limitsText(sent) },
            ...(sent['active'] === false ? [becomes('Active', null, 'not yet', 'active', false)] : []),
          ],
          warnings: [
            ...couponWarnings(coupon),
            ...(customer === undefined && sent['active'] !== false
              ? ['Whoever knows the code can use it, wherever a checkout takes codes.']
              : []),
            ...(sent['max_redemptions'] === undefined && sent['expires_at'] === undefined
              ? ['Nothing ends this code but its coupon.']
              : []),
          ],
          irreversible: '',
          told: [
            'promotion',
            'code',
            'customer',
            'max_redemptions',
            'expires_at',
            'active',
            ...(holdsOnly(sent['restrictions'], TOLD_RESTRICTIONS) ? ['restrictions'] : []),
          ],
          literal: ['metadata'],
        }
      },
    }
  },
})

/** A code may not outlast its coupon. */
function refuseBeyondCoupon(params: Params, coupon: Params): void {
  for (const [name, limit] of [
    ['max_redemptions', 'max_redemptions'],
    ['expires_at', 'redeem_by'],
  ] as const) {
    const [given, most] = [params[name], coupon[limit]]
    if (typeof given === 'number' && typeof most === 'number' && given > most)
      throw wrongParam(name, `"${name}" must not go beyond the coupon's ${limit} (${most})`)
  }
}

/** Upper and lower case tell no two codes apart, and each customer may have one of the same name. */
async function refuseTakenCode(read: Read, code: string, params: Params): Promise<void> {
  const taken = listAt(await read('promotionCodes.list', { code, active: true, limit: 100 }), 'data').find(
    (other) => {
      const owner = idAt(other, 'customer')
      return owner === undefined || params['customer'] === undefined || owner === params['customer']
    },
  )
  if (taken === undefined) return
  throw new Problem(
    'resource_already_exists',
    `The code ${cleanLine(code, 60)} is in use (${textAt(taken, 'id') ?? ''}, for the coupon ${cleanLine(idAt(objectAt(taken, 'promotion') ?? {}, 'coupon') ?? '')}).`,
    {
      nextStep:
        'Choose another code with the user, or stop that one with stripe_promotion_codes_update and active: false.',
    },
  )
}

function limitsText(code: Params): string {
  const restrictions = objectAt(code, 'restrictions')
  const amount = restrictions?.['minimum_amount']
  const currency = textAt(restrictions ?? {}, 'minimum_amount_currency') ?? ''
  return [
    useLimits(code, 'expires_at'),
    ...(restrictions?.['first_time_transaction'] === true ? ["for a customer's first payment only"] : []),
    ...(typeof amount === 'number' ? [`from ${formatMoney({ amount, currency })} on`] : []),
  ].join(', ')
}
