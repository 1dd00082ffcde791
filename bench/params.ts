import { loadDefinitions } from '@clawlink/stripe-definitions'
import * as fc from 'fast-check'
import { createCatalog } from '../packages/hub/src/integrations/stripe/catalog.ts'
import { createStripe } from '../packages/hub/src/integrations/stripe/stripe.ts'
import { createSender } from '../packages/hub/src/integrations/stripe/wire/send.ts'
import { oddCalls } from '../packages/hub/test/support/odd-params.ts'
import type { Figures } from './run.ts'

const CALLS = 20_000
const SEED = 20_261_127

/** How long the strict check of odd params takes, at the median and at the worst: nothing may hold up the hub. */
export async function params(): Promise<Figures> {
  const { curated, others } = createCatalog(await loadDefinitions())
  const stripe = await createStripe(createSender([]))
  const times: number[] = []
  let refused = 0
  for (const { entry, params: odd } of fc.sample(oddCalls([...curated, ...others]), {
    numRuns: CALLS,
    seed: SEED,
  })) {
    const started = performance.now()
    try {
      stripe.checkParams(entry.card, odd)
    } catch {
      refused += 1
    }
    times.push(performance.now() - started)
  }
  times.sort((a, b) => a - b)
  return {
    calls: CALLS,
    refused,
    check_ms_median: Number((times[CALLS / 2] ?? 0).toFixed(3)),
    check_ms_worst: Number((times.at(-1) ?? 0).toFixed(1)),
  }
}
