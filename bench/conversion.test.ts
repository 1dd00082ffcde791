import { expect, test } from 'vitest'
import { convertAll } from './conversion.ts'

test('amounts in every currency are written out and read back without an error', () => {
  const { conversions, errors } = convertAll(2_000)
  expect(errors).toEqual([])
  expect(conversions).toBeGreaterThan(250_000)
})
