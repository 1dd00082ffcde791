import {
  findOperation,
  loadDefinitions,
  operationById,
  type Definitions,
  type JsonSchema,
  type Operation,
} from '@clawlink/stripe-definitions'
import { canonicalJson, sha256 } from '../../contract/canonical.ts'
import { Problem } from '../../contract/problem.ts'
import type { Integration, Params, ToolCard, WireRequest } from '../define.ts'
import { checkParams, invalid } from './check-params.ts'
import type { StripeTool, WriteTool } from './define-tool.ts'
import { describeWrite } from './describe-write.ts'
import { identify, readKey } from './identify.ts'
import { problemOf } from './problem-of.ts'
import { createToolSearch } from './search.ts'
import { shapeAnswer } from './shape.ts'
import { curatedTools } from './tools/index.ts'
import { decodeForm, encodeForm } from './wire/form.ts'
import { judge } from './wire/judge.ts'
import { STRIPE_VERSION, type Sender } from './wire/send.ts'

/** How many names a wrong tool name is answered with. */
const SUGGESTIONS = 3

/** The Stripe integration over the definitions of this build. `sender` is the one way to the wire. */
export async function createStripe(sender: Sender): Promise<Integration> {
  const definitions = await loadDefinitions()
  const entries = new Map(curatedTools.map((tool) => [tool.name, entryOf(definitions, tool)]))
  const tools = [...entries.values()].map((entry) => entry.card)
  const search = createToolSearch(tools)

  const entry = (name: string): Entry => {
    const found = entries.get(name)
    if (found !== undefined) return found
    const suggestions = search(name.replaceAll('_', ' '), SUGGESTIONS).map((tool) => tool.name)
    throw new Problem('tool_not_found', `There is no tool of this name.`, {
      nextStep: 'Take a name from clawlink_list_tools or clawlink_search_tools.',
      details: { suggestions },
    })
  }

  return {
    id: 'stripe',
    name: 'Stripe',
    apiVersion: STRIPE_VERSION,
    catalogHash: sha256(
      canonicalJson([
        definitions.stripeVersion,
        STRIPE_VERSION,
        tools.map((tool) => [tool.name, tool.effect, tool.schema({ full: true })]),
      ]),
    ),
    tools,
    search,
    tool: (name) => entry(name).card,
    checkParams: (card, params) => {
      const { tool, schema } = entry(card.name)
      return checkParams(definitions, tool, schema, params)
    },
    planRead: (card, params) => {
      const { tool, operation } = entry(card.name)
      return encode(operation, wireParams(tool, operation, params))
    },
    async planWrite(card, checked, read) {
      const { tool, operation, schema } = entry(card.name)
      if (tool.mode !== 'write') throw new Error(`${tool.name} is not a write`)
      const prepared = await tool.prepare(checked.params, read)
      checkStatedCurrencies(checked.statedCurrencies, prepared.currencies ?? {})
      const request = encode(operation, wireParams(tool, operation, prepared.params))
      const sent = decode(definitions, tool, schema, request)
      return {
        request,
        description: describeWrite(sent, prepared),
        effect: tool.effectOf?.(sent) ?? tool.effect,
        facts: prepared.facts,
      }
    },
    encodeRead: (operation, params) => encode(operationById(definitions, operation), params),
    send: (request, options) => sender.send(request, options),
    judge,
    problemOf,
    shape: shapeAnswer,
    identify,
    readKey,
  }
}

interface Entry {
  tool: StripeTool
  operation: Operation
  schema: JsonSchema
  card: ToolCard
}

function entryOf(definitions: Definitions, tool: StripeTool): Entry {
  const operation = operationById(definitions, tool.operation)
  const schema = schemaOf(tool, operation)
  const usual = new Set([
    ...(tool.pathParam === undefined ? [] : [tool.pathParam.name]),
    ...tool.usual,
    ...(schema.required ?? []),
  ])
  const brief: JsonSchema = {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {}).filter(([name]) => usual.has(name)),
    ),
  }
  return {
    tool,
    operation,
    schema,
    card: {
      name: tool.name,
      integration: 'stripe',
      group: tool.group,
      description: tool.description,
      mode: tool.mode,
      effect: tool.effect,
      guidance: tool.guidance,
      schema: ({ full }) => (full ? schema : brief),
    },
  }
}

/** The derived schema with the id of the path first and the tool's corrections over it. */
function schemaOf(tool: StripeTool, operation: Operation): JsonSchema {
  const { pathParam, without = [] } = tool
  const derived = Object.fromEntries(
    Object.entries(operation.params.properties ?? {}).filter(([name]) => !without.includes(name)),
  )
  for (const name of [...tool.usual, ...(tool.required ?? [])]) {
    if (!Object.hasOwn(derived, name))
      throw new Error(`${tool.name} names "${name}", which ${operation.id} does not have`)
  }
  return {
    type: 'object',
    properties: {
      ...(pathParam === undefined
        ? {}
        : { [pathParam.name]: { type: 'string', description: pathParam.description } }),
      ...derived,
      ...tool.properties,
    },
    required: [
      ...new Set([
        ...(pathParam === undefined ? [] : [pathParam.name]),
        ...(operation.params.required ?? []),
        ...(tool.required ?? []),
      ]),
    ],
    additionalProperties: false,
  }
}

/** From the agent's names to those of the operation: the id of the path is `id` there. */
function wireParams(tool: StripeTool, operation: Operation, params: Params): Params {
  if (tool.pathParam === undefined) return params
  const { [tool.pathParam.name]: id, ...rest } = params
  const [name = 'id'] = operation.pathParams
  return { [name]: id, ...rest }
}

/** One operation's exact bytes: path params filled in, the rest in the query or the body. */
function encode(operation: Operation, params: Params): WireRequest {
  const rest = { ...params }
  let path = operation.path
  for (const name of operation.pathParams) {
    const id = rest[name]
    // An id with a slash or a dot could reach another path.
    if (typeof id !== 'string' || !/^[A-Za-z0-9_-]{1,255}$/.test(id)) {
      throw invalid(`"${name}" is not an id.`, [
        { path: name, rule: 'type', message: 'ids hold letters, digits, _ and -' },
      ])
    }
    path = path.replace(`{${name}}`, id)
    delete rest[name]
  }
  const form = encodeForm(rest)
  if (operation.method === 'POST') return { method: 'POST', path, body: form }
  return { method: operation.method, path: form === '' ? path : `${path}?${form}`, body: '' }
}

/** What the bytes say, by the names agents use. */
function decode(definitions: Definitions, tool: WriteTool, schema: JsonSchema, request: WireRequest): Params {
  const [pathname = '', query = ''] = request.path.split('?')
  const found = findOperation(definitions, request.method, pathname)
  if (found?.operation.id !== tool.operation)
    throw new Error(`${request.method} ${pathname} is not ${tool.operation}`)
  const id = found.pathParams[found.operation.pathParams[0] ?? '']
  return {
    ...(tool.pathParam === undefined ? {} : { [tool.pathParam.name]: id }),
    ...decodeForm(request.method === 'POST' ? request.body : query, schema),
  }
}

function checkStatedCurrencies(stated: Record<string, string>, actual: Record<string, string>): void {
  for (const [path, currency] of Object.entries(stated)) {
    const real = actual[path]
    if (real === currency) continue
    throw invalid(
      real === undefined
        ? `"${path}" takes an integer in the smallest unit here.`
        : `"${path}" is given in ${currency}, but this payment is in ${real}.`,
      [{ path, rule: 'const', message: `the currency is ${real ?? 'not known'}` }],
    )
  }
}
