import * as z from 'zod/mini'
import { isObject, problem, toToolResult, type Answer, type Body } from './answer.ts'
import { callTool } from './gate/call-tool.ts'
import type { GateDeps } from './gate/gate.ts'
import type { Tool } from './openclaw-api.ts'
import type { Pairing } from './pairing.ts'
import { AGENT_TOOLS, PAIRING_TOOLS, type AgentTool, type ToolCard } from './tool-table.ts'

/** A hub may wait for a person, and for Stripe after that. */
const EXECUTION_TIMEOUT_MS = 150_000

/**
 * In front of the model at all times: what every piece of work needs. Behind Tool Search each answer would come wrapped
 * and escaped, which costs more than these few lines of schema.
 */
const ALWAYS_SHOWN = new Set([
  'clawlink_search_tools',
  'clawlink_describe_tool',
  'clawlink_preview_tool',
  'clawlink_call_tool',
  'clawlink_get_confirmation',
])

/** Their answers hold text that others wrote: names, descriptions, notes in Stripe. */
const WITH_TEXT_OF_OTHERS = new Set([
  'clawlink_preview_tool',
  'clawlink_call_tool',
  'clawlink_get_confirmation',
])

type Run = (callId: string, params: Body, signal?: AbortSignal) => Promise<Answer>

/** Every tool of the hub, and the two with which this gateway is paired. */
export function createTools(deps: GateDeps, pairing: Pairing): Tool[] {
  const runs: Record<string, Run> = {
    clawlink_begin_pairing: (_callId, params) => beginPairing(pairing, params),
    clawlink_get_pairing_status: () => pairing.status(),
    clawlink_call_tool: (...call) => callTool(deps, ...call),
  }
  return [
    ...PAIRING_TOOLS.map((card) => toTool(card, runs[card.name])),
    ...AGENT_TOOLS.map((card) => toTool(card, runs[card.name] ?? askHub(deps, card))),
  ]
}

function askHub({ hub }: GateDeps, card: AgentTool): Run {
  return (_callId, params, signal) => hub.ask(card, params, signal)
}

function toTool(card: ToolCard, run: Run | undefined): Tool {
  if (run === undefined) throw new Error(`${card.name} does nothing`)
  return {
    name: card.name,
    label: card.label,
    description: card.description,
    parameters: card.parameters,
    getExecutionTimeoutMs: () => EXECUTION_TIMEOUT_MS,
    ...(ALWAYS_SHOWN.has(card.name) ? { catalogMode: 'direct-only' as const } : {}),
    ...(WITH_TEXT_OF_OTHERS.has(card.name) ? { resultContentSource: 'network' as const } : {}),
    async execute(callId, params, signal) {
      // What the fields must be, the hub checks: here they are only passed on.
      if (!isObject(params)) return toToolResult(notAnObject(card.name))
      return toToolResult(await run(callId, params, signal))
    },
  }
}

const BeginPairing = z.strictObject({
  deviceLabel: z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(80))),
})

async function beginPairing(pairing: Pairing, params: Body): Promise<Answer> {
  const input = BeginPairing.safeParse(params)
  if (input.success) return pairing.begin(input.data.deviceLabel)
  return problem(
    'invalid_params',
    `The input of clawlink_begin_pairing is not right: ${z.prettifyError(input.error)}`,
    'Give deviceLabel (1 to 80 characters) or nothing.',
  )
}

function notAnObject(name: string): Answer {
  return problem(
    'invalid_params',
    `The input of ${name} is an object.`,
    'Give it as the schema of this tool says.',
  )
}
