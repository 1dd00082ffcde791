import type { Kind, View } from '../store/kind.ts'
import { inPath, missing } from '../wire/lookup.ts'

/** A time of its own for the customers that live on it. */
export interface TestClock {
  id: string
  created: number
  deleted: boolean
  deletes_after: number
  frozen_time: number
  name: string | null
  /** Where it is on its way to; null when it stands. */
  target_frozen_time: number | null
}

export const testClocks: Kind<TestClock> = {
  table: 'test_clocks',
  type: 'TestHelpers.TestClock',
  prefix: 'clock_',
  idLength: 24,
  noun: 'test clock',
  indexes: [],
  isDeleted: (clock) => clock.deleted,
  format: (clock, view) => ({
    id: clock.id,
    object: 'test_helpers.test_clock',
    created: clock.created,
    deletes_after: clock.deletes_after,
    frozen_time: clock.frozen_time,
    livemode: view.livemode,
    name: clock.name,
    status: clock.target_frozen_time === null ? 'ready' : 'advancing',
    status_details:
      clock.target_frozen_time === null
        ? {}
        : { advancing: { target_frozen_time: clock.target_frozen_time } },
  }),
}

/** @throws StripeError 404 when there is none, or none any more */
export function livingClock(view: View, id: string): TestClock {
  const clock = inPath(view, testClocks, id)
  if (clock.deleted) throw missing(testClocks, id, { param: 'id', status: 404 })
  return clock
}
