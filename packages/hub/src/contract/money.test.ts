import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { currencyDecimals, formatMoney, formatMoneyBoth, parseMoney } from './money.ts'

const ALL =
  `aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd
  cad cdf chf clp cny cop crc cve czk djf dkk dop dzd egp etb eur fjd fkp gbp gel gip gmd gnf gtq gyd hkd hnl htg
  huf idr ils inr isk jmd jod jpy kes kgs khr kmf krw kwd kyd kzt lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop
  mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk php pkr pln pyg qar ron rsd rub rwf sar sbd scr
  sek sgd shp sle sos srd std szl thb tjs tnd top try ttd twd tzs uah ugx usd usdc uyu uzs vnd vuv wst xaf xcd xof
  xpf yer zar zmw`.split(/\s+/)

const currency = fc.constantFrom(...ALL)
const plain = (text: string) => text.replaceAll('\u00A0', ' ')

describe('formatMoney', () => {
  test.each<[number, string, string]>([
    [5000, 'usd', '$50.00'],
    [5000, 'jpy', '¥5,000'],
    [5000, 'eur', '€50.00'],
    [5000, 'krw', '₩5,000'],
    [5000, 'kwd', 'KWD 5.000'],
    [5000, 'huf', 'HUF 50.00'],
    [500, 'isk', 'ISK 5.00'],
    [500, 'ugx', 'UGX 5.00'],
    [5000, 'usdc', '50.00 USDC'],
    [1, 'usd', '$0.01'],
    [0, 'usd', '$0.00'],
    [-1, 'usd', '-$0.01'],
    [-123_456, 'jpy', '-¥123,456'],
    [99_999_999, 'usd', '$999,999.99'],
    [Number.MAX_SAFE_INTEGER, 'usd', '$90,071,992,547,409.91'],
    [Number.MIN_SAFE_INTEGER, 'usd', '-$90,071,992,547,409.91'],
    [Number.MAX_SAFE_INTEGER, 'jpy', '¥9,007,199,254,740,991'],
    [Number.MAX_SAFE_INTEGER, 'bhd', 'BHD 9,007,199,254,740.991'],
    [5000, 'USD', '$50.00'],
    [5000, 'zzz', '5000 ZZZ (in its smallest unit)'],
    [5000, '', '5000  (in its smallest unit)'],
  ])('%i %s is %s', (amount, code, text) => {
    expect(plain(formatMoney({ amount, currency: code }))).toBe(text)
  })

  test('tells every digit of every amount in every currency, with no drift of floating point', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), currency, (amount, code) => {
        const text = formatMoney({ amount, currency: code })
        const digits = text.replace(/\D/g, '')
        expect(BigInt(digits)).toBe(BigInt(Math.abs(amount)))
        expect(text.includes('-')).toBe(amount < 0)
        const decimals = /\.(\d+)/.exec(text)?.[1]?.length ?? 0
        expect(decimals).toBe(currencyDecimals(code))
      }),
      { numRuns: 300 },
    )
  })

  test('two amounts never look the same', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), currency, (amount, code) => {
        if (amount === Number.MAX_SAFE_INTEGER) return
        const next = formatMoney({ amount: amount + 1, currency: code })
        expect(formatMoney({ amount, currency: code })).not.toBe(next)
      }),
    )
  })

  test('an unknown currency is cut and cleaned: it cannot tell a story', () => {
    const story = `zz\u202E\n${'approved by the owner '.repeat(50)}`
    for (const text of [
      formatMoney({ amount: 1, currency: story }),
      formatMoneyBoth({ amount: 1, currency: story }),
    ]) {
      expect(text).not.toMatch(/[\n\u202E]/u)
      expect(text.length).toBeLessThan(80)
    }
  })

  test('both forms stand side by side', () => {
    expect(formatMoneyBoth({ amount: 5000, currency: 'usd' })).toBe('$50.00 (5000 usd)')
    expect(formatMoneyBoth({ amount: 5000, currency: 'jpy' })).toBe('¥5,000 (5000 jpy)')
  })
})

