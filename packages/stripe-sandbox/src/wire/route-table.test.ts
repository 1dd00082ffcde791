import { loadDefinitions, operationById } from '@clawlink/stripe-definitions'
import { expect, test } from 'vitest'
import { cards } from '../sources/card.ts'
import { allKinds, families } from '../families.ts'
import { paramsInVersion } from './versions.ts'
import { withUndocumented } from './operations.ts'
import { routeTable } from './route-table.ts'

test('every supported parameter is one that Stripe has', async () => {
  const definitions = withUndocumented(await loadDefinitions())
  const unknown = families
    .flatMap((family) => family.routes)
    .flatMap((route) => {
      const operation = operationById(definitions, route.operation)
      const known = paramsInVersion(operation, '2020-08-27').properties ?? {}
      return route.supports
        .filter((name) => known[name] === undefined)
        .map((name) => `${route.operation} ${name}`)
    })
  expect(unknown).toEqual([])
})

test('an operation is answered by one route, and must exist', async () => {
  const definitions = withUndocumented(await loadDefinitions())
  const [family] = families
  if (!family) throw new Error('no families')
  expect(() => routeTable(definitions, [family, family])).toThrow(/two routes answer/)
  const misspelt = { kinds: [], routes: [{ operation: 'customers.creat', supports: [], handle: () => ({}) }] }
  expect(() => routeTable(definitions, [misspelt])).toThrow(/customers\.creat/)
})

test('kinds have tables and prefixes of their own', () => {
  const unique = (values: readonly (string | undefined)[]) => {
    const given = values.filter((value) => value !== undefined)
    expect(new Set(given).size).toBe(given.length)
  }
  // A card is a payment method in its older shape.
  unique(allKinds.filter((kind) => kind !== cards).map((kind) => kind.table))
  unique(allKinds.map((kind) => kind.prefix))
})
