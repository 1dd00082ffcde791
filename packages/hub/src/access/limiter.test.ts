import { expect, test } from 'vitest'
import { createLimiter, networkOf } from './limiter.ts'

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['2001:DB8:0:0:1:2:3:4', '2001:db8:0:0::/64'],
  ['2001:0db8:0000:0001::9%eth0', '2001:db8:0:1::/64'],
  ['::1', '0:0:0:0::/64'],
  ['unknown', 'unknown'],
])('%s is counted as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})

test('a window counts from its first attempt and then starts anew', () => {
  let now = 0
  const limiter = createLimiter({ limit: 2, windowSeconds: 10, now: () => now, what: 'tries' })
  limiter.take('a')
  now = 9_999
  limiter.take('a')
  expect(() => {
    limiter.take('a')
  }).toThrow('Too many tries. Try again in a second.')
  limiter.take('b')
  now = 10_000
  limiter.take('a')
})

test('a flood of callers does not fill the memory, and forgets the oldest first', () => {
  const limiter = createLimiter({ limit: 1, windowSeconds: 60, now: () => 0, what: 'tries' })
  for (let caller = 0; caller < 10_001; caller += 1) limiter.take(`caller ${caller}`)
  limiter.take('caller 0')
  expect(() => {
    limiter.take('caller 10000')
  }).toThrow('Too many tries')
})
