import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { matches, matchesGlob } from './match.ts'

const what = {
  tool: 'stripe_create_refund',
  device: 'device_1',
  connection: 'conn_1',
  mode: 'live',
  effect: 'money',
}

test.each([
  [{}, true],
  [
    {
      tools: ['stripe_*'],
      devices: ['device_1'],
      connections: ['conn_1'],
      modes: ['live'],
      effects: ['money'],
    },
    true,
  ],
  [{ tools: ['a', '*_refund'] }, true],
  [{ tools: ['stripe_get_*'] }, false],
  [{ devices: ['device_2'] }, false],
  [{ devices: ['device_*'] }, false],
  [{ connections: ['conn_2', 'conn_1'] }, true],
  [{ connections: ['*'] }, false],
  [{ modes: ['test'] }, false],
  [{ effects: ['draft', 'change'] }, false],
  [{ tools: ['stripe_*'], effects: ['draft'] }, false],
] as const)('%j is about a live refund: %s', (match, expected) => {
  expect(matches(structuredClone(match) as never, what)).toBe(expected)
})

describe('globs', () => {
  /** The same by trying every way to share out the name; slow, and plainly right. */
  function reference(name: string, glob: string): boolean {
    if (glob === '') return name === ''
    if (glob.startsWith('*'))
      return reference(name, glob.slice(1)) || (name !== '' && reference(name.slice(1), glob))
    return name !== '' && name[0] === glob[0] && reference(name.slice(1), glob.slice(1))
  }

  test('mean the same as the reference, whatever the name and the pattern', () => {
    const letters = (alphabet: string, maxLength: number) =>
      fc.array(fc.constantFrom(...alphabet.split('')), { maxLength }).map((parts) => parts.join(''))
    fc.assert(
      fc.property(letters('ab_', 8), letters('ab_**', 6), (name, glob) => {
        expect(matchesGlob(name, glob), `${name} ~ ${glob}`).toBe(reference(name, glob))
      }),
      { numRuns: 3_000 },
    )
  })

  test.each([
    ['stripe_create_refund', '*', true],
    ['', '*', true],
    ['', '', true],
    ['a', '', false],
    ['a', 'a*a', false],
    ['aa', 'a*a', true],
    ['aba', '*b*', true],
    ['stripe_get_balance', 'stripe_*_balance', true],
    ['xstripe_get', 'stripe_*', false],
    ['a.b', 'a.b', true],
    ['axb', 'a.b', false],
    ['a', '[a]', false],
    ['a+', 'a+', true],
    ['a\nb', 'a*b', true],
  ])('%j ~ %j is %s', (name, glob, expected) => {
    expect(matchesGlob(name, glob)).toBe(expected)
  })

  test('no pattern is slow: what explodes in a regular expression is answered at once', () => {
    // Each would take a backtracking matcher years; here it would show as the test's time limit.
    expect(matchesGlob('a'.repeat(5_000), `${'*a'.repeat(2_000)}*b`)).toBe(false)
    expect(matchesGlob('a'.repeat(5_000), 'a*'.repeat(2_000))).toBe(true)
    expect(matchesGlob('a'.repeat(100_000), '*'.repeat(100_000))).toBe(true)
  })
})
