import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { hasCardNumber, holdsCardNumber, refuseCardNumbers } from './card-numbers.ts'

/** From the card networks' own test numbers. */
const CARDS = {
  Visa: '4242424242424242',
  'Visa of 13 digits': '4222222222222',
  Mastercard: '5555555555554444',
  'Mastercard 2-series': '2223003122003222',
  'American Express': '378282246310005',
  Discover: '6011111111111117',
  Diners: '30569309025904',
  JCB: '3566002020360505',
  'UnionPay of 19 digits': '6205500000000000004',
}

describe('a card number is found', () => {
  test.each(Object.entries(CARDS))('of %s', (_name, number) => {
    expect(hasCardNumber(number)).toBe(true)
    expect(hasCardNumber(`Please charge ${number}, thanks`)).toBe(true)
  })

  test.each([
    ['grouped by spaces', '4242 4242 4242 4242'],
    ['grouped by dashes', '4242-4242-4242-4242'],
    ['grouped as American Express is', '3782 822463 10005'],
    ['each digit apart', '4 2 4 2 4 2 4 2 4 2 4 2 4 2 4 2'],
    ['in full-width digits', '４２４２４２４２４２４２４２４２'],
    ['with zero-width characters in between', '4242\u200B4242\u200D4242\u20604242'],
    ['with tag characters and soft hyphens in between', '4242\u{E0020}4242\u00AD42424242'],
    ['with no-break spaces', '4242\u00A04242\u00A04242\u00A04242'],
    ['with colours of a terminal in between', '4242\u001B[31m4242\u001B[0m42424242'],
    ['grouped by dots', '4242.4242.4242.4242'],
    ['grouped by typographic dashes', '4242–4242–4242–4242'],
    ['grouped by line breaks', '4242\n4242\n4242\n4242'],
    ['beside letters', 'card4242424242424242end'],
    ['followed by its code', '4242424242424242 123'],
    ['followed by its date', '4242 4242 4242 4242 12/34'],
    ['followed by its date and code in digits', '4242 4242 4242 4242 12 34 123'],
    ['after another number', '1 4242424242424242'],
    ['after a number of the same grouping', 'order 0042-4242-4242-4242-4242'],
  ])('%s', (_how, text) => {
    expect(hasCardNumber(text)).toBe(true)
  })

  test('in a key, in a number, in a list and deep inside', () => {
    expect(holdsCardNumber({ '4242424242424242': 'x' })).toBe(true)
    expect(holdsCardNumber({ number: 4242424242424242 })).toBe(true)
    expect(holdsCardNumber({ number: 4242424242424242.5 })).toBe(true)
    expect(holdsCardNumber([['x', ['4242424242424242']]])).toBe(true)
    expect(holdsCardNumber(nested(5_000, '4242424242424242'))).toBe(true)
  })

  test('and refused without being repeated', () => {
    const refuse = () => refuseCardNumbers({ note: 'my card is 4242424242424242' })
    expect(refuse).toThrow(expect.objectContaining({ code: 'card_number_refused' }))
    expect(refuse).not.toThrow(/4242/)
    expect(() => refuseCardNumbers({ amount: 5000 })).not.toThrow()
  })
})

describe('no card number is', () => {
  test.each([
    ['a moment in milliseconds', '1796000000000'],
    ['a moment in microseconds', '1796000000000000'],
    ['an id of Stripe', 'pi_3MtwBwLkdIwHu7ix28a3tqPa'],
    ['a test charge', 'ch_3MmlLrLkdIwHu7ix0snN0B15'],
    ['a UUID', '018f4d1c-7c1e-7b3a-9a4e-4f6f0b1c2d3e'],
    ['a phone number', '+49 170 1234567'],
    ['an amount', '99999999'],
    ['a number whose checksum is wrong', '4242424242424241'],
    ['a longer run of digits', '42424242424242424242'],
    ['what no card begins with', '0000000000000000'],
    ['an IBAN', 'DE89 3704 0044 0532 0130 00'],
    ['a date and a time', '2026-11-23T17:16:34.123Z'],
    ['twelve digits', '424242424242'],
  ])('%s', (_what, text) => {
    expect(hasCardNumber(text)).toBe(false)
    expect(holdsCardNumber({ a: [text] })).toBe(false)
  })

  test('a hash or a UUID, whatever digits stand in it by chance', () => {
    for (let seed = 0; seed < 20_000; seed += 1) {
      const hash = createHash('sha256').update(String(seed)).digest('hex')
      const uuid = hash.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5')
      expect(hasCardNumber(hash), hash).toBe(false)
      expect(hasCardNumber(`order ${uuid}`), uuid).toBe(false)
    }
  })

  test('a value of params that are usual', () => {
    expect(holdsCardNumber({ amount: 5000, created: { gte: 1796000000 }, live: true, nothing: null })).toBe(
      false,
    )
  })
})

test('a long text of digits and spaces is judged in linear time', () => {
  // 250 kB: the most that a request may have. Seconds would show as the test's time limit.
  expect(hasCardNumber('1 '.repeat(125_000))).toBe(false)
  expect(hasCardNumber('1'.repeat(250_000))).toBe(false)
})

function nested(depth: number, value: unknown): unknown {
  let inside = value
  for (let level = 0; level < depth; level += 1) inside = { a: inside }
  return inside
}
