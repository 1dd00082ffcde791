import type { Transaction } from '../store/transaction.ts'
import { addressOr, textOr } from '../wire/contact.ts'
import type { AddressParam } from '../wire/contact.ts'
import { StripeError, invalidParam, missingParam, notInSandbox } from '../wire/errors.ts'
import { missing } from '../wire/lookup.ts'
import { useToken } from '../sources/use-token.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { paymentMethods } from './payment-method.ts'
import type { BillingDetails, Card, PaymentMethod } from './payment-method.ts'
import { passesLuhn, testCardOfMagicId, testCardOfNumber } from './test-cards.ts'
import type { TestCard } from './test-cards.ts'
import { testIban } from './test-ibans.ts'

export interface BillingDetailsParam {
  address?: AddressParam | ''
  email?: string
  name?: string
  phone?: string
  tax_id?: string
}

export interface CardParam {
  number?: string
  exp_month?: number
  exp_year?: number
  cvc?: string
  token?: string
  networks?: unknown
}

export interface PaymentMethodData {
  type?: string
  card?: CardParam
  sepa_debit?: { iban: string }
  billing_details?: BillingDetailsParam
  metadata?: MetadataParam
  allow_redisplay?: string
}

const blankBilling: BillingDetails = { address: null, email: null, name: null, phone: null, tax_id: null }

/**
 * @param prefix where the data stands in the request: `payment_method_data`
 * @throws StripeError 400 for missing or malformed parts, 402 for numbers that are no test cards, 501 for other
 * types than cards and SEPA debits
 */
export function createPaymentMethod(tx: Transaction, data: PaymentMethodData, prefix = ''): PaymentMethod {
  const at = (name: string) =>
    prefix === '' ? name : `${prefix}[${name.replace('[', '][')}${name.includes('[') ? '' : ']'}`
  if (data.type === undefined) throw missingParam(at('type'))
  if (data.type === 'sepa_debit') return createDebit(tx, data, at)
  if (data.type !== 'card') throw notInSandbox(`payment methods of type ${data.type}`, at('type'))
  if (!data.card) throw missingParam(at('card'))
  if (data.card.token !== undefined) {
    const { method } = useToken(tx, data.card.token, at('card[token]'))
    return tx.put(paymentMethods, {
      ...method,
      id: tx.newId(paymentMethods),
      allow_redisplay: data.allow_redisplay ?? 'unspecified',
      billing_details: mergeBilling(method.billing_details, data.billing_details),
      metadata: mergeMetadata({}, data.metadata),
    })
  }
  const { testCard, expiry } = readCard(tx, data.card, at)
  return storePaymentMethod(tx, testCard, {
    ...expiry,
    cvcGiven: data.card.cvc !== undefined,
    billing: mergeBilling(blankBilling, data.billing_details),
    metadata: mergeMetadata({}, data.metadata),
    allowRedisplay: data.allow_redisplay ?? 'unspecified',
  })
}

function createDebit(tx: Transaction, data: PaymentMethodData, at: (name: string) => string): PaymentMethod {
  const iban = data.sepa_debit?.iban.replaceAll(' ', '').toUpperCase()
  if (iban === undefined) throw missingParam(at('sepa_debit[iban]'))
  const billing = mergeBilling(blankBilling, data.billing_details)
  for (const name of ['email', 'name'] as const) {
    if (billing[name] === null) throw missingParam(at('billing_details').replace(/\]?$/, `[${name}]`))
  }
  const account = testIban(iban)
  if (!account) {
    throw invalidParam(
      at('sepa_debit[iban]'),
      'The IBAN you provided is invalid: it is none of the test accounts that the sandbox knows.',
      'invalid_bank_account_iban',
    )
  }
  const described = methodOf(tx, tx.newId(paymentMethods), account, {
    cvcGiven: false,
    billing,
    metadata: mergeMetadata({}, data.metadata),
    allowRedisplay: data.allow_redisplay ?? 'unspecified',
  })
  return tx.put(paymentMethods, {
    ...described,
    sepa_debit: { bank_code: iban.slice(4, 9), branch_code: null },
  })
}

/**
 * The payment method with this id; a magic `pm_card_…` becomes a new one, as at Stripe.
 *
 * @throws StripeError 400 `resource_missing`
 */
export function resolvePaymentMethod(
  tx: Transaction,
  id: string,
  param: string,
  status = 400,
): PaymentMethod {
  const testCard = testCardOfMagicId(id)
  if (testCard) return storePaymentMethod(tx, testCard, { cvcGiven: true })
  const method = tx.get(paymentMethods, id)
  if (!method) throw missing(paymentMethods, id, { param, status })
  return method
}

