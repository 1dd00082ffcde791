import table from './tools.generated.json' with { type: 'json' }

/** A tool as the hub declares it, and OpenClaw shows it. The table is written by a script, from the hub's own. */
export interface ToolCard {
  name: string
  label: string
  description: string
  /** It changes nothing, so it may be repeated. */
  reads: boolean
  parameters: Record<string, unknown>
}

/** A tool that is an endpoint of the hub. */
export interface AgentTool extends ToolCard {
  method: string
  path: string
}

export const PAIRING_TOOLS: ToolCard[] = table.pairing
export const AGENT_TOOLS: AgentTool[] = table.agent

export function agentTool(name: string): AgentTool {
  const tool = AGENT_TOOLS.find((one) => one.name === name)
  if (tool === undefined) throw new Error(`The hub has no tool ${name}.`)
  return tool
}
