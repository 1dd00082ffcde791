import { customers } from '../customers/customer.ts'
import { prices } from '../prices/price.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import { addCycles } from '../subscriptions/periods.ts'
import type { Cycle } from '../subscriptions/periods.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import { invalidParam } from '../wire/errors.ts'
import { runDueWork } from './run-due-work.ts'
import { testClocks } from './test-clock.ts'
import type { TestClock } from './test-clock.ts'

/** Stripe's own bounds: so many periods of the shortest subscription, or years where there is none. */
const MAX_INTERVALS = 2
const YEARLY: Cycle = { interval: 'year', interval_count: 1 }

/**
 * Moves the clock and does what falls due for its customers. As at Stripe the answer is a clock on its way; here it
 * has arrived when the answer does.
 *
 * @throws StripeError 400 for a time that is not ahead, or too far
 */
export function advanceClock(tx: Transaction, clock: TestClock, target: number): JsonObject {
  if (target <= clock.frozen_time) {
    throw invalidParam(
      'frozen_time',
      `The frozen_time must be after the test clock's current frozen_time (${clock.frozen_time}).`,
    )
  }
  if (target > furthestOf(tx, clock)) {
    throw invalidParam(
      'frozen_time',
      'The frozen_time cannot be more than two intervals in the future from the shortest subscription on the test ' +
        'clock, or two years where it has none.',
    )
  }
  const advancing = tx.put(testClocks, { ...clock, target_frozen_time: target })
  tx.emit('test_helpers.test_clock.advancing', testClocks, advancing)
  const answer = testClocks.format(advancing, tx)
  runDueWork(tx, target, clock.id)
  tx.now = target
  const ready = tx.put(testClocks, { ...clock, frozen_time: target, target_frozen_time: null })
  tx.emit('test_helpers.test_clock.ready', testClocks, ready)
  return answer
}

function furthestOf(tx: Transaction, clock: TestClock): number {
  const cycles = tx
    .rows(customers, 'test_clock', clock.id)
    .flatMap(({ entity }) => tx.rows(subscriptions, 'customer', entity.id))
    .filter(({ entity }) => !isOver(entity))
    .flatMap(({ entity }) => itemsOf(tx, entity.id))
    .flatMap(({ price }) => tx.get(prices, price)?.recurring ?? [])
  const ends = cycles.map((cycle) => addCycles(clock.frozen_time, cycle, MAX_INTERVALS))
  return Math.min(addCycles(clock.frozen_time, YEARLY, MAX_INTERVALS), ...ends)
}
