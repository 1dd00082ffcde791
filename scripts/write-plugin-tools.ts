import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { agentEndpoints } from '../packages/hub/src/surfaces/agent-endpoints.ts'
import { pairingTools } from '../packages/hub/src/surfaces/pairing-tools.ts'

/** The plugin knows the hub's tools by this file alone: it is installed without the hub. */
export const TABLE = join(import.meta.dirname, '../packages/openclaw-plugin/src/tools.generated.json')

/**
 * What OpenClaw adds to the hub's own line about a tool: its search goes by words, and a call through it asks the
 * user by itself. A tool that is new to the hub is missing here, and the types say so.
 */
const ADDED: Record<string, { label: string; words: string; reads: boolean }> = {
  clawlink_begin_pairing: {
    label: 'Pair with the hub',
    words:
      'Connects OpenClaw to ClawLink, through which Stripe is used. Show the user the code and the link.',
    reads: false,
  },
  clawlink_get_pairing_status: {
    label: 'Pairing status',
    words: 'Is OpenClaw connected to ClawLink and Stripe?',
    reads: false,
  },
  clawlink_list_integrations: {
    label: 'List integrations',
    words: 'Is Stripe connected, to which account, in test or live mode? Links to connect it.',
    reads: true,
  },
  clawlink_list_tools: {
    label: 'List Stripe tools',
    words:
      'Stripe payments, customers, refunds, charges, subscriptions, invoices, checkout, products, prices, coupons, disputes, payouts.',
    reads: true,
  },
  clawlink_search_tools: {
    label: 'Search Stripe tools',
    words:
      'Finds what to call on Stripe: payments, customers, refunds, subscriptions, invoices, checkout links, payouts, disputes, coupons.',
    reads: true,
  },
  clawlink_describe_tool: {
    label: 'Describe a Stripe tool',
    words: 'Read it before the first call of a Stripe tool.',
    reads: true,
  },
  clawlink_preview_tool: {
    label: 'Preview a Stripe write',
    words:
      'Show a refund, charge, payment, invoice, subscription or other Stripe change to the user before it happens.',
    reads: false,
  },
  clawlink_call_tool: {
    label: 'Call a Stripe tool',
    words:
      'Reads and writes Stripe: list customers, refund a charge, create a payment, cancel a subscription. A write asks the user in the chat where that is enough, or answers approval_required with a link. If OpenClaw says that approval is unavailable, call again: the link comes then.',
    reads: false,
  },
  clawlink_get_confirmation: {
    label: 'Get a confirmation',
    words: 'Was the Stripe write approved by the user?',
    reads: true,
  },
}

export function renderTable(): string {
  const agent = agentEndpoints.map((endpoint) => ({
    ...card(endpoint),
    method: endpoint.method,
    path: endpoint.path,
  }))
  const pairing = pairingTools.map(card)
  return `${JSON.stringify({ pairing, agent }, null, 2)}\n`
}

function card({ name, summary, input }: { name: string; summary: string; input: z.ZodType }): object {
  const added = ADDED[name]
  if (added === undefined)
    throw new Error(`${name} is new: say in ${import.meta.filename} what OpenClaw needs of it`)
  return {
    name,
    label: added.label,
    description: `${summary} ${added.words}`,
    reads: added.reads,
    parameters: withoutNoise(z.toJSONSchema(input, { io: 'input' })),
  }
}

/** What zod adds and no model needs. */
function withoutNoise(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutNoise)
  if (typeof schema !== 'object' || schema === null) return schema
  return Object.fromEntries(
    Object.entries(schema)
      .filter(([key]) => key !== '$schema' && key !== 'propertyNames')
      .map(([key, value]) => [key, withoutNoise(value)]),
  )
}

if (import.meta.main) {
  writeFileSync(TABLE, renderTable())
  process.stdout.write(`wrote ${TABLE}\n`)
}
