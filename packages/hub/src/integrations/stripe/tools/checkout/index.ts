import { createCheckoutSession } from './create-checkout-session.ts'
import { expireCheckoutSession } from './expire-checkout-session.ts'
import { getCheckoutSession } from './get-checkout-session.ts'

export const checkout = [createCheckoutSession, getCheckoutSession, expireCheckoutSession]
