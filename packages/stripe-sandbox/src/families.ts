import { accountFamily } from './accounts/routes.ts'
import { authenticationFamily } from './authentication/page.ts'
import { balanceFamily } from './balance/routes.ts'
import { billingPortalFamily } from './billing-portal/routes.ts'
import { chargeFamily } from './charges/routes.ts'
import { checkoutFamily } from './checkout/routes.ts'
import { customerFamily } from './customers/routes.ts'
import { customerSessionFamily } from './customer-sessions/routes.ts'
import { disputeFamily } from './disputes/routes.ts'
import { eventFamily } from './events/routes.ts'
import { fileFamily } from './files/routes.ts'
import { paymentIntentFamily } from './payment-intents/routes.ts'
import { paymentLinkFamily } from './payment-links/routes.ts'
import { paymentMethodFamily } from './payment-methods/routes.ts'
import { payoutFamily } from './payouts/routes.ts'
import { refundFamily } from './refunds/routes.ts'
import { setupIntentFamily } from './setup-intents/routes.ts'
import { couponFamily } from './coupons/routes.ts'
import { discountFamily } from './discounts/discount.ts'
import { priceFamily } from './prices/routes.ts'
import { productFamily } from './products/routes.ts'
import { promotionCodeFamily } from './promotion-codes/routes.ts'
import { testClockFamily } from './test-clocks/routes.ts'
import { taxRateFamily } from './tax-rates/routes.ts'
import { shippingRateFamily } from './shipping-rates/routes.ts'
import { sourceFamily } from './sources/routes.ts'
import { customerBalanceFamily } from './customer-balance/routes.ts'
import { invoiceItemFamily } from './invoice-items/routes.ts'
import { invoicePaymentFamily } from './invoice-payments/routes.ts'
import { invoiceFamily } from './invoices/routes.ts'
import { creditNoteFamily } from './credit-notes/routes.ts'
import { subscriptionFamily } from './subscriptions/routes.ts'
import { webhookFamily } from './webhooks/routes.ts'
import { subscriptionItemFamily } from './subscription-items/routes.ts'
import { subscriptionScheduleFamily } from './subscription-schedules/routes.ts'
import { grantTokens, grants } from './oauth/grant.ts'
import type { Family } from './route.ts'
import { idempotencyRecords } from './wire/idempotency.ts'

/** All that the sandbox answers: one folder and one line each. */
export const families: readonly Family[] = [
  accountFamily,
  authenticationFamily,
  balanceFamily,
  billingPortalFamily,
  chargeFamily,
  checkoutFamily,
  customerFamily,
  customerSessionFamily,
  disputeFamily,
  eventFamily,
  fileFamily,
  paymentIntentFamily,
  paymentLinkFamily,
  paymentMethodFamily,
  couponFamily,
  discountFamily,
  priceFamily,
  productFamily,
  promotionCodeFamily,
  taxRateFamily,
  testClockFamily,
  payoutFamily,
  customerBalanceFamily,
  invoiceItemFamily,
  invoicePaymentFamily,
  invoiceFamily,
  creditNoteFamily,
  subscriptionFamily,
  subscriptionItemFamily,
  subscriptionScheduleFamily,
  refundFamily,
  setupIntentFamily,
  shippingRateFamily,
  sourceFamily,
  webhookFamily,
]

export const allKinds = [
  ...families.flatMap((family) => family.kinds),
  idempotencyRecords,
  grants,
  grantTokens,
]
