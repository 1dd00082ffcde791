import { cleanText } from './clean-text.ts'
import { Problem } from './problem.ts'

/** Groups of digits with one separator between two of them. */
const DIGIT_GROUPS = /\d+(?:[\s.\-\u2010-\u2015\u2212]\d+)*/gu

/** What machines make: a UUID, and words in which letters and digits change places three times or more. */
const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/giu
const WORD = /\w+/gu
const CHANGE = /(?<=[a-z])\d|(?<=\d)[a-z]/giu
const MACHINE_MADE_CHANGES = 3

const MIN_DIGITS = 13
const MAX_DIGITS = 19

/** Where card numbers start: Mastercard 2-series and 5, Amex and Diners 3, Visa 4, Discover and Maestro 6. */
const ISSUER_DIGIT = /^[2-6]/

/**
 * Whether a text holds what must be taken for a card number (length, issuer digit and Luhn checksum), alone or
 * with other numbers beside it, such as its date and code.
 */
export function hasCardNumber(text: string): boolean {
  for (const [run] of withoutMachineMade(cleanText(text).normalize('NFKC')).matchAll(DIGIT_GROUPS)) {
    const groups = run.split(/\D/u)
    for (let first = 0; first < groups.length; first += 1) {
      let digits = ''
      for (let last = first; last < groups.length && digits.length < MAX_DIGITS; last += 1) {
        digits += groups[last]
        if (isCardNumber(digits)) return true
      }
    }
  }
  return false
}

/** A hash in hex holds runs of digits by chance, and one in ten of them passes the checksum. */
function withoutMachineMade(text: string): string {
  return text
    .replace(UUID, 'x')
    .replace(WORD, (word) => ((word.match(CHANGE)?.length ?? 0) >= MACHINE_MADE_CHANGES ? 'x' : word))
}

function isCardNumber(digits: string): boolean {
  const fits = digits.length >= MIN_DIGITS && digits.length <= MAX_DIGITS
  return fits && ISSUER_DIGIT.test(digits) && passesLuhn(digits)
}

/** Throws `card_number_refused` before anything of `value` is sent, kept or logged. */
export function refuseCardNumbers(value: unknown): void {
  if (!holdsCardNumber(value)) return
  throw new Problem(
    'card_number_refused',
    'This holds what looks like a card number. Nothing was sent or kept.',
    {
      nextStep:
        'Never pass card numbers: let the customer enter the card on a checkout page, or use a saved payment method.',
    },
  )
}

/** Whether any key, text or number inside a value holds a card number. Walks without recursion: depth is the caller's. */
export function holdsCardNumber(value: unknown): boolean {
  const pending: unknown[] = [value]
  while (pending.length > 0) {
    const part = pending.pop()
    if (typeof part === 'string' && hasCardNumber(part)) return true
    if (typeof part === 'number' && hasCardNumber(String(part))) return true
    if (typeof part === 'object' && part !== null) {
      for (const [key, item] of Object.entries(part)) pending.push(key, item)
    }
  }
  return false
}

/** ISO/IEC 7812-1, Annex B. */
function passesLuhn(digits: string): boolean {
  let sum = 0
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index])
    const doubled = index % 2 === 1 ? digit * 2 : digit
    sum += doubled > 9 ? doubled - 9 : doubled
  }
  return sum % 10 === 0
}
