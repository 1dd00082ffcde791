/**
 * The part of OpenClaw's plugin API that this plugin uses. Its own package is far too large to depend on for types;
 * a test compares these with the real ones, which is why functions are properties here: methods are compared loosely.
 */
export interface OpenClawApi {
  pluginConfig?: Record<string, unknown>
  logger: { warn: (message: string) => void }
  runtime: { state: { resolveStateDir: () => string } }
  registerTool: (tool: Tool) => void
  registerCommand: (command: Command) => void
  on: (
    hook: 'before_tool_call',
    handler: (event: ToolCallEvent, context: ToolCallContext) => Promise<ToolCallVerdict | undefined>,
    options: { matcher: [string]; timeoutMs: number },
  ) => void
}

export interface Tool {
  name: string
  label: string
  description: string
  parameters: Record<string, unknown>
  /** In front of the model at all times, not behind Tool Search. */
  catalogMode?: 'direct-only'
  /** The result holds text of others. */
  resultContentSource?: 'network'
  getExecutionTimeoutMs: () => number
  execute: (callId: string, params: unknown, signal?: AbortSignal) => Promise<ToolResult>
}

export interface ToolResult {
  content: Array<{ type: 'text'; text: string }>
  details: Record<string, unknown>
}

export interface ToolCallEvent {
  params: Record<string, unknown>
  toolCallId?: string
}

export interface ToolCallContext {
  sessionKey?: string
  abortSignal?: AbortSignal
  /** Who wrote the message that this turn answers; absent where no person did. */
  requester?: { readonly channel?: string }
}

export interface ToolCallVerdict {
  params?: Record<string, unknown>
  block?: boolean
  blockReason?: string
  requireApproval?: ApprovalRequest
}

export interface ApprovalRequest {
  title: string
  description: string
  severity: 'critical'
  scope?: { kind: 'payment'; amount: string; currency: string; target: string }
  allowedDecisions: Array<'allow-once' | 'deny'>
  timeoutMs: number
  timeoutReason: string
  onResolution: (decision: Resolution) => void
}

export type Resolution = 'allow-once' | 'allow-always' | 'deny' | 'timeout' | 'cancelled'

export interface Command {
  name: string
  description: string
  acceptsArgs: boolean
  requiredScopes: 'operator.admin'[]
  handler: (context: { args?: string }) => Promise<{ text: string }>
}
