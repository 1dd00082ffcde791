import { z } from 'zod'
import type { DeviceEndpoint } from '../endpoint.ts'
import { endpointOf } from './endpoint-of.ts'
import type { McpHost, Outcome } from './host.ts'

/** Tells the client that its request is still being worked on, so that it goes on waiting. */
export type Progress = (progress: { done: number; total: number; message: string }) => Promise<void>

/** How often a client that waits hears of it, and how soon a wait notices that nobody waits any more. */
const SLICE_SECONDS = 5
/** A hub that is shutting down answers at once; it is not asked again. */
const SHORTEST_SLICE_MS = 500

const Waiting = z.looseObject({ state: z.enum(['pending', 'sending', 'reconciling']) })

/** Asks the hub again and again until a person has decided, a result is there, or the time is over. */
export async function waitForDecision(
  host: McpHost,
  confirmation: string,
  seconds: number,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<Outcome> {
  const getConfirmation: DeviceEndpoint = endpointOf('clawlink_get_confirmation')
  const began = host.now()
  let done = 0
  for (;;) {
    signal.throwIfAborted()
    const asked = Math.min(SLICE_SECONDS, seconds - done)
    const before = host.now()
    const outcome = await host.run(getConfirmation, { confirmation, wait_seconds: asked }, signal)
    if (!outcome.ok || !Waiting.safeParse(outcome.answer).success) return outcome
    const elapsed = Math.floor((host.now() - began) / 1000)
    if (elapsed >= seconds || host.now() - before < SHORTEST_SLICE_MS) return outcome
    done = elapsed
    await progress({ done, total: seconds, message: 'Waiting for a person to decide on the hub.' })
  }
}
