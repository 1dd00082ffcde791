/** Exact arithmetic for prices, percentages and shares of time: rationals of BigInt, rounded once at the end. */

/** Stripe takes decimals of up to twelve places. */
const PLACES = 12
const SCALE = 10n ** BigInt(PLACES)

export interface Ratio {
  readonly numerator: bigint
  /** Always positive. */
  readonly denominator: bigint
}

const DECIMAL = /^-?\d{1,15}(\.\d{1,12})?$/

export function isDecimal(text: string): boolean {
  return DECIMAL.test(text)
}

/** @param text `12`, `0.05`; checked with `isDecimal` before */
export function ratioOf(text: string | number): Ratio {
  const written = typeof text === 'number' ? plain(text) : text
  const [units = '0', fraction = ''] = written.split('.')
  const digits = BigInt(`${units.replace('-', '')}${fraction.padEnd(PLACES, '0')}`)
  return { numerator: units.startsWith('-') ? -digits : digits, denominator: SCALE }
}

/** Numbers below a millionth would be written with an exponent. */
function plain(number: number): string {
  return Number.isInteger(number) ? String(number) : number.toFixed(PLACES)
}

export function times(left: Ratio, right: Ratio): Ratio {
  return {
    numerator: left.numerator * right.numerator,
    denominator: left.denominator * right.denominator,
  }
}

export function plus(left: Ratio, right: Ratio): Ratio {
  return {
    numerator: left.numerator * right.denominator + right.numerator * left.denominator,
    denominator: left.denominator * right.denominator,
  }
}

export const zero: Ratio = { numerator: 0n, denominator: 1n }

export function whole(number: number): Ratio {
  return { numerator: BigInt(number), denominator: 1n }
}

/** @throws RangeError when the denominator is not positive */
export function share(part: number, of: number): Ratio {
  if (of <= 0) throw new RangeError('a share of nothing')
  return { numerator: BigInt(part), denominator: BigInt(of) }
}

/** Half goes up, away from zero, so that a credit is the mirror of its charge. */
export function roundHalfUp({ numerator, denominator }: Ratio): number {
  const magnitude = numerator < 0n ? -numerator : numerator
  const rounded = Number((2n * magnitude + denominator) / (2n * denominator))
  return numerator < 0n && rounded !== 0 ? -rounded : rounded
}

/** `percent` of an amount in the smallest unit. */
export function percentOf(amount: number, percent: number): number {
  return roundHalfUp(times(whole(amount), times(ratioOf(percent), { numerator: 1n, denominator: 100n })))
}

/** `12.50` and `12.5` are the same decimal. */
export function canonicalDecimal(text: string): string {
  if (!text.includes('.')) return String(BigInt(text))
  const [units = '0', fraction = ''] = text.split('.')
  const rest = fraction.replace(/0+$/, '')
  const sign = units.startsWith('-') ? '-' : ''
  const digits = `${sign}${BigInt(units.replace('-', ''))}`
  return rest === '' ? digits : `${digits}.${rest}`
}

/** The decimal as an integer, or null where it is none. */
export function integerOf(decimal: string | null): number | null {
  return decimal !== null && /^-?\d+$/.test(decimal) ? Number(decimal) : null
}

/**
 * Divides a total over parts in their proportion; the parts sum to the total exactly. What rounding leaves goes to
 * the last part that has any weight.
 */
export function distribute(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((left, right) => left + right, 0)
  if (sum === 0) return weights.map(() => 0)
  const parts = weights.map((weight) => roundHalfUp(times(whole(total), share(weight, sum))))
  const left = total - parts.reduce((one, other) => one + other, 0)
  const last = weights.findLastIndex((weight) => weight !== 0)
  return parts.map((part, position) => (position === last ? part + left : part))
}
