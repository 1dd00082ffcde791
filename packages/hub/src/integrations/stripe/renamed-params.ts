import type { JsonSchema, Violation } from '@clawlink/stripe-definitions'

/** Parameters that Stripe took away, which older documentation still has, and what took their place. */
const RENAMED: Record<string, string> = {
  payment_method_types: 'allowed_payment_method_types',
  coupon: 'discounts',
  promotion_code: 'discounts',
}

/** Names the successor instead of whatever is spelled alike. */
export function withNewNames(violations: Violation[], schema: JsonSchema): Violation[] {
  return violations.map((violation) => {
    const { path, rule } = violation
    const name = rule === 'unknown' && Object.hasOwn(RENAMED, path) ? RENAMED[path] : undefined
    return name === undefined || !Object.hasOwn(schema.properties ?? {}, name)
      ? violation
      : { ...violation, message: `is gone from Stripe. Use '${name}'`, suggestion: name }
  })
}
