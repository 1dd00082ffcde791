import { randomUUID } from 'node:crypto'
import plugin from '../../src/index.ts'
import type {
  ApprovalRequest,
  Command,
  OpenClawApi,
  Resolution,
  Tool,
  ToolCallContext,
} from '../../src/openclaw-api.ts'
import { told } from './world.ts'

type Hook = Parameters<OpenClawApi['on']>[1]

export interface CallOptions {
  session?: string
  /** Where the person writes; null where there is none. */
  channel?: string | null
  /** What the person says, or OpenClaw instead of them. */
  decide?: (request: ApprovalRequest) => Promise<Resolution> | Resolution
  /** Another plugin blocks the call after this one wanted to ask. */
  blocked?: boolean
  signal?: AbortSignal
}

/** The rules of OpenClaw about hooks and approvals, in a few lines: for what the real one cannot be brought to do. */
export interface SmallHost {
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
  call(tool: string, args: Record<string, unknown>, options?: CallOptions): Promise<any>
  command(args: string): Promise<string>
  /** What people were asked. */
  asked: ApprovalRequest[]
  warnings: string[]
}

export function createSmallHost(stateDir: string, pluginConfig: Record<string, unknown>): SmallHost {
  const tools = new Map<string, Tool>()
  let hook: Hook | undefined
  let command: Command | undefined
  const asked: ApprovalRequest[] = []
  const warnings: string[] = []
  plugin.register({
    pluginConfig,
    logger: { warn: (message) => warnings.push(message) },
    runtime: { state: { resolveStateDir: () => stateDir } },
    registerTool: (tool) => tools.set(tool.name, tool),
    registerCommand: (given) => {
      command = given
    },
    on: (_name, handler) => {
      hook = handler
    },
  })

  /** What the call is made with, or why it is not. */
  const beforeCall = async (
    callId: string,
    args: Record<string, unknown>,
    options: CallOptions,
  ): Promise<{ params: Record<string, unknown> } | { blocked: string }> => {
    const { session = 'main', channel = 'webchat', decide = () => 'timeout', signal } = options
    const context: ToolCallContext = {
      sessionKey: session,
      ...(channel === null ? {} : { requester: { channel } }),
      ...(signal === undefined ? {} : { abortSignal: signal }),
    }
    const verdict = await hook?.({ params: structuredClone(args), toolCallId: callId }, context)
    if (options.blocked === true) return { blocked: 'by another plugin' }
    if (verdict?.block === true) return { blocked: verdict.blockReason ?? '' }
    const { requireApproval: request } = verdict ?? {}
    if (request !== undefined) {
      asked.push(request)
      const decision = decide(request)
      const said = typeof decision === 'string' ? decision : await decision
      request.onResolution(said)
      if (said !== 'allow-once') return { blocked: said }
    }
    return { params: { ...args, ...verdict?.params } }
  }

  return {
    asked,
    warnings,
    async call(name, args, options = {}) {
      const callId = randomUUID()
      const next = name === 'clawlink_call_tool' ? await beforeCall(callId, args, options) : { params: args }
      if ('blocked' in next) return next
      const result = await tools.get(name)?.execute(callId, next.params, options.signal)
      return told(result?.content[0]?.text)
    },
    command: async (args) => (await command?.handler({ args }))?.text ?? '',
  }
}

/** A person takes a moment: the event loop has turned before they say anything. */
export const person = (decision: Resolution) => async (): Promise<Resolution> => {
  await new Promise((resolve) => setImmediate(resolve))
  return decision
}
