import type { ToolAnnotations } from '@modelcontextprotocol/server'
import { z } from 'zod'
import { agentEndpoints } from '../agent-endpoints.ts'
import type { DeviceEndpoint } from '../endpoint.ts'
import { pairingTools, type PairingTool } from '../pairing-tools.ts'

/** A tool as `tools/list` shows it. Every agent pays for each word of the list, so it says what a caller needs. */
export interface ListedTool {
  name: string
  description: string
  inputSchema: Record<string, unknown>
  outputSchema: Record<string, unknown>
  annotations: ToolAnnotations
}

/** Bounds of length and the like stay unlisted: who breaks one is told. */
const UNLISTED = new Set([
  '$schema',
  'default',
  'additionalProperties',
  'propertyNames',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'minimum',
])

/** What reads tell of the hub alone: nothing changes and nobody else is asked. */
const READS: ToolAnnotations = { readOnlyHint: true, openWorldHint: false }

/**
 * Of the tools that are more than that. What is not said counts as the worst: destructive, and in the open world. A
 * preview changes nothing at the provider, but the hub keeps it; a call is carried out once, however often it is
 * repeated.
 */
const HINTS: Record<string, ToolAnnotations> = {
  clawlink_preview_tool: { destructiveHint: false },
  clawlink_call_tool: { destructiveHint: true, idempotentHint: true },
  clawlink_begin_pairing: { destructiveHint: false, openWorldHint: false },
  clawlink_get_pairing_status: { destructiveHint: false, openWorldHint: false },
}

/** Every tool that an agent has, paired or not. */
export const agentTools: ReadonlyArray<PairingTool | DeviceEndpoint> = [...pairingTools, ...agentEndpoints]

export function listedAs(tool: PairingTool | DeviceEndpoint): ListedTool {
  return {
    name: tool.name,
    description: tool.summary,
    inputSchema: listedSchema(tool.input, 'input'),
    outputSchema: tool.output === undefined ? { type: 'object' } : listedSchema(tool.output, 'output'),
    annotations: HINTS[tool.name] ?? (isRead(tool) ? READS : {}),
  }
}

function isRead(tool: PairingTool | DeviceEndpoint): boolean {
  return 'method' in tool && tool.method === 'GET'
}

function listedSchema(schema: z.ZodType, io: 'input' | 'output'): Record<string, unknown> {
  return withoutUnlisted(z.toJSONSchema(schema, { io })) as Record<string, unknown>
}

function withoutUnlisted(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return schema
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) => {
      if (key === 'properties') {
        const properties = Object.entries(value as object)
        return [[key, Object.fromEntries(properties.map(([name, one]) => [name, withoutUnlisted(one)]))]]
      }
      if (UNLISTED.has(key)) return []
      const listed = withoutUnlisted(value)
      const isEmpty = key === 'items' && Object.keys(listed as object).length === 0
      return isEmpty ? [] : [[key, listed]]
    }),
  )
}
