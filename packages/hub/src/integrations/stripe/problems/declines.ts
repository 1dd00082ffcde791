import { meaningsByName, type Meaning } from './meaning.ts'

/** What the customer may hear of a decline whose reason is a suspicion: Stripe advises to say no more than this. */
const SAY_NOTHING_OF_IT =
  'Tell the customer only that the card was declined, never the reason, and ask for another payment method.'

const ANOTHER_CARD = 'Ask the customer for another payment method, or to call the bank that issued the card.'

/** Why a bank, or Stripe in its place, declined: `decline_code`, and the error codes that say it alone. */
const DECLINES = meaningsByName([
  {
    names: `
      call_issuer do_not_honor generic_decline no_action_taken not_permitted restricted_card security_violation
      service_not_allowed transaction_not_allowed invalid_account new_account_information_available
      card_declined refer_to_customer`,
    code: 'card_declined',
    nextStep: ANOTHER_CARD,
  },
  {
    names: 'lost_card stolen_card pickup_card fraudulent merchant_blacklist highest_risk_level',
    code: 'card_declined',
    nextStep: SAY_NOTHING_OF_IT,
  },
  {
    names: `
      do_not_try_again previously_declined_do_not_retry stop_payment_order
      revocation_of_authorization revocation_of_all_authorizations`,
    code: 'card_declined',
    nextStep: 'Do not charge this card again, and ask the customer for another payment method.',
  },
  {
    names: 'insufficient_funds',
    code: 'insufficient_funds',
    nextStep: 'Ask the customer for another payment method, or to add funds before it is tried again.',
  },
  {
    names: 'card_velocity_exceeded withdrawal_count_limit_exceeded card_decline_rate_limit_exceeded',
    code: 'card_declined',
    nextStep: 'The card has reached a limit, so ask the customer for another payment method or wait a day.',
  },
  {
    names: 'invalid_amount',
    code: 'card_declined',
    nextStep: 'Check the amount with the user, or ask the customer to call the bank about it.',
  },
  {
    names: 'expired_card',
    code: 'card_declined',
    nextStep: 'Ask the customer for a card that has not expired.',
  },
  {
    names: `
      incorrect_cvc invalid_cvc incorrect_number invalid_number invalid_expiry_month invalid_expiry_year
      incorrect_zip incorrect_address incorrect_postal_code`,
    code: 'card_declined',
    nextStep:
      'Let the customer enter the card again on a page of stripe_create_checkout_session, because its number, date, code or address is wrong.',
  },
  {
    names: 'card_not_supported currency_not_supported',
    code: 'card_declined',
    nextStep:
      'The card does not allow this kind of payment or currency, so ask the customer for another one.',
  },
  {
    names: `
      incorrect_pin invalid_pin pin_try_exceeded offline_pin_required online_or_offline_pin_required
      mobile_device_authentication_required`,
    code: 'card_declined',
    nextStep: 'Ask the customer to insert the card and enter its PIN, or to use another payment method.',
  },
  {
    names: 'duplicate_transaction',
    code: 'card_declined',
    nextStep:
      'Look with stripe_list_payment_intents whether the customer has just paid the same amount before trying again.',
  },
  {
    names: 'testmode_decline',
    code: 'card_declined',
    nextStep: 'This is a test card in live mode, so ask the customer for a real one.',
  },
  {
    names: 'authentication_required authentication_not_handled',
    code: 'authentication_required',
    nextStep:
      'The customer has to pay in person on a page, such as one of stripe_create_checkout_session, because the bank wants to see 3-D Secure.',
  },
  {
    names: 'processing_error issuer_not_available reenter_transaction try_again_later approve_with_id',
    code: 'processing_error',
    nextStep:
      'Wait a few minutes and preview the same payment again with clawlink_preview_tool; if it fails again, ask the customer for another payment method.',
  },
])

/** What the bank or Stripe advises: it decides where the reason itself says little. */
const ADVICE = meaningsByName([
  {
    names: 'try_again_later',
    code: 'card_declined',
    nextStep:
      'The bank says that it may work later, so ask the user whether to preview the payment again in some hours, or ask the customer for another payment method.',
  },
  {
    names: 'do_not_try_again',
    code: 'card_declined',
    nextStep:
      'Do not charge this card again, because the bank says so, and ask the customer for another payment method.',
  },
  {
    names: 'confirm_card_data',
    code: 'card_declined',
    nextStep:
      'Ask the customer to check the details of the card and enter them again on a page of stripe_create_checkout_session.',
  },
])

/** Reasons that are none: here the advice says more. */
const VAGUE = new Set(['generic_decline', 'do_not_honor', 'card_declined', 'no_action_taken'])

export interface Decline {
  code: string
  declineCode: string
  adviceCode: string
}

/** Undefined when neither name is one of a decline. */
export function meaningOfDecline({ code, declineCode, adviceCode }: Decline): Meaning | undefined {
  const reason = DECLINES.has(declineCode) ? declineCode : code
  const meaning = DECLINES.get(reason)
  const advice = ADVICE.get(adviceCode)
  if (advice === undefined) return meaning
  if (meaning === undefined) return declineCode === '' ? undefined : advice
  // A retry against the bank's word costs fees and trust, whatever the reason was.
  const forbidden = adviceCode === 'do_not_try_again' && meaning.code === 'processing_error'
  return forbidden || VAGUE.has(reason) ? advice : meaning
}

export const declineMeanings: ReadonlyMap<string, Meaning> = DECLINES
export const adviceMeanings: ReadonlyMap<string, Meaning> = ADVICE
