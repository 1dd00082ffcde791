import { operationById } from '@clawlink/stripe-definitions'
import type { Definitions } from '@clawlink/stripe-definitions'
import type { Family, Route } from '../route.ts'

/**
 * All routes by operation id.
 *
 * @throws Error when a route names an operation that Stripe does not have, or is there twice
 */
export function routeTable(definitions: Definitions, families: readonly Family[]): Map<string, Route> {
  const table = new Map<string, Route>()
  for (const route of families.flatMap((family) => family.routes)) {
    operationById(definitions, route.operation)
    if (table.has(route.operation)) throw new Error(`two routes answer ${route.operation}`)
    table.set(route.operation, route)
  }
  return table
}
