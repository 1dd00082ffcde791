import { accountFamily } from './accounts/routes.ts'
import { balanceFamily } from './balance/routes.ts'
import { chargeFamily } from './charges/routes.ts'
import { customerFamily } from './customers/routes.ts'
import { disputeFamily } from './disputes/routes.ts'
import { eventFamily } from './events/routes.ts'
import { paymentIntentFamily } from './payment-intents/routes.ts'
import { paymentMethodFamily } from './payment-methods/routes.ts'
import { refundFamily } from './refunds/routes.ts'
import type { Family } from './route.ts'
import { idempotencyRecords } from './wire/idempotency.ts'

/** All that the sandbox answers: one folder and one line each. */
export const families: readonly Family[] = [
  accountFamily,
  balanceFamily,
  chargeFamily,
  customerFamily,
  disputeFamily,
  eventFamily,
  paymentIntentFamily,
  paymentMethodFamily,
  refundFamily,
]

export const allKinds = [...families.flatMap((family) => family.kinds), idempotencyRecords]
