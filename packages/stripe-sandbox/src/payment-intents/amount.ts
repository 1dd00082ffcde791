import {
  MAXIMUM_AMOUNT,
  currencyCodes,
  formatAmount,
  isCurrency,
  isPayable,
  minimumAmount,
} from '../money.ts'
import { emptyParam, invalidParam } from '../wire/errors.ts'

/** @throws StripeError 400 for a code that is no currency */
export function readCurrency(given: string): string {
  if (given === '') throw emptyParam('currency')
  const currency = given.toLowerCase()
  if (isCurrency(currency)) return currency
  throw invalidParam(
    'currency',
    `Invalid currency: ${given.slice(0, 20)}. Stripe currently supports these currencies: ${currencyCodes().join(', ')}`,
  )
}

/** @throws StripeError 400 `amount_too_small`, `amount_too_large`, `parameter_invalid_integer` */
export function checkAmount(amount: number, currency: string): void {
  if (amount < 1)
    throw invalidParam(
      'amount',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    )
  if (amount < minimumAmount(currency)) {
    const least = formatAmount(minimumAmount(currency), currency)
    throw invalidParam('amount', `Amount must be at least ${least} ${currency}`, 'amount_too_small')
  }
  if (amount > MAXIMUM_AMOUNT) {
    const most = formatAmount(MAXIMUM_AMOUNT, currency)
    throw invalidParam('amount', `Amount must be no more than ${most}`, 'amount_too_large')
  }
  if (!isPayable(amount, currency)) {
    throw invalidParam(
      'amount',
      `Amounts in ${currency} must be divisible by 10.`,
      'parameter_invalid_integer',
    )
  }
}
