import { cleanLine } from '../../../../contract/clean-text.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { integerAt, listAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { couponName, couponTerms } from '../../wording/coupons.ts'
import { readIfAllowed } from '../../wording/read-if-allowed.ts'

const CODES_SHOWN = 10
const CODES_READ = 100

export const deleteCoupon = defineTool({
  name: 'stripe_delete_coupon',
  group: 'Coupons & Discounts',
  description: 'Permanently delete a coupon',
  mode: 'write',
  effect: 'money',
  operation: 'coupons.del',
  pathParam: {
    name: 'coupon_id',
    aliases: ['coupon', 'id'],
    description: 'The id of the coupon, not its name',
  },
  usual: [],
  guidance: {
    whenToUse:
      'To stop a coupon for good: nobody can use it any more, and its promotion codes die with it. Not to take a discount from a customer who has it; to pause a single code, set it to active: false with stripe_promotion_codes_update.',
    askBefore: ['That it may be gone for good, with its codes.'],
    safeDefaults: ['Discounts that were given go on until they end.'],
    examples: [{ title: 'End a coupon', params: { coupon_id: EXAMPLE.coupon } }],
    followups: [
      'stripe_subscriptions_delete_discount or stripe_customers_delete_discount takes a discount from one who has it.',
    ],
  },
  async prepare(params, read) {
    const id = textAt(params, 'coupon_id') ?? ''
    const coupon = await read('coupons.retrieve', { id })
    const list = await readIfAllowed(read, 'promotionCodes.list', {
      coupon: id,
      active: true,
      limit: CODES_READ,
    })
    const codes = listAt(list ?? {}, 'data').map((code) => cleanLine(textAt(code, 'code') ?? '', 60))
    const redeemed = integerAt(coupon, 'times_redeemed')
    return {
      params,
      // What it stops being worth is nobody's yet.
      stakes: { money: [] },
      facts: { terms: couponTerms(coupon), codes: codes.toSorted().join(','), redeemed },
      describe() {
        return {
          summary: `Delete the coupon ${couponName(coupon)}, for good`,
          changes: [
            becomes(
              'Coupon',
              `${couponTerms(coupon)}, used ${redeemed === 1 ? 'once' : `${redeemed} times`}`,
              'deleted',
              'deleted',
              true,
            ),
            ...(codes.length === 0
              ? []
              : [{ what: 'Promotion codes', before: shown(codes), after: 'no longer work' }]),
          ],
          warnings: [
            redeemed === 0
              ? 'Nobody has used it.'
              : 'Customers and subscriptions that have this discount keep it until it ends.',
            ...(list === undefined
              ? ['This key may not list promotion codes: any that belong to it stop working, too.']
              : []),
          ],
          irreversible: 'A deleted coupon cannot be brought back, nor its promotion codes.',
          told: ['coupon_id'],
          literal: [],
        }
      },
    }
  },
})

function shown(codes: string[]): string {
  const more = codes.length - CODES_SHOWN
  return codes.slice(0, CODES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
