import { expect, test } from 'vitest'
import { cleanText, firstSentence } from './clean-text.ts'

test.each([
  ['See the [docs](https://example.test/a_(b)#c).', 'See the docs.'],
  ['Use [`a[b]`](/x) or <a href="/y">this</a>, it&#39;s fine.', "Use `a[b]` or this, it's fine."],
  ['[finalize, which lets you [pay](/pay)](/finalize) it', 'finalize, which lets you pay it'],
  ['A [single-use](https://example.test/#usage local wallet.', 'A single-use local wallet.'],
  ['One\n * two\n\nthree<br/>four', 'One * two three four'],
  ['Send `expand[]=<name>` for items[0].', 'Send `expand[]=<name>` for items[0].'],
])('%s', (documentation, plain) => {
  expect(cleanText(documentation)).toBe(plain)
})

test('the first sentence ends where the next begins, not at an abbreviation', () => {
  expect(firstSentence('An amount. More words.')).toBe('An amount.')
  expect(firstSentence('Refunds (e.g. Konbini) need this. More words.')).toBe(
    'Refunds (e.g. Konbini) need this.',
  )
  expect(firstSentence(`${'long '.repeat(100)}.`)).toHaveLength(160)
})
