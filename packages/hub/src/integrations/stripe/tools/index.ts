import type { StripeTool } from '../define-tool.ts'
import { billingPortal } from './billing-portal/index.ts'
import { checkout } from './checkout/index.ts'
import { coupons } from './coupons/index.ts'
import { customers } from './customers/index.ts'
import { disputes } from './disputes/index.ts'
import { invoices } from './invoices/index.ts'
import { paymentMethods } from './payment-methods/index.ts'
import { payments } from './payments/index.ts'
import { payouts } from './payouts/index.ts'
import { products } from './products/index.ts'
import { setupIntents } from './setup-intents/index.ts'
import { subscriptions } from './subscriptions/index.ts'

/** The curated tools, group by group, in the order in which they are listed. */
export const curatedTools: StripeTool[] = [
  ...customers,
  ...payments,
  ...subscriptions,
  ...invoices,
  ...checkout,
  ...products,
  ...coupons,
  ...billingPortal,
  ...disputes,
  ...payouts,
  ...paymentMethods,
  ...setupIntents,
]
