import { pageUrl } from '../pages/page.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'

/** The bank's page for the cardholder: reached by redirect, or by the client's own script. */
export function nextActionOf(
  tx: Transaction,
  intent: { client_secret: string },
  returnUrl: string | undefined,
): JsonObject {
  const url = pageUrl(tx, 'authenticate', intent.client_secret)
  return returnUrl === undefined
    ? { type: 'use_stripe_sdk', use_stripe_sdk: { stripe_js: url, type: 'three_d_secure_redirect' } }
    : { redirect_to_url: { return_url: returnUrl, url }, type: 'redirect_to_url' }
}
