import type { TestCard } from './test-cards.ts'

/** What becomes of a debit, and after how long. */
export interface DebitBehaviour {
  kind: 'debited'
  fails: boolean
  seconds: number
}

/** Banks answer at night; so that programs meet `processing` here as well, even the quick ones take a moment. */
const QUICK_SECONDS = 3
/** "At least three minutes", says Stripe. */
const SLOW_SECONDS = 3 * 60

const succeeds: DebitBehaviour = { kind: 'debited', fails: false, seconds: QUICK_SECONDS }
const succeedsLate: DebitBehaviour = { kind: 'debited', fails: false, seconds: SLOW_SECONDS }
const fails: DebitBehaviour = { kind: 'debited', fails: true, seconds: QUICK_SECONDS }
const failsLate: DebitBehaviour = { kind: 'debited', fails: true, seconds: SLOW_SECONDS }

/** Stripe's published test accounts for SEPA debits, as far as their behaviour is known here. */
const behaviours: Record<string, DebitBehaviour> = {
  AT611904300234573201: succeeds,
  AT321904300235473204: succeedsLate,
  AT861904300235473202: fails,
  AT051904300235473205: failsLate,
  DE89370400440532013000: succeeds,
  DE08370400440532013003: succeedsLate,
  DE62370400440532013001: fails,
  DE78370400440532013004: failsLate,
  FR1420041010050500013M02606: succeeds,
  FR3020041010050500013M02609: succeedsLate,
  FR8420041010050500013M02607: fails,
  FR7920041010050500013M02600: failsLate,
  IT40S0542811101000000123456: succeeds,
  IT60S0542811101000000123458: succeedsLate,
  IT60X0542811101000000123456: fails,
}

const PREFIX = 'iban_'

/** An account is described in a card's terms, for whatever names a method by brand and last four digits. */
export function testIban(iban: string): TestCard | undefined {
  const behaviour = behaviours[iban]
  return (
    behaviour && {
      name: `${PREFIX}${iban}`,
      number: iban,
      brand: 'sepa_debit',
      funding: 'debit',
      country: iban.slice(0, 2),
      behaviour,
    }
  )
}

/** By the name that a payment method keeps. */
export function testIbanNamed(name: string): TestCard | undefined {
  return name.startsWith(PREFIX) ? testIban(name.slice(PREFIX.length)) : undefined
}
