import { customers } from '../customers/customer.ts'
import { distribute, percentOf, plus, ratioOf, roundHalfUp, times, whole } from '../decimal.ts'
import { discounts } from '../discounts/discount.ts'
import type { Discount } from '../discounts/discount.ts'
import type { View } from '../store/kind.ts'
import { taxRates } from '../tax-rates/tax-rate.ts'
import type { TaxRate } from '../tax-rates/tax-rate.ts'
import type { Invoice } from './invoice.ts'
import type { DiscountAmount, InvoiceLine, TaxAmount } from './invoice-line.ts'

export interface Calculated {
  invoice: Invoice
  lines: InvoiceLine[]
}

/** An invoice's sums from its lines: discounts first, then taxes, then the customer's balance. Stores nothing. */
export function calculate(view: View, invoice: Invoice, lines: readonly InvoiceLine[]): Calculated {
  const discounted = withDiscounts(view, invoice, lines)
  const customer = view.get(customers, invoice.customer)
  const exempt = customer?.tax_exempt ?? 'none'
  const taxed = discounted.map((line) => ({ ...line, taxes: taxesOf(view, invoice, line, exempt) }))
  const subtotal = sum(lines.map(({ amount }) => amount))
  const taxes = mergedTaxes(taxed.flatMap((line) => line.taxes))
  const exclusive = sum(taxes.filter(({ inclusive }) => !inclusive).map(({ amount }) => amount))
  const discountAmounts = mergedDiscounts(taxed.flatMap((line) => line.discount_amounts))
  const total = subtotal - sum(discountAmounts.map(({ amount }) => amount)) + exclusive
  const balance = customer?.balance ?? 0
  return {
    lines: taxed,
    invoice: {
      ...invoice,
      ...balanced(total, balance),
      subtotal,
      subtotal_excluding_tax: subtotal - sum(taxed.map((line) => inclusiveShare(view, invoice, line))),
      total,
      total_discount_amounts: discountAmounts,
      total_excluding_tax: total - sum(taxes.map(({ amount }) => amount)),
      total_taxes: taxes,
    },
  }
}

/** What the customer's balance leaves to pay; a debt is added, credit is used up, and a negative total becomes credit. */
function balanced(total: number, balance: number): Pick<Invoice, 'amount_due' | 'starting_balance'> {
  return { amount_due: Math.max(0, total + balance), starting_balance: balance }
}

function withDiscounts(view: View, invoice: Invoice, lines: readonly InvoiceLine[]): InvoiceLine[] {
  const left = lines.map(({ amount }) => amount)
  const amounts: DiscountAmount[][] = lines.map(() => [])
  const apply = (discount: Discount, among: (line: InvoiceLine) => boolean) => {
    const products = discount.coupon.applies_to
    const concerned = lines.map(
      (line) =>
        line.discountable && among(line) && (products === null || products.includes(line.product ?? '')),
    )
    const parts = reductions(discount, invoice.currency, left, concerned)
    for (const [position, amount] of parts.entries()) {
      if (amount === 0) continue
      left[position] = (left[position] ?? 0) - amount
      amounts[position]?.push({ amount, discount: discount.id })
    }
  }
  for (const line of lines) {
    for (const discount of found(view, line.discounts)) apply(discount, (one) => one.id === line.id)
  }
  for (const discount of found(view, invoice.discounts)) apply(discount, () => true)
  return lines.map((line, position) => ({ ...line, discount_amounts: amounts[position] ?? [] }))
}

function found(view: View, ids: readonly string[]): Discount[] {
  return ids.flatMap((id) => view.get(discounts, id) ?? [])
}

function reductions(
  { coupon }: Discount,
  currency: string,
  left: readonly number[],
  concerned: readonly boolean[],
): number[] {
  const amounts = left.map((amount, position) => (concerned[position] === true ? amount : 0))
  const percent = coupon.percent_off
  if (percent !== null) return amounts.map((amount) => percentOf(amount, percent))
  const off = coupon.currency === currency ? coupon.amount_off : coupon.currency_options[currency]?.amount_off
  // An amount never makes more of a credit than there is to pay.
  const taken = Math.min(off ?? 0, Math.max(0, sum(amounts)))
  return distribute(
    taken,
    amounts.map((amount) => Math.max(0, amount)),
  )
}

function ratesOf(view: View, invoice: Invoice, line: InvoiceLine): TaxRate[] {
  const ids = line.tax_rates.length > 0 ? line.tax_rates : invoice.default_tax_rates
  return ids.flatMap((id) => view.get(taxRates, id) ?? [])
}

function taxesOf(view: View, invoice: Invoice, line: InvoiceLine, exempt: string): TaxAmount[] {
  const taxable = line.amount - sum(line.discount_amounts.map(({ amount }) => amount))
  const rates = ratesOf(view, invoice, line)
  const within = rates.filter(({ inclusive }) => inclusive)
  const free = exempt === 'exempt' || exempt === 'reverse'
  const taxOf = (rate: TaxRate) => {
    if (free) return 0
    return rate.inclusive ? containedTax(taxable, rate, within) : percentOf(taxable, rate.percentage)
  }
  const contained = sum(within.map(taxOf))
  return rates.map((rate) => ({
    amount: taxOf(rate),
    inclusive: rate.inclusive,
    rate: rate.id,
    reason: free ? (exempt === 'exempt' ? 'customer_exempt' : 'reverse_charge') : 'standard_rated',
    taxable_amount: taxable - contained,
  }))
}

/** The part of a price that already holds its taxes: p / (100 + all inclusive rates). */
function containedTax(taxable: number, rate: TaxRate, within: readonly TaxRate[]): number {
  const all = within.reduce((left, { percentage }) => plus(left, ratioOf(percentage)), whole(100))
  const part = ratioOf(rate.percentage)
  return roundHalfUp(
    times(whole(taxable), {
      numerator: part.numerator * all.denominator,
      denominator: part.denominator * all.numerator,
    }),
  )
}

function inclusiveShare(view: View, invoice: Invoice, line: InvoiceLine): number {
  if (!line.taxes.some(({ inclusive, amount }) => inclusive && amount !== 0)) return 0
  const within = ratesOf(view, invoice, line).filter(({ inclusive }) => inclusive)
  return sum(within.map((rate) => containedTax(line.amount, rate, within)))
}

function mergedTaxes(taxes: readonly TaxAmount[]): TaxAmount[] {
  const byRate = new Map<string, TaxAmount>()
  for (const tax of taxes) {
    const before = byRate.get(tax.rate)
    byRate.set(tax.rate, {
      ...tax,
      amount: tax.amount + (before?.amount ?? 0),
      taxable_amount: tax.taxable_amount + (before?.taxable_amount ?? 0),
    })
  }
  return [...byRate.values()]
}

function mergedDiscounts(amounts: readonly DiscountAmount[]): DiscountAmount[] {
  const byId = new Map<string, number>()
  for (const { amount, discount } of amounts) byId.set(discount, amount + (byId.get(discount) ?? 0))
  return [...byId].map(([discount, amount]) => ({ amount, discount }))
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((left, right) => left + right, 0)
}
