import type { JsonSchema } from '@clawlink/stripe-definitions'
import * as fc from 'fast-check'
import type { Entry } from '../../src/integrations/stripe/catalog.ts'

/** Test numbers of four networks, in the spellings that people use. */
export const CARDS = [
  '4242424242424242',
  '4242 4242 4242 4242',
  '5555-5555-5555-4444',
  '378282246310005',
  '6011.1111.1111.1117',
]
const oddValue = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...CARDS,
    '',
    null,
    -1,
    0,
    1e21,
    2 ** 53,
    '<id>',
    'cus_123',
    '../../v1/account',
    { value: '50.00', currency: 'usd' },
    { value: '1e9', currency: 'zzz' },
    { toString: 'x' },
    [[[[[[]]]]]],
    '\u202E\u0000',
    'x'.repeat(5_000),
  ),
)

/** Values that fit the schema now and then, so that the check goes on to what lies behind. */
function likely(schema: JsonSchema | undefined, depth = 0): fc.Arbitrary<unknown> {
  const parts = [schema, ...(schema?.anyOf ?? [])].filter((part) => part !== undefined)
  const fitting = parts.flatMap((part): Array<fc.Arbitrary<unknown>> => {
    if (part.enum !== undefined) return [fc.constantFrom(...part.enum)]
    if (part.type === 'integer' || part.type === 'number') return [fc.integer({ min: -10, max: 100_000 })]
    if (part.type === 'boolean') return [fc.boolean()]
    if (part.type === 'string')
      return [fc.constantFrom('usd', 'cus_Ab12Cd34Ef56', 'some text', 'a@b.example')]
    if (part.items !== undefined && depth < 3)
      return [fc.array(likely(part.items, depth + 1), { maxLength: 2 })]
    if (part.properties !== undefined && depth < 3) return [paramsOf(part, depth + 1)]
    return []
  })
  return fc.oneof(
    { weight: 1, arbitrary: oddValue },
    ...fitting.map((arbitrary) => ({ weight: 4, arbitrary })),
  )
}

function paramsOf(schema: JsonSchema, depth = 0): fc.Arbitrary<Record<string, unknown>> {
  const properties = Object.entries(schema.properties ?? {}).filter(([name]) => name !== 'expand')
  const required = schema.required ?? []
  const optional = properties.filter(([name]) => !required.includes(name))
  const known = fc
    .subarray(optional, { maxLength: Math.min(4, optional.length) })
    .chain((chosen) =>
      fc.record(
        Object.fromEntries(
          [...properties.filter(([name]) => required.includes(name)), ...chosen].map(([name, property]) => [
            name,
            likely(property, depth),
          ]),
        ),
      ),
    )
  const unknown = fc.dictionary(fc.string({ maxLength: 12 }), oddValue, { maxKeys: 1 })
  return fc.tuple(known, fc.option(unknown, { nil: {}, freq: 4 })).map(([a, b]) => ({ ...a, ...b }))
}

/** A tool, and params for it that are odd, or right, or right but for something. */
export function oddCalls(entries: Entry[]): fc.Arbitrary<{ entry: Entry; params: Record<string, unknown> }> {
  return fc
    .nat()
    .map((index) => entries[index % entries.length] as Entry)
    .chain((entry) => fc.record({ entry: fc.constant(entry), params: paramsOf(entry.schema) }))
}
