import { customers } from '../customers/customer.ts'
import { deleteCustomer } from '../customers/delete-customer.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { listPage } from '../wire/lists.ts'
import type { ListParams } from '../wire/lists.ts'
import { inParam } from '../wire/lookup.ts'
import { advanceClock } from './advance-clock.ts'
import { livingClock, testClocks } from './test-clock.ts'
import type { TestClock } from './test-clock.ts'

interface CreateTestClock {
  customer?: string
  frozen_time: number
  name?: string
}

/** As Stripe says of its clocks. */
const KEPT_SECONDS = 30 * 24 * 60 * 60

export const testClockFamily: Family = {
  kinds: [testClocks],
  routes: [
    route<CreateTestClock>(
      'testHelpers.testClocks.create',
      ['customer', 'frozen_time', 'name'],
      ({ tx, params }) => testClocks.format(createClock(tx, params), tx),
    ),
    route('testHelpers.testClocks.retrieve', [], ({ tx, id }) => testClocks.format(livingClock(tx, id), tx)),
    route<ListParams>(
      'testHelpers.testClocks.list',
      ['limit', 'starting_after', 'ending_before'],
      ({ tx, params, url }) => listPage(tx, testClocks, { url, params }),
    ),
    route<{ frozen_time: number }>('testHelpers.testClocks.advance', ['frozen_time'], ({ tx, id, params }) =>
      advanceClock(tx, livingClock(tx, id), params.frozen_time),
    ),
    // Takes its customers along, as at Stripe.
    route('testHelpers.testClocks.del', [], ({ tx, id }) => {
      const clock = livingClock(tx, id)
      for (const { entity } of tx.rows(customers, 'test_clock', id)) {
        if (!entity.deleted) deleteCustomer(tx, entity)
      }
      tx.emit('test_helpers.test_clock.deleted', testClocks, clock)
      tx.put(testClocks, { ...clock, deleted: true })
      return { id, object: 'test_helpers.test_clock', deleted: true }
    }),
  ],
}

/** @throws StripeError 400 in live mode, for a time that is none and for a customer that already has a clock */
function createClock(tx: Transaction, params: CreateTestClock): TestClock {
  if (tx.livemode) throw invalidRequest('Test clocks can only be used in test mode.', { stored: false })
  if (params.frozen_time < 0)
    throw invalidParam('frozen_time', 'Invalid timestamp: must be an integer Unix time.')
  const clock = tx.put(testClocks, {
    id: tx.newId(testClocks),
    created: tx.now,
    deleted: false,
    deletes_after: tx.now + KEPT_SECONDS,
    frozen_time: params.frozen_time,
    name: params.name ?? null,
    target_frozen_time: null,
  })
  if (params.customer !== undefined) {
    const customer = inParam(tx, customers, params.customer, 'customer')
    if (customer.test_clock != null) {
      throw invalidParam('customer', `The customer ${customer.id} already belongs to a test clock.`)
    }
    tx.put(customers, { ...customer, test_clock: clock.id })
  }
  tx.emit('test_helpers.test_clock.created', testClocks, clock)
  return clock
}
