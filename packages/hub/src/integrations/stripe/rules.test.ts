import { expect, test } from 'vitest'
import type { Params } from '../define.ts'
import { checkRules, sayRule, type Rule } from './rules.ts'

test.each<[Rule, string, Params[], Params[]]>([
  [{ exactlyOne: ['a', 'b'] }, 'Exactly one of a and b.', [{ a: 1 }, { b: 1 }], [{}, { a: 1, b: 1 }]],
  [{ atLeastOne: ['a', 'b'] }, 'At least one of a and b.', [{ a: 1 }, { a: 1, b: 2 }], [{}]],
  [{ atMostOne: ['a', 'b', 'c'] }, 'Only one of a, b and c.', [{}, { c: 1 }], [{ a: 1, c: 1 }]],
  [{ when: 'a', needs: ['b'] }, 'a needs b.', [{}, { a: 1, b: 1 }], [{ a: false }]],
  [
    { when: 'a', is: 'x', needs: ['b', 'c'] },
    'a: "x" needs b and c.',
    [{ a: 'y' }, { a: 'x', b: 1, c: 1 }],
    [{ a: 'x', b: 1 }],
  ],
  [
    { when: 'a', is: true, excludes: ['b'] },
    'a: true does not go with b.',
    [{ a: true }, { b: 1 }],
    [{ a: true, b: 1 }],
  ],
  [
    { param: 'a', min: 1, max: 3 },
    'a is from 1 to 3.',
    [{}, { a: 1 }, { a: 3 }, { a: 'x' }],
    [{ a: 0 }, { a: 4 }],
  ],
  [{ param: 'a', min: 1 }, 'a is at least 1.', [{ a: 99 }], [{ a: -1 }]],
  [{ param: 'a', max: 1 }, 'a is at most 1.', [{ a: -5 }], [{ a: 2 }]],
  [
    { exactlyOne: ['a.b', 'c'] },
    'Exactly one of a.b and c.',
    [{ a: { b: 1 } }, { a: {}, c: 1 }],
    [{ a: { b: 1 }, c: 1 }, { a: 'b' }],
  ],
])('%j', (rule, sentence, fine, broken) => {
  expect(sayRule(rule)).toBe(sentence)
  for (const params of fine) expect(checkRules([rule], params), JSON.stringify(params)).toEqual([])
  for (const params of broken)
    expect(checkRules([rule], params), JSON.stringify(params)).toMatchObject([{ message: sentence }])
})

test('a path does not reach into a prototype', () => {
  expect(checkRules([{ atMostOne: ['constructor.name', 'a'] }], { a: 1 })).toEqual([])
})
