import { customers } from '../customers/customer.ts'
import type { Json, JsonObject } from '../store/json.ts'
import type { View } from '../store/kind.ts'
import type { KindIndex } from '../wire/expand.ts'
import { testClocks } from './test-clock.ts'

/** The time of this customer: its test clock's, or the sandbox's own. */
export function nowFor(view: View, customer: string | null | undefined): number {
  const clock = clockOf(view, customer)
  return (clock === null ? undefined : view.get(testClocks, clock)?.frozen_time) ?? view.now
}

/** The test clock that the customer lives on. */
export function clockOf(view: View, customer: string | null | undefined): string | null {
  return (customer == null ? undefined : view.get(customers, customer)?.test_clock) ?? null
}

/** How objects without a customer of their own lead to one: an item to its subscription, a refund to its charge. */
const leadingToCustomer = ['customer', 'subscription', 'invoice', 'payment_intent', 'charge'] as const
const MAX_STEPS = 4

/** The time at which a request happens: that of the customer whom it concerns. */
export function nowForRequest(
  view: View,
  kinds: KindIndex,
  request: { path: Readonly<Record<string, string>>; params: Readonly<Record<string, Json>> },
): number {
  // Without clocks, which is nearly always, there is nothing to follow.
  if (view.rows(testClocks).length === 0) return view.now
  const { test_clock: clock } = request.params
  if (typeof clock === 'string') return view.get(testClocks, clock)?.frozen_time ?? view.now
  for (const id of Object.values(request.path)) {
    const customer = customerBehind(view, kinds, id, '', MAX_STEPS)
    if (customer !== undefined) return nowFor(view, customer)
  }
  return nowFor(view, customerNamed(view, kinds, request.params, MAX_STEPS))
}

function customerNamed(view: View, kinds: KindIndex, members: JsonObject, steps: number): string | undefined {
  for (const name of leadingToCustomer) {
    const id = members[name]
    const customer = typeof id === 'string' ? customerBehind(view, kinds, id, name, steps) : undefined
    if (customer !== undefined) return customer
  }
  return undefined
}

function customerBehind(
  view: View,
  kinds: KindIndex,
  id: string,
  member: string,
  steps: number,
): string | undefined {
  const kind = kinds(id, member)
  const entity = kind && view.get(kind, id)
  if (!kind || !entity || steps === 0) return undefined
  if (kind.table === customers.table) return id
  // Entities are plain data; which of these members one has, it tells itself.
  return customerNamed(view, kinds, entity as unknown as JsonObject, steps - 1)
}
