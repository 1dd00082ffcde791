import type { MeaningGroup } from './meaning.ts'

/** What can be wrong with a payment, its amount and the payment method or bank account it uses. */
export const PAYMENT_ERRORS: readonly MeaningGroup[] = [
  {
    names: `
      payment_intent_action_required payment_intent_authentication_failure setup_intent_authentication_failure
      authentication_failure invoice_payment_intent_requires_action subscription_payment_intent_requires_action`,
    code: 'authentication_required',
    nextStep:
      'The customer has to complete 3-D Secure in person: give them the page that stripe_get_payment_intent shows in next_action or one of stripe_create_checkout_session.',
  },
  {
    names: 'missing',
    code: 'missing_payment_method',
    nextStep:
      'Let the customer add a payment method on a page of stripe_create_checkout_session or stripe_create_billing_portal_session.',
  },
  {
    names: `
      taxes_calculation_failed failed_tax_calculation shipping_calculation_failed
      three_d_secure_authentication_upstream_error payment_method_microdeposit_processing_error
      payment_method_provider_timeout acss_debit_session_incomplete
      financial_connections_no_successful_transaction_refresh financial_connections_account_pending_account_numbers
      payout_reconciliation_not_ready`,
    code: 'processing_error',
    nextStep: 'Wait a few minutes and call it again, a write after a new clawlink_preview_tool.',
  },
  {
    names: `
      terminal_reader_busy terminal_reader_hardware_fault terminal_reader_offline terminal_reader_timeout`,
    code: 'processing_error',
    nextStep: 'Ask the user to look after the card reader, then preview it again with clawlink_preview_tool.',
  },
  {
    names: `
      payment_method_customer_decline payment_method_provider_decline payment_intent_payment_attempt_failed
      payment_intent_payment_attempt_expired setup_attempt_failed setup_intent_setup_attempt_expired`,
    code: 'payment_method_unusable',
    nextStep:
      'Read why in last_payment_error of stripe_get_payment_intent, and ask the customer for another payment method.',
  },
  {
    names: `
      expired_payment_method payment_method_restricted payment_method_unsupported_type payment_method_not_available
      payment_method_currency_mismatch payment_intent_incompatible_payment_method payment_intent_invalid_currency
      payment_method_bank_account_blocked invalid_card_type invalid_source_usage token_in_use token_already_used
      token_card_network_invalid setup_intent_mobile_wallet_unsupported sepa_unsupported_account
      three_d_secure_authentication_not_supported alipay_upgrade_required bitcoin_upgrade_required
      invalid_payment_method invalid_vaulted_credential`,
    code: 'payment_method_unusable',
    nextStep:
      'Take another payment method from stripe_list_payment_methods, or ask the customer for one that this payment and its currency allow.',
  },
  {
    names: `
      billing_invalid_mandate payment_intent_mandate_invalid setup_intent_mandate_invalid debit_not_authorized
      india_recurring_payment_mandate_canceled`,
    code: 'payment_method_unusable',
    nextStep:
      'The customer has to agree to the debits anew, on a page of stripe_create_checkout_session, or use another payment method.',
  },
  {
    names: `
      account_closed account_number_invalid bank_account_bad_routing_numbers bank_account_declined
      bank_account_restricted bank_account_unusable bank_account_unverified bank_account_verification_failed
      clearing_code_unsupported no_account routing_number_invalid financial_connections_account_inactive
      financial_connections_account_unavailable_account_numbers intent_verification_method_missing
      payment_method_microdeposit_failed payment_method_microdeposit_verification_amounts_invalid
      payment_method_microdeposit_verification_amounts_mismatch
      payment_method_microdeposit_verification_attempts_exceeded
      payment_method_microdeposit_verification_descriptor_code_mismatch
      payment_method_microdeposit_verification_timeout invalid_payout_method`,
    code: 'bank_account_rejected',
    nextStep:
      'Whoever owns the bank account has to act: the customer gives another one or verifies it, the owner changes the one for payouts in the Stripe Dashboard.',
  },
  {
    names: 'amount_too_small',
    code: 'amount_too_small',
    nextStep:
      'Ask the user for a higher amount, and check that it is in the smallest unit of its currency (2000 is 20.00 USD).',
  },
  {
    names: `
      amount_too_large charge_exceeds_source_limit charge_exceeds_transaction_limit instant_payouts_limit_exceeded`,
    code: 'amount_too_large',
    nextStep:
      'Ask the user for a lower amount, and check that it is in the smallest unit of its currency (2000 is 20.00 USD).',
  },
  {
    names: 'invalid_charge_amount',
    code: 'provider_rejected',
    nextStep:
      'Give the amount as a positive integer in the smallest unit of its currency, and preview again with clawlink_preview_tool.',
  },
  {
    names: 'balance_insufficient insufficient_funds',
    // A card's `insufficient_funds` is a decline and never comes here; this is the `type` of /v2.
    code: 'insufficient_funds',
    nextStep: 'Read stripe_get_balance and ask the user for an amount that is available.',
  },
  {
    names: 'charge_already_refunded',
    code: 'already_refunded',
    nextStep:
      'Nothing is left to refund: tell the user, and show what was refunded with stripe_list_balance_transactions.',
  },
  {
    names: 'charge_disputed refund_disputed_payment',
    code: 'invalid_state',
    nextStep:
      'The customer has disputed this payment, so show the user its dispute with stripe_list_disputes.',
  },
]
