import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { StripeError } from './errors.ts'
import { decodeForm } from './form.ts'
import type { FormObject, FormValue } from './form.ts'

/** Without the missing prototype, which comparisons would stumble over. */
const plain = (form: FormObject): unknown => JSON.parse(JSON.stringify(form))

test.each([
  ['', {}],
  ['a=1&b=2', { a: '1', b: '2' }],
  ['a=1&a=2', { a: '2' }],
  ['a', { a: '' }],
  ['a=b=c', { a: 'b=c' }],
  ['name=J%C3%BCrgen+M', { name: 'Jürgen M' }],
  ['a[b][c]=1', { a: { b: { c: '1' } } }],
  ['a%5Bb%5D=1', { a: { b: '1' } }],
  ['items[0][price]=x&items[1][price]=y', { items: { 0: { price: 'x' }, 1: { price: 'y' } } }],
  ['expand[]=a&expand[]=b', { expand: { 0: 'a', 1: 'b' } }],
  ['l[][a]=1&l[][b]=2&l[][a]=3', { l: { 0: { a: '1', b: '2' }, 1: { a: '3' } } }],
])('%s', (text, form) => {
  expect(plain(decodeForm(text))).toEqual(form)
})

test.each([
  'a=%zz',
  'a[b=1',
  'a]b=1',
  '[a]=1',
  'a[b]c=1',
  'a=1&a[b]=2',
  'a[b]=1&a=2',
  `a${'[b]'.repeat(20)}=1`,
  'a=1&'.repeat(3000),
])('malformed: %s', (text) => {
  expect(() => decodeForm(text)).toThrow(StripeError)
})

test('names that JavaScript treats specially are names like any other', () => {
  const form = decodeForm('__proto__[polluted]=1&constructor[prototype][polluted]=1')
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(Object.keys(form)).toEqual(['__proto__', 'constructor'])
})

test('what the encoding of the SDK sends comes back', () => {
  const name = fc.stringMatching(/^[a-z_]{1,8}$/)
  const leaf = fc.string({ maxLength: 12 })
  const { tree } = fc.letrec<{ tree: FormObject }>((tie) => ({
    tree: fc.dictionary(name, fc.oneof({ maxDepth: 4 }, leaf, tie('tree')) as fc.Arbitrary<FormValue>, {
      minKeys: 1,
      maxKeys: 4,
    }),
  }))
  fc.assert(
    fc.property(tree, (form) => {
      expect(plain(decodeForm(encode(form)))).toEqual(plain(form))
    }),
  )
})

test('any text is decoded or refused, never a crash', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '[', ']', '=', '&', '%', '0', '5', 'B', '+', '_'),
  })
  fc.assert(
    fc.property(text, (given) => {
      try {
        decodeForm(given)
      } catch (error) {
        expect(error).toBeInstanceOf(StripeError)
      }
    }),
    { numRuns: 2000 },
  )
})

function encode(value: FormValue, path = ''): string {
  if (typeof value === 'string') return `${encodeURIComponent(path)}=${encodeURIComponent(value)}`
  return Object.entries(value)
    .map(([name, member]) => encode(member, path === '' ? name : `${path}[${name}]`))
    .join('&')
}
