import { expect, test } from 'vitest'
import { withoutConsentWords } from './consent-words.ts'

const words = { confirm: true, confirmed: true, approved: 'yes', user_confirmed: 1, user_approved: {} }

test('what agents send along to say that somebody agreed is taken out, and nothing else', () => {
  expect(withoutConsentWords({ ...words, amount: 5000, confirmation: 'conf_1', Confirmed: true })).toEqual({
    amount: 5000,
    confirmation: 'conf_1',
    Confirmed: true,
  })
  expect(withoutConsentWords({})).toEqual({})
})

test('a word that is a real parameter stays', () => {
  expect(withoutConsentWords(words, (key) => key === 'confirm')).toEqual({ confirm: true })
})

test('only the outermost words are meant: metadata is data', () => {
  expect(withoutConsentWords({ metadata: { approved: 'yes' } })).toEqual({ metadata: { approved: 'yes' } })
})

test('names of the prototype are names like others', () => {
  const given = JSON.parse('{"__proto__":{"approved":true},"confirmed":true}') as Record<string, unknown>
  const left = withoutConsentWords(given)
  expect(Object.keys(left)).toEqual(['__proto__'])
  expect(left['approved']).toBeUndefined()
})
