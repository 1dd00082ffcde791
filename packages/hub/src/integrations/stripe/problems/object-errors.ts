import type { MeaningGroup } from './meaning.ts'

/** What can be wrong with the objects that a call names, and with its parameters. */
export const OBJECT_ERRORS: readonly MeaningGroup[] = [
  {
    names: `
      payment_intent_unexpected_state intent_invalid_state return_intent_already_processed already_canceled
      not_cancelable`,
    code: 'invalid_state',
    nextStep:
      'Read its status with stripe_get_payment_intent or the matching get tool, and choose a step that the status allows.',
  },
  {
    names: 'setup_intent_unexpected_state',
    code: 'invalid_state',
    nextStep: 'Start anew with stripe_create_setup_intent if this one has succeeded or was canceled.',
  },
  {
    names: 'payment_method_unexpected_state',
    code: 'invalid_state',
    nextStep:
      'Look with stripe_list_payment_methods whether it is attached to the customer already, or was detached.',
  },
  {
    names: 'charge_already_captured',
    code: 'invalid_state',
    nextStep:
      'The money has been collected already: tell the user, and use stripe_create_refund to give some back.',
  },
  {
    names: 'charge_expired_for_capture capture_charge_authorization_expired capture_unauthorized_payment',
    code: 'invalid_state',
    nextStep:
      'The hold on the card has ended, so ask the user whether to take a new payment with stripe_create_payment_intent.',
  },
  {
    names: 'charge_not_refundable',
    code: 'invalid_state',
    nextStep:
      'Look with stripe_get_payment_intent whether the payment succeeded: one that was not captured is ended with stripe_cancel_payment_intent.',
  },
  {
    names: 'invoice_not_editable invoice_on_behalf_of_not_editable',
    code: 'invalid_state',
    nextStep:
      'Read its status with stripe_get_invoice: after a draft is finalized only stripe_create_credit_note or stripe_void_invoice corrects it.',
  },
  {
    names: 'invoice_already_paid',
    code: 'invalid_state',
    nextStep:
      'Tell the user that the invoice is paid; stripe_create_credit_note corrects one that was paid wrongly.',
  },
  {
    names: 'invoice_no_customer_line_items invoice_no_subscription_line_items invoice_upcoming_none',
    code: 'invalid_state',
    nextStep:
      'There is nothing to bill, so look at stripe_list_invoice_items and add what is missing with stripe_create_invoice_item.',
  },
  {
    names: 'invoice_no_payment_method_types',
    code: 'account_restricted',
    nextStep: 'The owner has to turn on a payment method for invoices in the Stripe Dashboard.',
  },
  {
    names: `
      status_transition_invalid cannot_proceed controlled_by_alternate_resource financial_account_not_open`,
    code: 'invalid_state',
    nextStep:
      'Read the object with its get tool, which clawlink_search_tools finds, and choose a step that its status allows.',
  },
  {
    names: 'coupon_expired',
    code: 'invalid_state',
    nextStep: 'Choose a coupon that is valid with stripe_list_coupons.',
  },
  {
    names: 'product_inactive sku_inactive out_of_inventory',
    code: 'invalid_state',
    nextStep:
      'Choose an active product with stripe_list_products, or ask the user whether to activate this one with stripe_update_product.',
  },
  {
    names: `
      customer_session_expired temporary_session_expired verification_expired verification_not_initiated
      verification_attempt_failed fx_quote_needs_refresh recipient_not_notifiable`,
    code: 'invalid_state',
    nextStep:
      'It is no longer or not yet valid: start this step anew with the tool that began it, which clawlink_search_tools finds.',
  },
  {
    names: 'invalid_canceled_subscription_fields',
    code: 'invalid_state',
    nextStep:
      'A canceled subscription cannot change, so ask the user whether to start a new one with stripe_create_subscription.',
  },
  {
    names: `
      subscription_update_trial_after_billing_cycle_anchor
      service_period_coupon_with_metered_tiered_item_unsupported`,
    code: 'provider_rejected',
    nextStep:
      'Try what would be billed with stripe_create_preview_invoice, and correct the combination that Stripe names.',
  },
  {
    names: `
      resource_already_exists bank_account_exists account_already_exists
      payment_method_bank_account_already_verified`,
    code: 'resource_already_exists',
    nextStep:
      'Use the one that exists, which its list tool shows (clawlink_search_tools finds it), or choose another id or code with the user.',
  },
  {
    names: `
      customer_max_payment_methods customer_max_subscriptions payouts_limit_exceeded
      progressive_onboarding_limit_exceeded quota_exceeded dispute_evidence_page_limit_exceeded`,
    code: 'limit_reached',
    nextStep:
      'Tell the user which limit of Stripe is reached; something has to be removed, or the owner asks Stripe for more.',
  },
  {
    names: `
      customer_tax_location_invalid invalid_tax_location shipping_address_invalid
      payment_method_billing_details_address_missing postal_code_invalid state_unsupported
      country_code_invalid country_unsupported account_country_invalid_address
      terminal_location_country_unsupported`,
    code: 'address_invalid',
    nextStep:
      'Ask the user for the complete address, store it with stripe_update_customer where it is one of a customer, and preview again.',
  },
  {
    names: 'resource_missing not_found',
    code: 'object_not_found',
    nextStep:
      'Look for the id with clawlink_search_tools and a tool that lists such objects, and check that the connection is the right account and mode.',
  },
  {
    names: `
      parameter_unknown parameter_missing parameter_invalid_empty parameter_invalid_integer
      parameter_invalid_string_blank parameter_invalid_string_empty parameters_exclusive invalid_characters
      invalid_fields invalid_mandate_reference_prefix_format balance_invalid_parameter
      charge_invalid_parameter forwarding_api_invalid_parameter payment_intent_invalid_parameter
      payment_method_invalid_parameter payment_method_invalid_parameter_testmode
      setup_intent_invalid_parameter transfer_source_balance_parameters_mismatch account_information_mismatch
      financial_connections_consent_locale_invalid financial_connections_consent_locale_unsupported
      payment_evaluation_on_api_version_not_supported payment_intent_konbini_rejected_confirmation_number
      financial_account_balance_does_not_support_currency terminal_reader_invalid_location_for_activation
      terminal_reader_invalid_location_for_payment`,
    code: 'provider_rejected',
    nextStep:
      'Correct the parameter that Stripe names as clawlink_describe_tool with full shows it, and try again.',
  },
  {
    names: `
      email_invalid tax_id_invalid tax_id_prohibited siret_invalid cardholder_phone_number_required
      url_invalid`,
    code: 'provider_rejected',
    nextStep: 'Ask the user for the right value of the parameter that Stripe names, and try again.',
  },
]
