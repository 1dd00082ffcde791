import {
  operationById,
  type Definitions,
  type JsonSchema,
  type Operation,
} from '@clawlink/stripe-definitions'
import { canonicalJson, sha256 } from '../../contract/canonical.ts'
import type { Params, ToolCard } from '../define.ts'
import { briefSchema } from './brief-schema.ts'
import type { StripeTool } from './define-tool.ts'
import { isOffered, otherTool } from './other-tools.ts'
import { sayRule, type Rule } from './rules.ts'
import { curatedTools } from './tools/index.ts'
import { STRIPE_VERSION } from './wire/send.ts'
import { isRead } from './wire/request.ts'

/** A tool with all that is needed to check, plan and show it. */
export interface Entry {
  tool: StripeTool
  /** The one that it sends unless a plan chooses one of its alternatives. */
  operation: Operation
  alternatives: Operation[]
  schema: JsonSchema
  rules: Rule[]
  card: ToolCard
}

export interface Catalog {
  curated: Entry[]
  others: Entry[]
  find(name: string): Entry | undefined
  /** Changes with the meaning of any tool. */
  hash: string
}

/** The curated tools, and a tool for every operation that none of them is for. */
export function createCatalog(definitions: Definitions): Catalog {
  const curated = curatedTools.map((tool) => entryOf(definitions, tool, true))
  const taken = new Set(curated.map(({ operation }) => operation.id))
  const others = definitions.operations
    .filter((operation) => isOffered(operation) && !taken.has(operation.id))
    .map((operation) => entryOf(definitions, otherTool(definitions, operation), false))
  const byName = new Map<string, Entry>()
  for (const entry of [...curated, ...others]) {
    if (byName.has(entry.tool.name)) throw new Error(`two tools are named ${entry.tool.name}`)
    byName.set(entry.tool.name, entry)
  }
  return {
    curated,
    others,
    find: (name) => byName.get(name),
    hash: sha256(
      canonicalJson([
        definitions.stripeVersion,
        STRIPE_VERSION,
        [...curated, ...others].map(({ tool, schema, rules }) => [tool.name, tool.effect, schema, rules]),
      ]),
    ),
  }
}

function entryOf(definitions: Definitions, tool: StripeTool, curated: boolean): Entry {
  const operation = operationById(definitions, tool.operation)
  const alternatives = (tool.alternatives ?? []).map((id) => operationById(definitions, id))
  if (tool.mode === 'read' && ![operation, ...alternatives].every(isRead))
    throw new Error(`${tool.name} is a read that would write`)
  const schema = schemaOf(tool, operation)
  const rules = [...(tool.rules ?? []), ...listRules(schema)]
  const card: ToolCard = {
    name: tool.name,
    integration: 'stripe',
    group: tool.group,
    description: tool.description,
    mode: tool.mode,
    effect: tool.effect,
    guidance: tool.guidance,
    curated,
    rules: (tool.rules ?? []).map(sayRule),
    schema: ({ full }) => (full ? schema : briefSchema(schema, usualOf(tool))),
  }
  return { tool, operation, alternatives, schema, rules, card }
}

function usualOf(tool: StripeTool): string[] {
  return [...(tool.pathParam === undefined ? [] : [tool.pathParam.name]), ...tool.usual]
}

/** The derived schema with the ids of the path first and the tool's corrections over it. */
function schemaOf(tool: StripeTool, operation: Operation): JsonSchema {
  const { pathParam, without = [] } = tool
  const derived = Object.fromEntries(
    Object.entries(operation.params.properties ?? {}).filter(([name]) => !without.includes(name)),
  )
  const ids: Record<string, JsonSchema> =
    pathParam === undefined
      ? Object.fromEntries(operation.pathParams.map((name) => [name, { type: 'string' }]))
      : { [pathParam.name]: { type: 'string', description: pathParam.description } }
  const properties = { ...ids, ...derived, ...tool.properties }
  const required = [
    ...new Set([...Object.keys(ids), ...(operation.params.required ?? []), ...(tool.required ?? [])]),
  ]
  for (const name of [...tool.usual, ...required]) {
    if (!Object.hasOwn(properties, name))
      throw new Error(`${tool.name} names "${name}", which ${operation.id} does not have`)
  }
  return { type: 'object', properties, required, additionalProperties: false }
}

/** What holds for every list of Stripe's. */
function listRules(schema: JsonSchema): Rule[] {
  const has = (name: string): boolean => Object.hasOwn(schema.properties ?? {}, name)
  return [
    ...(has('limit') ? [{ param: 'limit', min: 1, max: 100 }] : []),
    ...(has('starting_after') && has('ending_before')
      ? [{ atMostOne: ['starting_after', 'ending_before'] }]
      : []),
  ]
}

/** From the agent's names to those of an operation: the id of the path is `id` there. */
export function toWireParams(tool: StripeTool, operation: Operation, params: Params): Params {
  if (tool.pathParam === undefined) return params
  const { [tool.pathParam.name]: id, ...rest } = params
  const [name = 'id'] = operation.pathParams
  return { [name]: id, ...rest }
}

/** And back. */
export function toToolParams(tool: StripeTool, operation: Operation, params: Params): Params {
  const [name] = operation.pathParams
  if (tool.pathParam === undefined || name === undefined) return params
  const { [name]: id, ...rest } = params
  return { [tool.pathParam.name]: id, ...rest }
}
