/** Amounts are integers in the currency's smallest unit, everywhere. */

const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '))
const TWO_DECIMAL = new Set(
  (
    'usd aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob brl bsd bwp byn bzd cad cdf chf cny cop ' +
    'crc cve czk dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gtq gyd hkd hnl htg huf idr ils inr isk jmd kes kgs ' +
    'khr kyd kzt lak lbp lkr lrd lsl mad mdl mkd mmk mnt mop mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd pab pen ' +
    'pgk php pkr pln qar ron rsd rub sar sbd scr sek sgd shp sle sos srd std szl thb tjs top try ttd twd tzs uah ugx ' +
    'uyu uzs wst yer zar zmw'
  ).split(' '),
)

/** The smallest amounts that Stripe charges. */
const MINIMUM_AMOUNTS: Record<string, number> = {
  usd: 50,
  aed: 200,
  aud: 50,
  bgn: 100,
  brl: 50,
  cad: 50,
  chf: 50,
  czk: 1500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17500,
  inr: 50,
  jpy: 50,
  mxn: 1000,
  myr: 200,
  nok: 300,
  nzd: 50,
  pln: 200,
  ron: 200,
  sek: 300,
  sgd: 50,
  thb: 1000,
}
/** Eight digits, in every currency. */
export const MAXIMUM_AMOUNT = 99_999_999

const FEE_PERMILLE = 29
/** The fixed part of Stripe's fee: about 30 US cents. */
const FIXED_FEES: Record<string, number> = {
  usd: 30,
  eur: 25,
  gbp: 20,
  cad: 30,
  aud: 30,
  chf: 30,
  jpy: 30,
  nzd: 30,
  sgd: 50,
  hkd: 235,
  sek: 180,
  nok: 200,
  dkk: 180,
  pln: 100,
  czk: 650,
  mxn: 300,
  brl: 39,
  inr: 200,
}
const DISPUTE_FEES: Record<string, number> = {
  usd: 1500,
  eur: 2000,
  gbp: 2000,
  cad: 1500,
  aud: 2500,
  chf: 2000,
  jpy: 1300,
}

const SYMBOLS: Record<string, string> = {
  usd: '$',
  eur: '€',
  gbp: '£',
  jpy: '¥',
  cad: 'CA$',
  aud: 'A$',
  inr: '₹',
  krw: '₩',
}

export function isCurrency(code: string): boolean {
  return TWO_DECIMAL.has(code) || ZERO_DECIMAL.has(code) || THREE_DECIMAL.has(code)
}

export function currencyCodes(): string[] {
  return [...TWO_DECIMAL, ...ZERO_DECIMAL, ...THREE_DECIMAL]
}

/** 0, 2 or 3. */
export function decimalsOf(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0
  return THREE_DECIMAL.has(currency) ? 3 : 2
}

/** Three-decimal amounts must be whole tens: card networks round to two. */
export function isPayable(amount: number, currency: string): boolean {
  return !THREE_DECIMAL.has(currency) || amount % 10 === 0
}

export function minimumAmount(currency: string): number {
  return MINIMUM_AMOUNTS[currency] ?? 1
}

/** 2.9 % and a fixed part, rounded half up; never more than the payment. */
export function chargeFee(amount: number, currency: string): number {
  const fixed = FIXED_FEES[currency] ?? 3 * 10 ** Math.max(1, decimalsOf(currency) - 1)
  return Math.min(amount, Math.floor((amount * FEE_PERMILLE + 500) / 1000) + fixed)
}

export function disputeFee(currency: string): number {
  return DISPUTE_FEES[currency] ?? 15 * 10 ** decimalsOf(currency)
}

/** `$10.00`, `¥500`, `12.50 SEK`. */
export function formatAmount(amount: number, currency: string): string {
  const decimals = decimalsOf(currency)
  const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
  const whole = digits.slice(0, digits.length - decimals).replaceAll(/\B(?=(\d{3})+$)/g, ',')
  const text = decimals === 0 ? whole : `${whole}.${digits.slice(-decimals)}`
  const sign = amount < 0 ? '-' : ''
  const symbol = SYMBOLS[currency]
  return symbol === undefined ? `${sign}${text} ${currency.toUpperCase()}` : `${sign}${symbol}${text}`
}
