import { defineTool } from '../../define-tool.ts'

export const listCoupons = defineTool({
  name: 'stripe_list_coupons',
  group: 'Coupons & Discounts',
  description: 'List all coupons',
  mode: 'read',
  effect: 'read',
  operation: 'coupons.list',
  usual: ['limit', 'starting_after', 'created'],
  guidance: {
    whenToUse:
      'To find a coupon, newest first. Stripe has no filter by name or validity: page through, and read valid. The codes that customers type are promotion codes: stripe_promotion_codes_list.',
    askBefore: [],
    safeDefaults: ['valid: false has ended or is used up; times_redeemed says how often it was used.'],
    examples: [{ title: 'The newest coupons', params: { limit: 20 } }],
    followups: ['stripe_create_promotion_code gives a coupon a code that customers can type.'],
  },
})
