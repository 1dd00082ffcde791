import type { ProblemCode } from '../../contract/problem.ts'

/** The errors that an agent meets most, in the order in which it meets them. */
export const ERROR_TABLE = {
  tool_not_found: 'No tool has this name. Take one of `suggestions`, or look with `clawlink_search_tools`.',
  missing_connection:
    'Stripe is not connected. Give the user the `connect_url` of `clawlink_list_integrations`.',
  connection_ambiguous:
    'Several accounts are connected. Ask which one is meant and pass its alias as `connection`.',
  invalid_params:
    'The params are not right. `violations` says where; `clawlink_describe_tool` shows the schema.',
  card_number_refused: 'A card number is never passed on. Use a checkout page or a saved payment method.',
  confirmation_required: 'A write was called without a confirmation. Call `clawlink_preview_tool` first.',
  confirmation_pending: 'A person has not decided yet. Give them the `approval_url` and wait.',
  confirmation_mismatch: 'The call was not what was previewed. The confirmation is void: preview again.',
  confirmation_expired: 'Ten minutes have passed. Preview again.',
  confirmation_stale: 'The account changed after the preview. Preview again, and show what is different.',
  confirmation_unresolved:
    'Nobody knows yet whether the write happened. Never preview it anew; tell the user.',
  write_rejected: 'A person said no. Tell the user, and do not ask again unless they want it.',
  tool_blocked: 'The owner does not let this device do that. Only the owner can change it.',
  customer_not_found:
    'No such customer in this account and mode. Find the id with `stripe_search_customers`.',
  payment_intent_not_found:
    'No such payment in this account and mode. Look with `stripe_list_payment_intents`.',
  charge_not_found: 'No such charge. The charge of a payment is its `latest_charge`.',
  subscription_not_found:
    'No such subscription. `stripe_list_subscriptions` with `status: "all"` shows past ones, too.',
  already_refunded: 'The charge has been refunded in full.',
  card_declined: 'The bank declined. `decline_code` says why; ask for another payment method.',
  insufficient_funds: 'The card, or for payouts and refunds the Stripe balance, does not hold enough.',
  authentication_required: 'The customer has to confirm the payment with their bank.',
  missing_payment_method: 'The customer has no payment method to charge.',
  invalid_state: 'The object is in a status in which this cannot be done. Read it first.',
  idempotency_conflict: 'The same request is running right now, or its key was used for another.',
  permission_missing: 'The restricted key lacks a permission. Only the owner can give it.',
  wrong_mode: 'The object is of the other mode: test and live never mix. Use the other connection.',
  provider_rate_limited: 'Too many requests. Wait a few seconds and call again.',
  provider_unavailable: 'Stripe did not answer. Call again in a moment.',
} satisfies Partial<Record<ProblemCode, string>>
