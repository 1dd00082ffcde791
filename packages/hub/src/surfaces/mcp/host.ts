import type { ProblemWire } from '../../contract/problem.ts'
import type { ToolCard } from '../../integrations/define.ts'
import type { DeviceEndpoint } from '../endpoint.ts'
import type { PairingTool } from '../pairing-tools.ts'

/** What came of an operation: its answer, or the hub's no. */
export type Outcome = { ok: true; answer: unknown } | { ok: false; problem: ProblemWire }

/** Where the tools of an MCP server run: in the hub itself, or at a hub that a bridge asks. */
export interface McpHost {
  version: string
  now(): number
  /** Runs an endpoint with an input that is checked already. An abort ends a wait, never a write that is being sent. */
  run(endpoint: DeviceEndpoint, input: unknown, signal: AbortSignal): Promise<Outcome>
  pair(tool: PairingTool, input: { deviceLabel?: string | undefined }): Promise<Outcome>
  /** The curated tools, for the skill. */
  toolCards(): Promise<readonly ToolCard[]>
}
