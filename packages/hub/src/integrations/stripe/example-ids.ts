/**
 * Ids that examples are written with. Most are those of Stripe's own documentation, which agents know too well: a
 * call that holds one was copied, and is refused.
 */
export const EXAMPLE = {
  customer: 'cus_NffrFeUfNV2Hib',
  paymentIntent: 'pi_3MtwBwLkdIwHu7ix28a3tqPa',
  paymentMethod: 'pm_1MtwBwLkdIwHu7ixUEgbFdYF',
  setupIntent: 'seti_1Mm8s8LkdIwHu7ix0OXBfTRG',
  charge: 'ch_3MmlLrLkdIwHu7ix0snN0B15',
  token: 'tok_1N3T00LkdIwHu7ixt44h1F8k',
  refund: 're_1Nispe2eZvKYlo2Cd31jOCgZ',
  subscription: 'sub_1MowQVLkdIwHu7ixeRlqHVzs',
  subscriptionItem: 'si_Na6dzxczY5fwHx',
  invoice: 'in_1MtHbELkdIwHu7ixl4OzzPMv',
  invoiceItem: 'ii_1MtGUtLkdIwHu7ixBYwjAM00',
  checkoutSession: 'cs_test_a11YYufWQzNY63zpQ6QSNRQhkUpVph4WRmzW0zWJO2znZKdVujZ0N0S22u',
  product: 'prod_NWjs8kKbJWmuuc',
  price: 'price_1MoBy5LkdIwHu7ixZhnattbh',
  otherPrice: 'price_1MoC79LkdIwHu7ixHKVDJJ1A',
  coupon: 'jMT0WJUD',
  dispute: 'du_1MtJUT2eZvKYlo2CNaw2HvEv',
  payout: 'po_1OaFDbEcg9tTZuTgNYmX0PKB',
  creditNote: 'cn_1MxvRqLkdIwHu7ixY0xbUcxk',
} as const
