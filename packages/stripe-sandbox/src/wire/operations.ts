import type { Definitions } from '@clawlink/stripe-definitions'
import { paymentPageOperations } from '../checkout/payment-page.ts'

/** Stripe's operations, and the few that its tools use without their being in any definition. */
export function withUndocumented(definitions: Definitions): Definitions {
  return { ...definitions, operations: [...definitions.operations, ...paymentPageOperations] }
}
