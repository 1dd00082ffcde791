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
import { idName, isOffered, otherTool } from './other-tools.ts'
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
  const ids = Object.fromEntries(
    pathNames(tool, operation).map(([name]): [string, JsonSchema] => [
      name,
      name === pathParam?.name ? { type: 'string', description: pathParam.description } : { type: 'string' },
    ]),
  )
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

/** From the agent's names of the ids in the path to those of an operation. */
export function toWireParams(tool: StripeTool, operation: Operation, params: Params): Params {
  return rename(params, pathNames(tool, operation))
}

/** And back. */
export function toToolParams(tool: StripeTool, operation: Operation, params: Params): Params {
  return rename(
    params,
    pathNames(tool, operation).map(([ours, theirs]) => [theirs, ours]),
  )
}

function pathNames(tool: StripeTool, operation: Operation): Array<[ours: string, theirs: string]> {
  return operation.pathParams.map((name, index) => [
    index === 0 && tool.pathParam !== undefined ? tool.pathParam.name : idName(name),
    name,
  ])
}

function rename(params: Params, names: Array<[from: string, to: string]>): Params {
  const from = new Set(names.map(([name]) => name))
  return {
    ...Object.fromEntries(names.map(([name, to]) => [to, params[name]])),
    ...Object.fromEntries(Object.entries(params).filter(([name]) => !from.has(name))),
  }
}
