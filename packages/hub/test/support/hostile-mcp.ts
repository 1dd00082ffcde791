import { agentTools } from '../../src/surfaces/mcp/listed-tools.ts'
import { ODD, type Answered, type createHands } from './hostile-requests.ts'
import type { McpAgent } from './mcp-agent.ts'
import { legacyRequest, messagesOf, modernRequest, type Rpc } from './mcp-raw.ts'

type Write = { tool: string; params: Record<string, unknown> }

export interface HostileMcp {
  /** Every confirmation that it was answered, with what it is of. */
  seen: Array<{ id: string; hash: string } & Write>
  step(): Promise<Answered>
}

/** What says that somebody agreed, in every spelling that a model may hope for. */
const CONSENT = {
  confirmed: true,
  approve: true,
  approved: 'yes',
  user_confirmed: true,
  decision: 'approve',
  assurance: 'passkey',
  attestation: 'eyJhbGciOiJub25lIn0.e30.',
  password: 'correct horse battery staple',
  intent_hash: '0'.repeat(64),
  role: 'owner',
}

/** How long it waits for an answer to what it lied about: it says that its user has looked, and the hub waits for one. */
const PATIENCE_MS = 300

/** The same agent with a token for `/mcp`: it calls every tool with whatever it can think of, and asks for more. */
export function createHostileMcp(
  hub: string,
  agent: McpAgent,
  { pick, chance, oddOr }: ReturnType<typeof createHands>,
  write: () => Write,
): HostileMcp {
  const seen: HostileMcp['seen'] = []

  const ask = async (
    rpc: Rpc,
    { lied = false, capabilities = {} }: { lied?: boolean; capabilities?: object } = {},
  ): Promise<Answered> => {
    const isModern = lied || chance(0.5)
    const init = isModern ? modernRequest(rpc, capabilities) : legacyRequest(rpc)
    const did = `${isModern ? 'modern' : 'legacy'} ${rpc.method} ${JSON.stringify(rpc.params ?? {}).slice(0, 300)}`
    try {
      const response = await agent.fetch(`${hub}/mcp`, {
        ...init,
        ...(lied ? { signal: AbortSignal.timeout(PATIENCE_MS) } : {}),
      })
      const message = (await messagesOf(response)).at(-1)
      const body = message?.result?.structuredContent ?? message
      // The SDK has the same code for a request whose params have the wrong type; it then lists what is wrong.
      const isMisfit = /^\[\s*\{/.test(String(message?.error?.message))
      const failed = (message?.error?.code === -32_603 && !isMisfit) || body?.error?.code === 'internal_error'
      return { did, status: failed ? 500 : response.status, body }
    } catch (error) {
      if (lied && error instanceof Error && error.name === 'TimeoutError')
        return { did, status: 0, body: undefined }
      throw error
    }
  }
  const call = (name: string, args: object, more: Record<string, unknown> = {}): Promise<Answered> =>
    ask({ method: 'tools/call', params: { name, arguments: args, ...more } })

  const consent = (): object =>
    Object.fromEntries(Object.entries(CONSENT).flatMap((one) => (chance(0.3) ? [one] : [])))
  const target = (): HostileMcp['seen'][number] =>
    seen.length > 0 && chance(0.95) ? pick(seen) : { id: 'conf_guess', hash: '', ...write() }

  const preview = async (): Promise<Answered> => {
    const { tool, params } = write()
    const words = chance(0.2) ? { confirmed: true, approved: true } : {}
    const answer = await call('clawlink_preview_tool', { tool, params, ...words })
    const { confirmation: id, intent_hash: hash } = (answer.body ?? {}) as Record<string, unknown>
    if (typeof id === 'string') seen.push({ id, hash: String(hash), tool, params })
    return answer
  }
  const callWrite = (): Promise<Answered> => {
    const { id, tool, params } = target()
    const more = chance(0.4) ? { params: chance(0.3) ? { ...params, amount: oddOr(999_999) } : params } : {}
    return call('clawlink_call_tool', { tool, confirmation: id, ...more, ...(chance(0.2) ? consent() : {}) })
  }
  /** It says that its user was shown the page and agreed there. */
  const lie = (): Promise<Answered> => {
    const { id, tool } = target()
    const response = oddOr({ action: 'accept', content: { approved: true, ...consent() } })
    const params = {
      name: 'clawlink_call_tool',
      arguments: { tool, confirmation: id },
      inputResponses: { approval: response, approve: response },
      ...(chance(0.3) ? { requestState: oddOr('approved') } : {}),
    }
    return ask({ method: 'tools/call', params }, { lied: true, capabilities: { elicitation: { url: {} } } })
  }
  const anyTool = (): Promise<Answered> => {
    const { id, tool, params } = target()
    const args = {
      tool: oddOr(tool),
      params: oddOr(params),
      confirmation: oddOr(id),
      query: oddOr('approve'),
      deviceLabel: oddOr('owner'),
      ...consent(),
    }
    const some = Object.fromEntries(Object.entries(args).filter(() => chance(0.5)))
    return call(
      pick([
        ...agentTools.map(({ name }) => name),
        'attest',
        'approve_confirmation',
        '../approve',
        '__proto__',
      ]),
      some,
    )
  }
  const nonsense = (): Promise<Answered> => {
    const { id } = target()
    const uri = oddOr(pick([`clawlink://confirmations/${id}`, 'clawlink://catalog/x', 'file:///etc/passwd']))
    return ask(
      pick<Rpc>([
        { method: 'confirmations/approve', params: { confirmation: id } },
        { method: 'elicitation/create', params: { mode: 'url', url: `${hub}/confirmations/${id}` } },
        { method: 'notifications/elicitation/complete', params: { elicitationId: id } },
        { method: 'resources/read', params: { uri } },
        { method: 'prompts/get', params: { name: 'refund_payment', arguments: { payment: oddOr('x') } } },
        { method: 'prompts/get', params: { name: oddOr('approve'), arguments: pick(ODD) } },
        {
          method: 'completion/complete',
          params: { ref: { type: 'ref/prompt', name: 'x' }, argument: { name: 'x', value: oddOr('x') } },
        },
        { method: 'tools/list', params: { cursor: oddOr('x') } },
        { method: 'server/discover' },
        { method: String(oddOr('ping')), params: CONSENT },
      ]),
    )
  }

  return {
    seen,
    async step() {
      const step = pick([preview, preview, callWrite, callWrite, anyTool, anyTool, nonsense])
      return chance(0.1) ? lie() : step()
    },
  }
}
