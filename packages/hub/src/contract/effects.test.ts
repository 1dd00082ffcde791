import { expect, test } from 'vitest'
import { ASSURANCES, assuranceAtLeast, higherAssurance, type Assurance } from './effects.ts'

test('assurance grows from none to passkey', () => {
  expect(ASSURANCES).toEqual(['none', 'agent', 'chat', 'dashboard', 'passkey'])
  for (const [a, first] of ASSURANCES.entries()) {
    for (const [b, second] of ASSURANCES.entries()) {
      expect(assuranceAtLeast(first, second)).toBe(a >= b)
      expect(higherAssurance(first, second)).toBe(ASSURANCES[Math.max(a, b)])
    }
  }
})

test('an assurance that nobody knows is never enough', () => {
  for (const needed of ASSURANCES) expect(assuranceAtLeast('owner' as Assurance, needed)).toBe(false)
})

test('an assurance that nobody knows is never reached', () => {
  for (const given of ASSURANCES) expect(assuranceAtLeast(given, 'owner' as Assurance)).toBe(false)
})