export function mergeBilling(
  present: BillingDetails,
  given: BillingDetailsParam | undefined,
): BillingDetails {
  if (!given) return present
  return {
    address: addressOr(present.address, given.address),
    email: textOr(present.email, given.email),
    name: textOr(present.name, given.name),
    phone: textOr(present.phone, given.phone),
    tax_id: textOr(present.tax_id, given.tax_id),
  }
}

export interface Particulars {
  expMonth?: number
  expYear?: number
  cvcGiven: boolean
  billing?: BillingDetails
  metadata?: PaymentMethod['metadata']
  allowRedisplay?: string
}

function storePaymentMethod(tx: Transaction, testCard: TestCard, particulars: Particulars): PaymentMethod {
  return tx.put(paymentMethods, methodOf(tx, tx.newId(paymentMethods), testCard, particulars))
}

/** What there is to know about a test card, under this id; kept nowhere yet. */
export function methodOf(
  tx: Transaction,
  id: string,
  testCard: TestCard,
  particulars: Particulars,
): PaymentMethod {
  const today = new Date(tx.now * 1000)
  const billing = particulars.billing ?? blankBilling
  const card: Card = {
    brand: testCard.brand,
    checks: {
      address_line1_check: billing.address?.line1 == null ? null : 'pass',
      address_postal_code_check: billing.address?.postal_code == null ? null : 'pass',
      cvc_check: particulars.cvcGiven ? 'pass' : null,
    },
    country: testCard.country,
    // Stripe's magic cards end a year from now.
    exp_month: particulars.expMonth ?? today.getUTCMonth() + 1,
    exp_year: particulars.expYear ?? today.getUTCFullYear() + 1,
    fingerprint: tx.fingerprint(testCard.number),
    funding: testCard.funding,
    last4: testCard.number.slice(-4),
  }
  return {
    id,
    created: tx.now,
    allow_redisplay: particulars.allowRedisplay ?? 'unspecified',
    billing_details: billing,
    card,
    customer: null,
    metadata: particulars.metadata ?? {},
    test_card: testCard.name,
    spent: false,
  }
}

/** @throws StripeError 400 for missing parts, 402 for malformed ones and for numbers that are no test cards */
export function readCard(
  tx: Transaction,
  card: Omit<CardParam, 'token' | 'networks'>,
  at: (name: string) => string,
) {
  const { number, exp_month: expMonth, exp_year: expYear } = card
  if (number === undefined) throw missingParam(at('card[number]'))
  if (expMonth === undefined) throw missingParam(at('card[exp_month]'))
  if (expYear === undefined) throw missingParam(at('card[exp_year]'))
  const digits = number.replaceAll(/[ -]/g, '')
  if (!/^\d{12,19}$/.test(digits) || !passesLuhn(digits)) {
    throw cardProblem('incorrect_number', 'Your card number is incorrect.', 'number')
  }
  if (expMonth < 1 || expMonth > 12) {
    throw cardProblem('invalid_expiry_month', "Your card's expiration month is invalid.", 'exp_month')
  }
  const year = expYear < 100 ? 2000 + expYear : expYear
  const today = new Date(tx.now * 1000)
  const monthsLeft = (year - today.getUTCFullYear()) * 12 + expMonth - 1 - today.getUTCMonth()
  if (monthsLeft < 0 || year > today.getUTCFullYear() + 50) {
    throw cardProblem('invalid_expiry_year', "Your card's expiration year is invalid.", 'exp_year')
  }
  if (card.cvc !== undefined && !/^\d{3,4}$/.test(card.cvc)) {
    throw cardProblem('invalid_cvc', "Your card's security code is invalid.", 'cvc')
  }
  const testCard = testCardOfNumber(digits)
  if (!testCard) {
    throw new StripeError(
      'card_error',
      'Your card was declined. Your request was in test mode, but used a non test (live) card. For a list of valid test ' +
        'cards, visit: https://stripe.com/docs/testing.',
      { status: 402, code: 'card_declined', param: '', more: { decline_code: 'test_mode_live_card' } },
    )
  }
  return { testCard, expiry: { expMonth, expYear: year } }
}

function cardProblem(code: string, message: string, param: string): StripeError {
  return new StripeError('card_error', message, { status: 402, code, param, stored: false })
}

/** @throws StripeError 400 when the card's own expiry is changed to nonsense */
export function checkExpiry(month: number | undefined): void {
  if (month !== undefined && (month < 1 || month > 12)) {
    throw invalidParam('card[exp_month]', "Your card's expiration month is invalid.", 'invalid_expiry_month')
  }
}
