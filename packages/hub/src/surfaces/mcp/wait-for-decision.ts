import { z } from 'zod'
import { agentEndpoint } from '../agent-endpoints.ts'
import type { McpHost, Outcome } from './host.ts'

/** Tells the client that its request is still being worked on, so that it goes on waiting. */
export type Progress = (progress: { done: number; total: number; message: string }) => Promise<void>

/** How often a client that waits hears of it, and how soon a wait notices that nobody waits any more. */
const SLICE_SECONDS = 5

const Waiting = z.looseObject({ state: z.enum(['pending', 'sending', 'reconciling']) })

/** Asks the hub again and again until a person has decided, a result is there, or the time is over. */
export async function waitForDecision(
  host: McpHost,
  confirmation: string,
  seconds: number,
  { signal, progress }: { signal: AbortSignal; progress: Progress },
): Promise<Outcome> {
  const began = host.now()
  // Where it stands now comes first: a client that waits hears at once that it does.
  let asked = 0
  for (;;) {
    signal.throwIfAborted()
    const before = host.now()
    const input = { confirmation, wait_seconds: asked }
    const outcome = await host.run(agentEndpoint('clawlink_get_confirmation'), input, signal)
    if (!outcome.ok || !Waiting.safeParse(outcome.answer).success) return outcome
    const elapsed = (host.now() - began) / 1000
    // A hub that is shutting down answers at once; it is not asked again.
    const isCutShort = host.now() - before < (asked * 1000) / 2
    if (elapsed >= seconds || isCutShort) return outcome
    await progress({
      done: Math.floor(elapsed),
      total: seconds,
      message: 'Waiting for a person to decide on the hub.',
    })
    asked = Math.min(SLICE_SECONDS, Math.ceil(seconds - elapsed))
  }
}
