import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cleanLine, cleanText } from './clean-text.ts'

/** Text that is likely to hold what deceives. */
const hostile = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 6 }),
      fc.constantFrom(
        '\u001B',
        '\u001B[31m',
        '\u001B]',
        '\u0007',
        '\u001B\\',
        '\u009B',
        '[',
        '\uD800',
        '\u202E',
        '\u200B',
        '\u{E0041}',
        '\uFE0F',
        '\r\n',
        '\n',
        '\t',
        ' ',
        '…',
        '🦀',
      ),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

describe('what is taken out', () => {
  test.each([
    ['a colour', 'a\u001B[31mb\u001B[0mc', 'abc'],
    ['a cursor that goes up', 'a\u001B[2A\u001B[2Kb', 'ab'],
    ['a private sequence', 'a\u001B[?1049hb', 'ab'],
    ['a title', 'a\u001B]0;title\u0007b', 'ab'],
    ['a link', 'a\u001B]8;;https://evil.example\u001B\\b\u001B]8;;\u001B\\c', 'abc'],
    ['a lone escape', 'a\u001Bb\u001B', 'ab'],
    ['a C1 control', 'a\u009B31mb', 'a31mb'],
    ['NUL, BEL, backspace and DEL', 'a\u0000\u0007\u0008\u007Fb', 'ab'],
    ['a carriage return, which overwrites', 'Charge $1\rRefund', 'Charge $1Refund'],
    ['overrides of direction', '\u202Ea\u202Db\u2066c\u2069d\u200Ee\u061Cf', 'abcdef'],
    ['zero-width characters', 'a\u200Bb\u200Cc\u200Dd\u2060e\uFEFFf', 'abcdef'],
    ['tag characters', 'a\u{E0001}\u{E0041}\u{E007F}b', 'ab'],
    ['variation selectors', 'a\uFE0Fb\u{E0100}c\u180Bd', 'abcd'],
    ['fillers that draw nothing', 'a\u3164b\u115Fc\uFFA0d\u034Fe', 'abcde'],
    ['a soft hyphen', 'a\u00ADb', 'ab'],
    ['private use and what is not assigned', 'a\uE000b\u{F0000}c\uFFFEd', 'abcd'],
    ['half a character', 'a\uD800b\uDC00c', 'abc'],
    ['separators of lines and paragraphs', 'a\u2028b\u2029c', 'abc'],
  ])('%s', (_what, text, cleaned) => {
    expect(cleanText(text)).toBe(cleaned)
  })
})

describe('what stays', () => {
  test.each([
    'Plain text, with punctuation: 100% — “quoted” (€5) & <more>',
    'Zoë Müller, 日本語, العربية, עברית, हिन्दी, ไทย',
    'two\nlines\tand a tab',
    '🦀 ¥ ½ ™ ∑',
    'e\u0301 is a letter with a mark',
    'a\u00A0b',
  ])('%s', (text) => {
    expect(cleanText(text)).toBe(text)
  })

  test('the text after a sequence that never ends: what is sent is not hidden from who reads it', () => {
    expect(cleanText('before\u001B]0;after')).toBe('before0;after')
    expect(cleanText('before\u001B]after\nnext line')).toContain('next line')
    expect(cleanText('before\u001B[')).toBe('before')
    expect(cleanText('before\u001BPafter')).toBe('beforeafter')
  })
})

test('cleaned text has nothing left to clean, whatever it was', () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const cleaned = cleanText(text)
      expect(cleanText(cleaned)).toBe(cleaned)
      // Controls, formats, halves, private use and what is not assigned; then what else draws nothing.
      expect(cleaned.replace(/[\n\t]/g, '')).not.toMatch(
        /\p{C}|\p{Zl}|\p{Zp}|\p{Default_Ignorable_Code_Point}/u,
      )
      expect(cleaned.isWellFormed()).toBe(true)
    }),
    { numRuns: 500 },
  )
})

describe('a line', () => {
  test('cannot forge a second one', () => {
    expect(cleanLine('Jane\nApproved: yes\r\n\tdone\u2028x\u0085y')).toBe('Jane Approved: yes donexy')
    expect(cleanLine('  a \n\n b  ')).toBe('a b')
    expect(cleanLine(' \n\t ')).toBe('')
  })

  test('is cut at its bound, with a sign that it was', () => {
    expect(cleanLine('abcdef', 6)).toBe('abcdef')
    expect(cleanLine('abcdefg', 6)).toBe('abcde…')
    expect(cleanLine('🦀🦀🦀', 2)).toBe('🦀…')
    expect(cleanLine('x'.repeat(1000)).length).toBe(120)
    expect(cleanLine('abc', 1)).toBe('…')
  })

  test('is one line, within its bound, and nothing is left to clean, whatever it was', () => {
    fc.assert(
      fc.property(hostile, fc.integer({ min: 1, max: 30 }), (text, bound) => {
        const line = cleanLine(text, bound)
        expect(line).not.toMatch(/[\n\r\t]/)
        expect(Array.from(line).length).toBeLessThanOrEqual(bound)
        expect(line).toBe(line.trim())
        expect(cleanLine(line, bound)).toBe(line)
      }),
      { numRuns: 500 },
    )
  })
})

test('symbols that draw nothing are blanks, and marks do not pile up over other lines', () => {
  expect(cleanLine(`a${'\u2800'.repeat(200)}Approved`)).toBe('a Approved')
  expect(cleanLine('a\u{1D159}b')).toBe('a b')
  expect(cleanText(`e${'\u0301'.repeat(50)}!`)).toBe(`e${'\u0301'.repeat(4)}!`)
})

test('a long text of half sequences is cleaned in linear time', () => {
  // A quarter of a megabyte; seconds would show as the test's time limit.
  for (const part of ['\u001B]', '\u001B[', '\u001B[0', ' ', '\u200B', '\u001B]x\u001B'])
    expect(cleanLine(part.repeat(250_000 / part.length)).length).toBeLessThanOrEqual(120)
})
