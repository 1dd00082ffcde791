import {
  inputRequired,
  inputResponse,
  type CallToolResult,
  type InputRequiredResult,
} from '@modelcontextprotocol/server'
import { z } from 'zod'
import { asProblem } from '../../contract/problem.ts'
import { agentEndpoint } from '../agent-endpoints.ts'
import { parseInput, type DeviceEndpoint } from '../endpoint.ts'
import type { PairingTool } from '../pairing-tools.ts'
import type { McpHost, Outcome } from './host.ts'
import { waitForDecision, type Progress } from './wait-for-decision.ts'

/** What a call has of its client. */
export interface Caller {
  /** Aborted when the client has gone away or has cancelled the request. */
  signal: AbortSignal
  progress: Progress
  /** The client has said that it can show an address to its user. */
  opensUrls: boolean
  /** What the client brings along when it was asked to show one. It says what its user did there, and approves nothing. */
  inputResponses: Record<string, unknown> | undefined
}

/** Clients give up after a minute; a call that waits answers before. */
const DECISION_WAIT_SECONDS = 50
const ASKED = 'approval'

const Pending = z.object({
  error: z.object({
    code: z.literal('confirmation_pending'),
    confirmation: z.string(),
    approval_url: z.string(),
  }),
})

/** A call of a tool, from top to bottom. Whatever the hub says no to is a result that the model can read. */
export async function callTool(
  host: McpHost,
  tool: DeviceEndpoint | PairingTool,
  given: Record<string, unknown>,
  caller: Caller,
): Promise<CallToolResult | InputRequiredResult> {
  let input: unknown
  try {
    input = parseInput<unknown>(tool, given)
  } catch (error) {
    return resultOf({ ok: false, problem: asProblem(error).toWire() })
  }
  if (!('path' in tool)) return resultOf(await host.pair(tool, input as { deviceLabel?: string }))

  if (tool.name === 'clawlink_get_confirmation') {
    const { confirmation, wait_seconds: seconds } = input as { confirmation: string; wait_seconds: number }
    return resultOf(await waitForDecision(host, confirmation, seconds, caller))
  }
  const outcome = await host.run(tool, input, caller.signal)
  const pending = outcome.ok ? undefined : Pending.safeParse(outcome.problem).data?.error
  if (pending === undefined || !caller.opensUrls) return resultOf(outcome)

  const asked = inputResponse(caller.inputResponses, ASKED)
  if (asked.kind !== 'elicit') return askForApproval(host, pending, caller.signal)
  if (asked.action !== 'accept') return resultOf(outcome)
  await waitForDecision(host, pending.confirmation, DECISION_WAIT_SECONDS, caller)
  // Whoever has gone away meanwhile is not there to see the result: nothing is begun for them.
  caller.signal.throwIfAborted()
  return resultOf(await host.run(tool, input, caller.signal))
}

/** Has the client show the page of this confirmation to its user; whether they approve there, the hub alone knows. */
async function askForApproval(
  host: McpHost,
  { confirmation, approval_url: url }: { confirmation: string; approval_url: string },
  signal: AbortSignal,
): Promise<InputRequiredResult> {
  const input = { confirmation, wait_seconds: 0 }
  const view = await host.run(agentEndpoint('clawlink_get_confirmation'), input, signal)
  const summary = view.ok
    ? z.looseObject({ summary: z.string() }).safeParse(view.answer).data?.summary
    : undefined
  const message = `A person has to approve this on the hub: ${summary ?? confirmation}`
  return inputRequired({ inputRequests: { [ASKED]: inputRequired.elicitUrl({ message, url }) } })
}

/** The same as structure and as text: older clients read the text alone. */
export function resultOf(outcome: Outcome): CallToolResult {
  const structured = outcome.ok ? outcome.answer : outcome.problem
  return {
    content: [{ type: 'text', text: JSON.stringify(structured) }],
    structuredContent: structured,
    ...(outcome.ok ? {} : { isError: true }),
  }
}
