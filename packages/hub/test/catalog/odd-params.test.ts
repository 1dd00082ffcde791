import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { loadDefinitions } from '@clawlink/stripe-definitions'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCatalog, type Entry } from '../../src/integrations/stripe/catalog.ts'
import { CARDS, oddCalls } from '../support/odd-params.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

const CARD_DIGITS = CARDS.map((card) => card.replaceAll(/\D/g, ''))
const RUNS = 600

let hub: TestHub
let curated: Entry[]
let all: Entry[]

beforeAll(async () => {
  hub = await startTestHub()
  const catalog = createCatalog(await loadDefinitions())
  curated = catalog.curated
  all = [...catalog.curated, ...catalog.others]
})
afterAll(() => hub.stop())

test(
  'no params, however odd, cause a 5xx, a write on the wire, or a card number in what the hub keeps',
  { timeout: 300_000 },
  async () => {
    let accepted = 0
    await fc.assert(
      fc.asyncProperty(fc.oneof(oddCalls(curated), oddCalls(all)), async ({ entry, params }) => {
        for (const reply of [
          await hub.device.preview(entry.tool.name, params),
          await hub.device.call(entry.tool.name, { params }),
        ]) {
          const text = JSON.stringify(reply.body)
          // What the sandbox does not have it answers with 501: the provider's failure, and not the hub's.
          if (reply.status >= 500)
            expect(reply.body.error, text).toMatchObject({
              code: 'provider_unavailable',
              stripe: { status: 501 },
            })
          if (reply.status === 200) accepted += 1
          else
            expect(reply.body.error, text).toMatchObject({
              code: expect.any(String),
              message: expect.any(String),
            })
        }
        expect(hub.wire.writes()).toEqual([])
      }),
      { numRuns: RUNS, endOnFailure: true },
    )
    expect(accepted, 'some params were right, or nothing behind the check was tried').toBeGreaterThan(
      RUNS / 20,
    )
    const kept = filesIn(hub.home).map((file) => readFileSync(file, 'latin1'))
    for (const text of kept) {
      for (const card of [...CARDS, ...CARD_DIGITS]) expect(text.includes(card), card).toBe(false)
    }
  },
)

function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
