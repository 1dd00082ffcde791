import { expect, test } from 'vitest'
import { cleanLabel } from './label.ts'

test.each([
  ['Studio Mac', 'Studio Mac'],
  ['  two   words\n', 'two words'],
  ['Büro · 東京 🦀', 'Büro · 東京 🦀'],
  ['a\u0000b\u001B[31mc', 'abc'],
  ['safe\u202Eexe.evil', 'safeexe.evil'],
  ['a\u200B\u200D\uFEFFb', 'ab'],
  ['tag\u{E0061}\u{E0062}', 'tag'],
  ['e\u0301\u0301\u0301\u0301\u0301', 'é\u0301\u0301'],
  ['x'.repeat(200), `${'x'.repeat(63)}…`],
  ['🦀'.repeat(100), `${'🦀'.repeat(63)}…`],
  ['\u2066\u2069', 'Unnamed device'],
  ['', 'Unnamed device'],
  [undefined, 'Unnamed device'],
  [['a', 'b'], 'Unnamed device'],
])('%j is shown as %j', (text, expected) => {
  expect(cleanLabel(text)).toBe(expected)
})
