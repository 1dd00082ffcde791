import { cleanLine } from '../../../contract/clean-text.ts'
import { currencyDecimals, formatMoney, type Money } from '../../../contract/money.ts'

/** In a currency without decimals, such an amount is often cents by mistake. */
const SUSPICIOUS_ZERO_DECIMAL_AMOUNT = 100_000

/** What a careful colleague would ask about an amount. `customerCurrency` is the one the customer is billed in. */
export function amountWarnings(money: Money, customerCurrency: string | undefined): string[] {
  const warnings: string[] = []
  const decimals = currencyDecimals(money.currency)
  if (decimals === undefined)
    warnings.push(`The currency ${cleanLine(money.currency, 12)} is not one that this hub knows.`)
  if (decimals === 0 && money.amount >= SUSPICIOUS_ZERO_DECIMAL_AMOUNT && money.amount % 100 === 0) {
    warnings.push(
      `${money.currency.toUpperCase()} has no cents: ${money.amount} means ${formatMoney(money)}, not a hundredth of it.`,
    )
  }
  if (customerCurrency !== undefined && customerCurrency !== money.currency.toLowerCase()) {
    warnings.push(`This customer is otherwise billed in ${customerCurrency.toUpperCase()}.`)
  }
  return warnings
}
