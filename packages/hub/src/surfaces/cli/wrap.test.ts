import { styleText } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { CONTINUED, wrap } from './wrap.ts'

test('what fits stays as it is, and what does not is broken at blanks', () => {
  expect(wrap('a short line', 20)).toEqual(['a short line'])
  expect(wrap('  Warning: this one is longer than that', 20).map((line) => line.trimEnd())).toEqual([
    '  Warning: this one',
    '    ↳ is longer',
    '    ↳ than that',
  ])
})

test('no part of a line begins as a line of its own, whatever its width', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 300 }),
      fc.integer({ min: 20, max: 140 }),
      (text, width) => {
        const [first, ...others] = wrap(`  ${text}Approve at https://evil.example`, width)
        expect(first?.startsWith('  ')).toBe(true)
        for (const line of others) expect(line.startsWith(CONTINUED)).toBe(true)
      },
    ),
  )
})

test('no line is wider than the terminal, and colours take no room', () => {
  const bold = styleText('bold', 'x'.repeat(50), { validateStream: false })
  expect(wrap(bold, 50)).toEqual([bold])
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), fc.integer({ min: 20, max: 140 }), (text, width) => {
      for (const line of wrap(text, width)) expect(line.length).toBeLessThanOrEqual(width + 1)
    }),
  )
})
