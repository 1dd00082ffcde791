import { cleanLine } from './clean-text.ts'

/**
 * Money is an integer in the currency's smallest unit. The tables follow Stripe's: what its API takes for a
 * currency, which is not always what ISO 4217 says.
 */
export interface Money {
  amount: number
  /** Lower-case ISO 4217 code, as Stripe writes it. */
  currency: string
}

const ZERO_DECIMAL = words('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf')
const THREE_DECIMAL = words('bhd jod kwd omr tnd')
/** Two decimals on the wire for the sake of compatibility, but whole units only. */
const WHOLE_UNITS_ONLY = words('isk ugx')
const TWO_DECIMAL = words(
  `aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd btn bwp byn bzd cad cdf chf
  cny cop crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr
  isk jmd kes kgs khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn
  nio nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb
  tjs top try ttd twd tzs uah ugx usd usdc uyu uzs wst xcd yer zar zmw`,
)

function words(text: string): ReadonlySet<string> {
  return new Set(text.split(/\s+/))
}

/** Every currency that Stripe takes, by its code. */
export const CURRENCIES: readonly string[] = [...ZERO_DECIMAL, ...TWO_DECIMAL, ...THREE_DECIMAL].toSorted()

/** How many decimals the amount's human form has; undefined for a currency we do not know. */
export function currencyDecimals(currency: string): 0 | 2 | 3 | undefined {
  const code = currency.toLowerCase()
  if (ZERO_DECIMAL.has(code)) return 0
  if (THREE_DECIMAL.has(code)) return 3
  return TWO_DECIMAL.has(code) ? 2 : undefined
}

/** `{ amount: 5000, currency: 'usd' }` → `$50.00`, JPY 5000 → `¥5,000`; an unknown currency is named, not guessed. */
export function formatMoney({ amount, currency }: Money): string {
  const decimals = currencyDecimals(currency)
  const code = shownCurrency(currency).toUpperCase()
  if (decimals === undefined) return `${amount} ${code} (in its smallest unit)`
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals }
  // A decimal text, not a number: Intl formats it digit by digit, so nothing is ever rounded.
  const text = decimalText(amount, decimals) as Intl.StringNumericLiteral
  // Intl takes codes of three letters alone.
  if (code.length !== 3) return `${new Intl.NumberFormat('en-US', options).format(text)} ${code}`
  return new Intl.NumberFormat('en-US', { style: 'currency', currency: code, ...options }).format(text)
}

/** An unknown currency is whatever somebody wrote: it must not tell a story of its own in a sentence. */
function shownCurrency(currency: string): string {
  return cleanLine(currency, 12)
}

/** `$50.00 (5000 usd)`: both forms, for texts a person judges. */
export function formatMoneyBoth(money: Money): string {
  return `${formatMoney(money)} (${money.amount} ${shownCurrency(money.currency)})`
}

export type ParsedMoney = { ok: true; amount: number } | { ok: false; reason: string }

/** `{ value: '50.00', currency: 'usd' }` → 5000. Refuses more decimals than the currency has, and what Stripe would round. */
export function parseMoney(value: string, currency: string): ParsedMoney {
  const decimals = currencyDecimals(currency)
  if (decimals === undefined)
    return { ok: false, reason: `the currency "${currency}" is not one that Stripe takes` }
  const match = /^(-?)(\d{1,12})(?:\.(\d{1,3}))?$/.exec(value)
  if (match === null) return { ok: false, reason: `"${value}" is not a decimal amount such as "50.00"` }
  const [, sign = '', whole = '', fraction = ''] = match
  if (fraction.length > decimals) {
    return { ok: false, reason: `${currency} has ${decimals} decimals, "${value}" has ${fraction.length}` }
  }
  const amount = Number(sign + whole + fraction.padEnd(decimals, '0'))
  if (decimals === 3 && amount % 10 !== 0) {
    return { ok: false, reason: `Stripe takes ${currency} amounts whose last of three decimals is 0` }
  }
  if (WHOLE_UNITS_ONLY.has(currency.toLowerCase()) && amount % 100 !== 0) {
    return { ok: false, reason: `Stripe takes whole ${currency} only` }
  }
  return { ok: true, amount: amount === 0 ? 0 : amount }
}

/** `{ amount: 5000, currency: 'usd' }` → `50.00`, digit by digit; what `parseMoney` reads. Throws for an unknown currency. */
export function decimalAmount({ amount, currency }: Money): string {
  const decimals = currencyDecimals(currency)
  if (decimals === undefined) throw new RangeError(`${shownCurrency(currency)} is not a currency of Stripe`)
  return decimalText(amount, decimals)
}

function decimalText(amount: number, decimals: number): string {
  const sign = amount < 0 ? '-' : ''
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  return decimals === 0 ? sign + digits : `${sign}${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}
