import { cleanLine } from '../../../contract/clean-text.ts'
import { currencyDecimals, formatMoney, type Money } from '../../../contract/money.ts'
import type { UsualAmount } from './usual-amount.ts'

/** In a currency without decimals, such an amount is often cents by mistake. */
const SUSPICIOUS_ZERO_DECIMAL_AMOUNT = 100_000

/** Ten times what is usual, or a tenth of it, is how a slip of the decimal point looks. */
const UNUSUAL_FACTOR = 10

export interface AmountContext {
  /** The currency that the customer is billed in. */
  customerCurrency?: string | undefined
  usual?: UsualAmount | undefined
}

/** What a careful colleague would ask about an amount; its sign does not count. */
export function amountWarnings(money: Money, context: AmountContext = {}): string[] {
  const { customerCurrency, usual } = context
  const amount = Math.abs(money.amount)
  const warnings: string[] = []
  const decimals = currencyDecimals(money.currency)
  if (decimals === undefined)
    warnings.push(`The currency ${cleanLine(money.currency, 12)} is not one that this hub knows.`)
  if (decimals === 0 && amount >= SUSPICIOUS_ZERO_DECIMAL_AMOUNT && amount % 100 === 0) {
    warnings.push(
      `${money.currency.toUpperCase()} has no cents: ${money.amount} means ${formatMoney(money)}, not a hundredth of it.`,
    )
  }
  if (decimals !== undefined && decimals > 0 && amount > 0 && amount < 10 ** decimals / 2) {
    warnings.push(`${formatMoney(money)} is very little: amounts are in the smallest unit of the currency.`)
  }
  const currency = money.currency.toLowerCase()
  const paysIn = customerCurrency === undefined ? (usual?.customerPaysIn ?? []) : [customerCurrency]
  if (paysIn.length > 0 && !paysIn.includes(currency)) {
    warnings.push(`This customer otherwise pays in ${paysIn.join(', ').toUpperCase()}.`)
  }
  if (usual?.median !== undefined && usual.currency === currency && amount > 0) {
    const typical = `${formatMoney({ amount: usual.median, currency })}, the median of ${usual.of}`
    if (amount > usual.median * UNUSUAL_FACTOR)
      warnings.push(`${formatMoney(money)} is more than ten times ${typical}.`)
    if (amount * UNUSUAL_FACTOR < usual.median)
      warnings.push(`${formatMoney(money)} is less than a tenth of ${typical}.`)
  }
  return warnings
}
