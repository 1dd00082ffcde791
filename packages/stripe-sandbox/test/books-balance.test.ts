import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkBooks } from './books/invariants.ts'
import { openShop, perform, step } from './books/operations.ts'

/** Each seed is another set of histories, and the same one every time. */
const SEEDS = [1, 2, 3, 4, 5]
const RUNS_PER_SEED = 60
const MAX_STEPS = 140
/** Those that found something to do: 10,000 in all. */
const LEAST_OPERATIONS_PER_SEED = 2000

test.each(SEEDS)(
  'whatever a business does, its books balance: seed %i',
  async (seed) => {
    let operations = 0
    const history = fc.array(step, { minLength: 1, maxLength: MAX_STEPS, size: 'max' })
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const world = await openShop(seed)
        try {
          for (const action of steps) if (await perform(world, action)) operations += 1
          await checkBooks(world)
        } finally {
          await world.sandbox.close()
        }
      }),
      { seed, numRuns: RUNS_PER_SEED },
    )
    process.stdout.write(`books: seed ${seed}, ${operations} operations\n`)
    expect(operations).toBeGreaterThan(LEAST_OPERATIONS_PER_SEED)
  },
  120_000,
)
