import { loadDefinitions, operationById } from '@clawlink/stripe-definitions'
import { Problem } from '../../packages/hub/src/contract/problem.ts'
import type {
  Integration,
  Params,
  PlannedWrite,
  Read,
  ToolCard,
  WireAnswer,
  WireRequest,
} from '../../packages/hub/src/integrations/define.ts'
import { findEffect } from '../../packages/hub/src/integrations/stripe/oracle/find-effect.ts'
import { problemOf } from '../../packages/hub/src/integrations/stripe/problem-of.ts'
import { judge } from '../../packages/hub/src/integrations/stripe/wire/judge.ts'
import { encodeRequest } from '../../packages/hub/src/integrations/stripe/wire/request.ts'
import { ATTEMPT_TIMEOUT_MS } from './network.ts'

export type WriteTool = 'sim_refund' | 'sim_rename' | 'sim_delete'

/** The bytes of a write, by its params alone: the checker asks this too. */
export function bytesFor(tool: WriteTool, params: Params): WireRequest {
  const text = (name: string): string => String(params[name])
  switch (tool) {
    case 'sim_refund':
      return {
        method: 'POST',
        path: '/v1/refunds',
        body: `charge=${text('charge')}&amount=${text('amount')}`,
      }
    case 'sim_rename':
      return { method: 'POST', path: `/v1/customers/${text('customer')}`, body: `name=${text('name')}` }
    case 'sim_delete':
      return { method: 'DELETE', path: `/v1/customers/${text('customer')}`, body: '' }
  }
}

const card = (name: string, mode: ToolCard['mode'], effect: ToolCard['effect']): ToolCard => ({
  name,
  integration: 'sim',
  group: 'all',
  description: name,
  mode,
  effect,
  guidance: { whenToUse: '', askBefore: [], safeDefaults: [], examples: [], followups: [] },
  curated: true,
  rules: [],
  schema: () => ({}),
})

const CARDS: Record<string, ToolCard> = {
  sim_refund: card('sim_refund', 'write', 'money'),
  sim_rename: card('sim_rename', 'write', 'change'),
  sim_delete: card('sim_delete', 'write', 'money'),
  sim_get: card('sim_get', 'read', 'read'),
}

const PARAMS: Record<string, Record<string, 'string' | 'number'>> = {
  sim_refund: { charge: 'string', amount: 'number' },
  sim_rename: { customer: 'string', name: 'string' },
  sim_delete: { customer: 'string' },
  sim_get: { customer: 'string' },
}

export const CATALOG_HASH = 'catalog_1'

/**
 * A provider of four tools. What decides about a write's fate (the judge of answers, the oracle, the meaning of
 * errors) is the Stripe integration's own; `send` is the simulated network.
 */
export async function createSimIntegration(
  send: (request: WireRequest, key: string | undefined) => Promise<WireAnswer>,
): Promise<Integration> {
  const definitions = await loadDefinitions()
  return {
    id: 'sim',
    name: 'Simulated',
    apiVersion: '1',
    catalogHash: CATALOG_HASH,
    tools: Object.values(CARDS),
    search: () => [],
    tool(name) {
      const found = CARDS[name]
      if (found === undefined) throw new Problem('tool_not_found', 'There is no such tool.')
      return found
    },
    checkParams(tool, params) {
      const shape = PARAMS[tool.name] ?? {}
      const isFit =
        Object.keys(params).length === Object.keys(shape).length &&
        Object.entries(shape).every(([name, type]) => typeof params[name] === type)
      if (!isFit) throw new Problem('invalid_params', 'These are not its params.')
      return { params, statedCurrencies: {}, advice: [] }
    },
    planRead: (_tool, params) =>
      encodeRequest(operationById(definitions, 'customers.retrieve'), { id: params['customer'] }),
    planWrite: (tool, checked, read) => planWrite(tool.name as WriteTool, checked.params, read),
    encodeRead: (operation, params) => encodeRequest(operationById(definitions, operation), params),
    send: (request, options) => send(request, options.idempotencyKey),
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    judge,
    findEffect: (sent, read) =>
      findEffect(definitions, sent, read, () => planWrite(sent.tool as WriteTool, sent.params, read)),
    problemOf,
    shape: (body) => ({ result: body, secrets: [] }),
    storable: (body) => body,
    objectIdsIn: (value) => JSON.stringify(value ?? null).match(/\b(?:cus|ch|re)_\w+/g) ?? [],
    identify: () => Promise.reject(new Error('nobody connects an account here')),
    readKey: () => ({ kind: 'secret_key', mode: 'test' }),
  }
}

async function planWrite(tool: WriteTool, params: Params, read: Read): Promise<PlannedWrite> {
  const request = bytesFor(tool, params)
  const plan = (
    changes: PlannedWrite['description']['changes'],
    facts: PlannedWrite['facts'],
  ): PlannedWrite => ({
    request,
    description: {
      summary: `${tool} ${request.path} ${request.body}`,
      changes,
      warnings: [],
      irreversible: '',
      alsoSends: [],
      uninterpreted: [],
    },
    effect: CARDS[tool]?.effect ?? 'money',
    stakes: { money: [], customer: null, redirects: [] },
    facts,
  })
  if (tool === 'sim_refund') {
    const charge = String(params['charge'])
    const before = await read('charges.retrieve', { id: charge })
    const [total, refunded, amount] = [before['amount'], before['amount_refunded'], params['amount']].map(
      Number,
    )
    if ((amount ?? 0) > (total ?? 0) - (refunded ?? 0))
      throw new Problem('already_refunded', 'That much is not left.')
    const after = (refunded ?? 0) + (amount ?? 0)
    const check = {
      read: { operation: 'charges.retrieve', params: { id: charge } },
      path: 'amount_refunded',
      value: after,
    }
    const planned = plan([{ what: 'refunded', before: String(refunded), after: String(after), check }], {
      refunded: refunded ?? 0,
    })
    const money = [{ amount: amount ?? 0, currency: 'usd' }]
    return { ...planned, stakes: { money, customer: null, redirects: [] } }
  }
  const before = await read('customers.retrieve', { id: params['customer'] })
  const name = String(before['name'])
  if (tool === 'sim_delete') return plan([], { name })
  const after = String(params['name'])
  return plan([{ what: 'name', before: name, after, check: { path: 'name', value: after } }], { name })
}
