import { once } from 'node:events'
import type { ConfirmationId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import { openHome } from '../home.ts'
import { createStripe } from '../integrations/stripe/stripe.ts'
import type { Calls } from './calls.ts'
import { runCall } from './run-call.ts'
import { DEVICE } from './test-calls.ts'

/** What one node of a race tells: what its calls were answered, and under which keys it sent. */
export interface Raced {
  answers: string[]
  keys: string[]
}

/**
 * One node of a race, as a process of its own: calls each confirmation that it is told of, all at once. Its wire
 * counts and answers, and knows nothing of keys: a second sending would be a second effect. For tests alone.
 */
const [folder = '', now = ''] = process.argv.slice(2)
const keys: string[] = []
const stripe = await createStripe({
  send(_request, { idempotencyKey }) {
    keys.push(idempotencyKey ?? 'none')
    return Promise.resolve({
      kind: 'answer',
      status: 200,
      body: { id: `cus_${process.pid}x${keys.length}`, object: 'customer', livemode: false },
      requestId: undefined,
      replayed: false,
      shouldRetry: undefined,
      retryAfterSeconds: undefined,
    })
  },
  close: () => Promise.resolve(),
})
const home = await openHome(folder, {})
const calls: Calls = {
  context: { ...home.context, now: () => Number(now) },
  integrations: [stripe],
  connections: home.connections,
  originOf: () => 'http://127.0.0.1',
  publicUrl: 'http://127.0.0.1:4747',
  node: `node_${process.pid}`,
  sleep: () => new Promise(() => undefined),
  isShuttingDown: () => false,
  inFlight: new Map(),
  reconciling: new Map(),
  log: () => undefined,
}

async function answerTo(confirmation: ConfirmationId): Promise<string> {
  try {
    const { stored } = await runCall(calls, DEVICE, { tool: 'stripe_create_customer', confirmation })
    return stored === true ? 'stored' : 'sent'
  } catch (error) {
    return error instanceof Problem ? error.code : String(error)
  }
}

process.send?.('ready')
for (;;) {
  const [message] = (await once(process, 'message')) as [ConfirmationId[]]
  if (message.length === 0) break
  const answers = await Promise.all(message.map(answerTo))
  process.send?.({ answers, keys: keys.splice(0) } satisfies Raced)
}
await home.close()
process.disconnect?.()
