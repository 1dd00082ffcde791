import { z } from 'zod'
import type { DeviceActor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import { answerOf } from '../calls/answer-of.ts'
import { runCall } from '../calls/run-call.ts'
import { findTool, integrationOf } from '../calls/calls.ts'
import { leastForCall } from '../calls/policy-for-call.ts'
import { previewCall } from '../calls/preview-call.ts'
import { stateAt } from '../confirmations/reducer.ts'
import { loadConfirmation } from '../confirmations/store.ts'
import { viewConfirmation } from '../confirmations/view.ts'
import type { ToolCard } from '../integrations/define.ts'
import { readPolicy } from '../policy/policies.ts'
import { deviceEndpoint, type DeviceEndpoint } from './endpoint.ts'
import type { Hub } from './hub.ts'

const DEFAULT_PAGE = 100
const DEFAULT_HITS = 5
/** Below the minute after which proxies and clients give up. */
const MAX_WAIT_SECONDS = 50
const WAIT_STEP_MS = 200

const name = z.string().min(1).max(120)
const params = z.record(z.string(), z.unknown())
const text = z.string().optional()
const list = z.array(z.unknown()).optional()

/** `arguments` is what some agents call params. Never both. */
const withArguments = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.preprocess((given: unknown) => {
    if (typeof given !== 'object' || given === null || !('arguments' in given) || 'params' in given)
      return given
    const { arguments: alias, ...rest } = given
    return { ...rest, params: alias }
  }, z.strictObject(shape))

/** What agents can do: the plugin, MCP and the CLI offer exactly these. */
export const agentEndpoints: DeviceEndpoint[] = [
  deviceEndpoint({
    name: 'clawlink_list_integrations',
    method: 'GET',
    path: '/integrations',
    summary: 'Integrations with their connections: alias, account, mode, state.',
    input: z.strictObject({}),
    output: z.looseObject({ integrations: list }),
    async run(hub, actor) {
      const connections = await visibleConnections(hub, actor)
      return {
        integrations: hub.calls.integrations.map((integration) => ({
          integration: integration.id,
          name: integration.name,
          connections: connections
            .filter((connection) => connection.integration === integration.id)
            .map((connection) => ({
              alias: connection.alias,
              account: connection.account,
              account_name: connection.displayName,
              mode: connection.mode,
              state: connection.state,
              default: connection.isDefault,
              ...(connection.kind === 'sandbox' ? { sandbox: true } : {}),
              ...(connection.stateReason === null ? {} : { reason: connection.stateReason }),
            })),
          connect_url: `${hub.publicUrl}/dashboard?add=${integration.id}`,
        })),
      }
    },
  }),

  deviceEndpoint({
    name: 'clawlink_list_tools',
    method: 'GET',
    path: '/tools',
    summary: 'The live catalog of tools: name, one line, mode, effect, by group.',
    input: z.strictObject({
      integration: name.optional(),
      group: name.optional(),
      cursor: name.optional(),
      limit: z.int().min(1).max(200).default(DEFAULT_PAGE),
    }),
    output: z.looseObject({ groups: list, next_cursor: text }),
    async run(hub, _actor, input) {
      const all = (
        input.integration === undefined
          ? hub.calls.integrations
          : [integrationOf(hub.calls, input.integration)]
      )
        .flatMap((integration) => integration.tools)
        .filter((tool) => input.group === undefined || tool.group.toLowerCase() === input.group.toLowerCase())
      const start = input.cursor === undefined ? 0 : all.findIndex((tool) => tool.name === input.cursor)
      if (start === -1)
        throw new Problem('invalid_params', 'The cursor is not one that a list of tools answered.')
      const page = all.slice(start, start + input.limit)
      const next = all[start + input.limit]
      return {
        groups: [...Map.groupBy(page, (tool) => tool.group)].map(([group, tools]) => ({
          group,
          tools: tools.map(listed),
        })),
        ...(next === undefined ? {} : { next_cursor: next.name }),
      }
    },
  }),

  deviceEndpoint({
    name: 'clawlink_search_tools',
    method: 'GET',
    path: '/tools/search',
    summary: 'The best tools for a few words, curated ones first.',
    input: z.strictObject({
      query: z.string().trim().min(1).max(200),
      integration: name.optional(),
      limit: z.int().min(1).max(20).default(DEFAULT_HITS),
    }),
    output: z.looseObject({ tools: list }),
    async run(hub, _actor, input) {
      const integrations =
        input.integration === undefined
          ? hub.calls.integrations
          : [integrationOf(hub.calls, input.integration)]
      const tools = integrations
        .flatMap((integration) => integration.search(input.query, input.limit))
        .slice(0, input.limit)
      return {
        tools: tools.map((tool) => ({ group: tool.group, ...listed(tool) })),
        ...(tools.length === 0
          ? { next_step: 'Nothing fits these words: try others, or call clawlink_list_tools.' }
          : {}),
      }
    },
  }),

  deviceEndpoint({
    name: 'clawlink_describe_tool',
    method: 'GET',
    path: '/tools/{tool}',
    summary: 'Guidance, schema, effect and the assurance a call needs.',
    input: z.strictObject({ tool: name, full: z.boolean().default(false) }),
    output: z.looseObject({ params: params.optional(), needs: list }),
    async run(hub, actor, input) {
      const { card } = findTool(hub.calls, input.tool)
      const policy = await readPolicy(hub.context.storage.db, actor.workspace)
      const connections = await visibleConnections(hub, actor)
      return {
        tool: card.name,
        group: card.group,
        description: card.description,
        mode: card.mode,
        effect: card.effect,
        needs: connections
          .filter((connection) => connection.integration === card.integration)
          .map((connection) => {
            const decision = leastForCall(policy, actor, card, connection, hub.context.now())
            return {
              connection: connection.alias,
              mode: connection.mode,
              assurance: decision.ok ? decision.assurance : 'blocked',
            }
          }),
        ...guidanceOf(card),
        params: card.schema({ full: input.full }),
        ...(input.full ? {} : { note: 'params shows the usual ones; full: true shows all.' }),
      }
    },
  }),

  deviceEndpoint({
    name: 'clawlink_preview_tool',
    method: 'POST',
    path: '/preview',
    summary: 'What a write would do, and the confirmation to call it with. Changes nothing.',
    input: withArguments({
      tool: name,
      params: params.default({}),
      connection: name.optional(),
      note: z.string().max(2_000).optional(),
    }),
    output: z.looseObject({ confirmation: text, state: text, summary: text, approval_url: text }),
    run: (hub, actor, input) => previewCall(hub.calls, actor, input),
  }),

  deviceEndpoint({
    name: 'clawlink_call_tool',
    method: 'POST',
    path: '/call',
    summary: 'Runs a tool. A write needs the confirmation of its preview, approved as the policy asks.',
    input: withArguments({
      tool: name,
      params: params.optional(),
      connection: name.optional(),
      confirmation: name.optional(),
      view: z.enum(['compact', 'full']).optional(),
      fields: z.array(name).min(1).max(50).optional(),
    }),
    output: z.looseObject({ result: z.unknown().optional(), confirmation: text }),
    run: (hub, actor, input) => runCall(hub.calls, actor, input),
  }),

  deviceEndpoint({
    name: 'clawlink_get_confirmation',
    method: 'GET',
    path: '/confirmations/{confirmation}',
    summary: 'Where a confirmation stands; waits for a decision or a result if asked to.',
    input: z.strictObject({
      confirmation: name,
      wait_seconds: z.int().min(0).max(MAX_WAIT_SECONDS).default(0),
    }),
    output: z.looseObject({ state: text, outcome: params.optional(), problem: params.optional() }),
    async run(hub, actor, input) {
      const { now } = hub.context
      const deadline = now() + input.wait_seconds * 1000
      for (;;) {
        const confirmation = await loadConfirmation(
          hub.context.storage.db,
          actor.workspace,
          input.confirmation,
        )
        if (confirmation.intent.device !== actor.deviceId) throw confirmationNotFound()
        const state = stateAt(confirmation.progress, now())
        const waits = state === 'pending' || state === 'sending' || state === 'reconciling'
        if (!waits || now() >= deadline || hub.calls.isShuttingDown()) {
          const integration = integrationOf(hub.calls, confirmation.intent.integration)
          return {
            ...viewConfirmation(confirmation, hub.publicUrl, now()),
            ...(state === 'succeeded' ? { outcome: answerOf(hub.calls, integration, confirmation, {}) } : {}),
            ...(confirmation.progress.outcome?.problem === undefined
              ? {}
              : { problem: confirmation.progress.outcome.problem }),
          }
        }
        await hub.calls.sleep(WAIT_STEP_MS)
      }
    },
  }),
]

export function agentEndpoint(called: string): DeviceEndpoint {
  const endpoint = agentEndpoints.find((one) => one.name === called)
  if (endpoint === undefined) throw new Error(`there is no endpoint ${called}`)
  return endpoint
}

/** Without the headings that have nothing under them: each costs every agent that reads it. */
function guidanceOf({ guidance, rules }: ToolCard): Record<string, unknown> {
  return Object.fromEntries(Object.entries({ ...guidance, rules }).filter(([, value]) => value.length > 0))
}

function listed(tool: ToolCard): { name: string; description: string; mode: string; effect: string } {
  return { name: tool.name, description: tool.description, mode: tool.mode, effect: tool.effect }
}

async function visibleConnections(hub: Hub, actor: DeviceActor) {
  const { connections } = actor.scope
  const all = await hub.calls.connections.list(actor.workspace)
  return all.filter((connection) => connections.some((id) => id === '*' || id === connection.id))
}

function confirmationNotFound(): Problem {
  return new Problem('confirmation_not_found', 'There is no such confirmation.', {
    nextStep: 'Make one with clawlink_preview_tool.',
  })
}
