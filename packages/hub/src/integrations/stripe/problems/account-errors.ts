import type { MeaningGroup } from './meaning.ts'

/** What the connection and its account may not do, and what Stripe cannot do now. */
export const ACCOUNT_ERRORS: readonly MeaningGroup[] = [
  {
    names: 'api_key_expired platform_api_key_expired secret_key_required account_invalid',
    code: 'credential_rejected',
    nextStep: 'The owner has to reconnect Stripe with a valid key in the dashboard.',
  },
  {
    names: 'more_permissions_required more_permissions_required_for_application',
    code: 'permission_missing',
    nextStep: 'The owner has to give the restricted key this permission in the Stripe Dashboard.',
  },
  {
    names: 'livemode_mismatch test_mode_live_card',
    code: 'wrong_mode',
    nextStep:
      'Ask the user whether test or live mode is meant, and choose the connection with clawlink_list_integrations.',
  },
  {
    names: 'testmode_charges_only',
    code: 'account_restricted',
    nextStep:
      'The owner has to activate the account in the Stripe Dashboard before it can take live payments.',
  },
  {
    names: `
      capability_not_active capability_not_enabled feature_not_enabled storer_capability_missing
      storer_capability_not_active financial_account_capability_not_enabled
      financial_account_capability_restricted payment_method_unactivated payment_method_configuration_failures
      stripe_tax_inactive smart_disputes_not_available forwarding_api_inactive instant_payouts_unsupported
      instant_payouts_config_disabled instant_payouts_currency_disabled`,
    code: 'account_restricted',
    nextStep: 'The owner has to turn this on in the Stripe Dashboard, or the user chooses a way without it.',
  },
  {
    names: `
      payouts_not_allowed transfers_not_allowed application_fees_not_allowed not_allowed_on_standard_account
      platform_account_required ownership_declaration_not_allowed account_token_required_for_v2_account
      account_error_country_change_requires_additional_steps`,
    code: 'account_restricted',
    nextStep:
      'Stripe does not allow this to the account, so the owner has to look at its state in the Stripe Dashboard.',
  },
  {
    names: `
      action_blocked request_blocked anomalous_money_movement_request blocked_by_stripe approval_required`,
    code: 'account_restricted',
    nextStep:
      'Do not try again: Stripe holds this back until the owner has looked at it in the Stripe Dashboard.',
  },
  {
    names: 'tls_version_unsupported',
    code: 'account_restricted',
    nextStep:
      'The owner has to update what stands between this hub and Stripe, because it speaks an outdated TLS.',
  },
  {
    names: 'sandbox_not_supported',
    code: 'provider_rejected',
    nextStep:
      'The sandbox cannot do this yet, so tell the user, who can try it with a connection in test mode.',
  },
  {
    names: 'idempotency_key_in_use',
    code: 'idempotency_conflict',
    nextStep: 'The same request is running right now: ask with clawlink_get_confirmation how it ends.',
  },
  {
    names: 'idempotency_error',
    code: 'idempotency_conflict',
    nextStep:
      'Look whether the write has happened already, then preview it again with clawlink_preview_tool for a new confirmation.',
  },
  {
    names: 'rate_limit rate_limit_error',
    code: 'provider_rate_limited',
    nextStep: 'Wait some seconds and call it again, a write after a new clawlink_preview_tool.',
  },
  {
    names: 'lock_timeout',
    code: 'provider_rate_limited',
    nextStep:
      'Something else works on the same object: wait some seconds and call it again, a write after a new clawlink_preview_tool.',
  },
  {
    names: 'payment_intent_rate_limit_exceeded',
    code: 'provider_rate_limited',
    nextStep:
      'This payment was changed too often: wait an hour, or take a new one with stripe_create_payment_intent.',
  },
  {
    names: `
      forwarding_api_retryable_upstream_error forwarding_api_upstream_connection_error
      forwarding_api_upstream_connection_timeout api_error api_connection_error`,
    code: 'provider_unavailable',
    nextStep:
      'Wait a moment and call it again, a write after looking with clawlink_get_confirmation what became of it.',
  },
  {
    names: 'forwarding_api_upstream_error',
    code: 'provider_rejected',
    nextStep: 'Tell the user that the service behind Stripe refused this, with what it said.',
  },
  {
    names: 'card_error',
    code: 'card_declined',
    nextStep: 'Ask the customer for another payment method, or to call the bank that issued the card.',
  },
  {
    names: 'authentication_error',
    code: 'credential_rejected',
    nextStep: 'The owner has to reconnect Stripe with a valid key in the dashboard.',
  },
]
