import type { Access } from '../access/access.ts'
import type { Context } from '../audit/context.ts'
import type { Calls } from '../calls/calls.ts'
import type { WorkspaceId } from '../contract/ids.ts'

/** What the surfaces work with; main makes it. */
export interface Hub {
  workspace: WorkspaceId
  publicUrl: string
  version: string
  /** Pages of other sites that may use `/mcp`: clients that run in a browser. */
  mcpOrigins: string[]
  context: Context
  calls: Calls
  access: Access
  isReady(): boolean
  log: (event: string, detail: Record<string, unknown>) => void
}
