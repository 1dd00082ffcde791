import type { Meaning } from './meaning.ts'

interface MeaningOfText extends Meaning {
  text: RegExp
}

/** Where Stripe's code says less than its text, such as `resource_missing` for a customer without a card. */
const BEFORE_CODES: readonly MeaningOfText[] = [
  {
    text: /no attached payment source|no default payment method|has no active card|missing a payment method/i,
    code: 'missing_payment_method',
    nextStep:
      'Pass a payment method of stripe_list_payment_methods, or let the customer add one on a page of stripe_create_checkout_session or stripe_create_billing_portal_session.',
  },
  {
    text: /default configuration has not been created/i,
    code: 'invalid_state',
    nextStep:
      'Make a configuration with stripe_create_billing_portal_configuration, or the owner saves one in the Stripe Dashboard.',
  },
  {
    text: /credit card numbers directly/i,
    code: 'card_number_refused',
    nextStep:
      'Let the customer enter the card on a page of stripe_create_checkout_session, or use a saved payment method.',
  },
  {
    text: /does not have access to account|application access may have been revoked/i,
    code: 'credential_rejected',
    nextStep: 'The owner has to connect this account again in the dashboard.',
  },
  {
    text: /multiple subscription items with the same (?:plan|price)/i,
    code: 'resource_already_exists',
    nextStep: 'Change the quantity of the item that exists with stripe_update_subscription.',
  },
  {
    text: /^unrecognized request url/i,
    code: 'account_restricted',
    nextStep:
      'Stripe does not offer this to the account, so the owner has to ask Stripe for it, or the user chooses another way.',
  },
]

/** For the refusals that Stripe gives no code. */
const WITHOUT_CODE: readonly MeaningOfText[] = [
  {
    text: /\balready exists\b/i,
    code: 'resource_already_exists',
    nextStep: 'Use the one that exists, or choose another id or code with the user.',
  },
  {
    text: /\b(?:is|has|have) (?:already (?:been )?|been )(?:cancell?ed|closed|voided|captured|paid|finalized|expired|deleted)\b|\bno longer (?:open|active)\b/i,
    code: 'invalid_state',
    nextStep:
      'Read the object with its get tool, which clawlink_search_tools finds, and choose a step that its status allows.',
  },
]

const find = (texts: readonly MeaningOfText[], message: string): Meaning | undefined =>
  texts.find(({ text }) => text.test(message))

export const meaningOfText = (message: string): Meaning | undefined => find(BEFORE_CODES, message)
export const meaningOfTextAlone = (message: string): Meaning | undefined => find(WITHOUT_CODE, message)
export const textMeanings: readonly Meaning[] = [...BEFORE_CODES, ...WITHOUT_CODE]