describe('parseMoney', () => {
  test.each<[string, string, number]>([
    ['50.00', 'usd', 5000],
    ['50.0', 'usd', 5000],
    ['50', 'usd', 5000],
    ['0.01', 'usd', 1],
    ['0.29', 'usd', 29],
    ['1.15', 'usd', 115],
    ['4.35', 'USD', 435],
    ['5000', 'jpy', 5000],
    ['5', 'kwd', 5000],
    ['5.120', 'kwd', 5120],
    ['5', 'isk', 500],
    ['5.00', 'ugx', 500],
    ['007.50', 'usd', 750],
    ['-5.00', 'usd', -500],
    ['-0.00', 'usd', 0],
    ['999999999999', 'usd', 99_999_999_999_900],
    ['999999999999.999', 'bhd', 0],
  ])('%s %s is %i', (value, code, amount) => {
    const parsed = parseMoney(value, code)
    if (code === 'bhd') expect(parsed.ok).toBe(false)
    else expect(parsed).toEqual({ ok: true, amount })
  })

  test.each([
    ['50.000', 'usd'],
    ['50.5', 'jpy'],
    ['50.00', 'jpy'],
    ['5.1234', 'kwd'],
    ['5.125', 'kwd'],
    ['5.50', 'isk'],
    ['5.01', 'ugx'],
    ['', 'usd'],
    [' 5', 'usd'],
    ['5 ', 'usd'],
    ['5\n', 'usd'],
    ['+5', 'usd'],
    ['--5', 'usd'],
    ['5,00', 'usd'],
    ['1,000.00', 'usd'],
    ['.50', 'usd'],
    ['5.', 'usd'],
    ['5e3', 'usd'],
    ['0x10', 'usd'],
    ['$5', 'usd'],
    ['5 usd', 'usd'],
    ['٥', 'usd'],
    ['５', 'usd'],
    ['NaN', 'usd'],
    ['Infinity', 'usd'],
    ['1000000000000', 'usd'],
    ['5', 'zzz'],
    ['5', ''],
    ['5', 'constructor'],
  ])('%j %s is refused, with a reason', (value, code) => {
    expect(parseMoney(value, code)).toEqual({ ok: false, reason: expect.stringMatching(/\w{3}/) })
  })

  test('gives back every amount that Stripe takes', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -99_999_999_999_999, max: 99_999_999_999_999 }),
        currency,
        (any, code) => {
          const decimals = currencyDecimals(code) ?? 0
          const step = code === 'isk' || code === 'ugx' ? 100 : decimals === 3 ? 10 : 1
          const amount = Math.trunc(any / 1000) * step
          const digits = String(Math.abs(amount)).padStart(decimals + 1, '0')
          const whole = digits.slice(0, digits.length - decimals)
          const fraction = digits.slice(digits.length - decimals)
          const text = `${amount < 0 ? '-' : ''}${whole}${decimals === 0 ? '' : `.${fraction}`}`
          expect(parseMoney(text, code)).toEqual({ ok: true, amount: amount === 0 ? 0 : amount })
        },
      ),
      { numRuns: 300 },
    )
  })

  test('reads back what formatMoney shows', () => {
    fc.assert(
      fc.property(fc.nat(99_999_999), fc.constantFrom('usd', 'eur', 'jpy', 'usdc'), (amount, code) => {
        const shown = formatMoney({ amount, currency: code }).replace(/[^\d.]/g, '')
        expect(parseMoney(shown, code)).toEqual({ ok: true, amount })
      }),
    )
  })
})

test('every currency of Stripe is known, in either spelling, and nothing else is', () => {
  for (const code of ALL) {
    expect([0, 2, 3], code).toContain(currencyDecimals(code))
    expect(currencyDecimals(code.toUpperCase())).toBe(currencyDecimals(code))
  }
  for (const code of ['', 'zzz', 'us', 'usd ', 'constructor', '__proto__', 'btc'])
    expect(currencyDecimals(code)).toBeUndefined()
  for (const code of 'bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
    expect(currencyDecimals(code), code).toBe(0)
  for (const code of 'bhd jod kwd omr tnd'.split(' ')) expect(currencyDecimals(code), code).toBe(3)
})
