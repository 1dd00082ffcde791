import type { DebitBehaviour } from './test-ibans.ts'

/** What happens when a test card is used. */
export type CardBehaviour =
  | DebitBehaviour
  | { kind: 'succeeds' }
  | { kind: 'bypasses_pending' }
  | {
      kind: 'declined'
      reason: DeclineReason
      /** True where already saving the card fails. */ onAttach: boolean
    }
  | {
      kind: 'needs_authentication'
      /** True where a card that was set up once is not asked again. */ unlessSetUp: boolean
    }
  | { kind: 'disputed'; reason: 'fraudulent' | 'product_not_received'; inquiry: boolean }

export type DeclineReason =
  | 'generic_decline'
  | 'insufficient_funds'
  | 'lost_card'
  | 'stolen_card'
  | 'expired_card'
  | 'incorrect_cvc'
  | 'processing_error'
  | 'card_velocity_exceeded'
  | 'fraudulent'
  | 'authentication_required'

export interface TestCard {
  /** As in `pm_card_visa` and `tok_visa`. */
  name: string
  number: string
  brand: string
  funding: 'credit' | 'debit' | 'prepaid'
  country: string
  behaviour: CardBehaviour
}

const succeeds: CardBehaviour = { kind: 'succeeds' }

function card(
  name: string,
  number: string,
  brand: string,
  { funding = 'credit', country = 'US' }: { funding?: TestCard['funding']; country?: string } = {},
): TestCard {
  return { name, number, brand, funding, country, behaviour: succeeds }
}

function visa(name: string, number: string, behaviour: CardBehaviour): TestCard {
  return { ...card(name, number, 'visa'), behaviour }
}

function declined(name: string, number: string, reason: DeclineReason, { onAttach = true } = {}): TestCard {
  return visa(name, number, { kind: 'declined', reason, onAttach })
}

function authenticated(name: string, number: string, { unlessSetUp = false } = {}): TestCard {
  return visa(name, number, { kind: 'needs_authentication', unlessSetUp })
}

/** Stripe's published test cards, as far as their behaviour is known here. */
export const testCards: readonly TestCard[] = [
  card('visa', '4242424242424242', 'visa'),
  card('visa_debit', '4000056655665556', 'visa', { funding: 'debit' }),
  card('mastercard', '5555555555554444', 'mastercard'),
  card('mastercard_debit', '5200828282828210', 'mastercard', { funding: 'debit' }),
  card('mastercard_prepaid', '5105105105105100', 'mastercard', { funding: 'prepaid' }),
  card('amex', '378282246310005', 'amex'),
  card('discover', '6011111111111117', 'discover'),
  card('diners', '3056930009020004', 'diners'),
  card('jcb', '3566002020360505', 'jcb', { country: 'JP' }),
  card('unionpay', '6200000000000005', 'unionpay', { country: 'CN' }),
  card('br', '4000000760000002', 'visa', { country: 'BR' }),
  card('ca', '4000001240000000', 'visa', { country: 'CA' }),
  card('de', '4000002760000016', 'visa', { country: 'DE' }),
  card('fr', '4000002500000003', 'visa', { country: 'FR' }),
  card('gb', '4000008260000000', 'visa', { country: 'GB' }),
  card('jp', '4000003920000003', 'visa', { country: 'JP' }),
  visa('bypassPending', '4000000000000077', { kind: 'bypasses_pending' }),
  declined('chargeDeclined', '4000000000000002', 'generic_decline'),
  declined('chargeDeclinedInsufficientFunds', '4000000000009995', 'insufficient_funds'),
  declined('chargeDeclinedLostCard', '4000000000009987', 'lost_card'),
  declined('chargeDeclinedStolenCard', '4000000000009979', 'stolen_card'),
  declined('chargeDeclinedExpiredCard', '4000000000000069', 'expired_card'),
  declined('chargeDeclinedIncorrectCvc', '4000000000000127', 'incorrect_cvc'),
  declined('chargeDeclinedProcessingError', '4000000000000119', 'processing_error'),
  declined('chargeDeclinedVelocityLimitExceeded', '4000000000006975', 'card_velocity_exceeded'),
  declined('chargeCustomerFail', '4000000000000341', 'generic_decline', { onAttach: false }),
  declined('radarBlock', '4100000000000019', 'fraudulent', { onAttach: false }),
  authenticated('authenticationRequired', '4000002760003184'),
  authenticated('authenticationRequiredOnSetup', '4000002500003155', { unlessSetUp: true }),
  authenticated('threeDSecure2Required', '4000000000003220'),
  authenticated('threeDSecureRequired', '4000000000003063'),
  visa('createDispute', '4000000000000259', { kind: 'disputed', reason: 'fraudulent', inquiry: false }),
  visa('createDisputeProductNotReceived', '4000000000002685', {
    kind: 'disputed',
    reason: 'product_not_received',
    inquiry: false,
  }),
  visa('createDisputeInquiry', '4000000000001976', { kind: 'disputed', reason: 'fraudulent', inquiry: true }),
]

const byName = new Map(testCards.map((testCard) => [testCard.name, testCard]))
const byNumber = new Map(testCards.map((testCard) => [testCard.number, testCard]))

/** `pm_card_visa`, `pm_card_visa_chargeDeclined`; undefined for any other id. */
export function testCardOfMagicId(id: string): TestCard | undefined {
  return id.startsWith('pm_card_') ? testCardNamed(id.slice('pm_card_'.length)) : undefined
}

/** `tok_visa`, `tok_chargeDeclined`; undefined for any other token. */
export function testCardOfToken(token: string): TestCard | undefined {
  return token.startsWith('tok_') ? testCardNamed(token.slice('tok_'.length)) : undefined
}

export function testCardOfNumber(number: string): TestCard | undefined {
  return byNumber.get(number)
}

/** Stripe writes some declining cards with their brand and some without; both are taken for all. */
export function testCardNamed(name: string): TestCard | undefined {
  return byName.get(name) ?? (name.startsWith('visa_') ? byName.get(name.slice('visa_'.length)) : undefined)
}

/** The check digit that every card number ends with. */
export function passesLuhn(number: string): boolean {
  let sum = 0
  for (const [position, digit] of number.split('').reverse().entries()) {
    const value = Number(digit) * (position % 2 === 0 ? 1 : 2)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}
