import { operationById, type Definitions, type Operation } from '@clawlink/stripe-definitions'
import { canonicalJson, sha256 } from '../../contract/canonical.ts'
import type { Change, Params, Read } from '../define.ts'
import type { Prepared, StripeTool } from './define-tool.ts'
import { isObject } from './json.ts'
import { effectOf } from './other-effects.ts'

/** As many parameters as a description shows unless all are asked for. */
const USUAL_PARAMETERS = 12

/** Uploads, downloads and streams have hosts and bodies of their own, which no approval could show. */
export function isOffered(operation: Operation): boolean {
  return operation.host === undefined
}

/** `customers.createTaxId` → `stripe_customers_create_tax_id`: unique and stable, as the ids of the SDK are. */
export function otherToolName(operationId: string): string {
  return `stripe_${snakeCase(operationId.replaceAll('.', '_'))}`
}

/** `customerId` in a path of the SDK is `customer_id` to agents, as every other parameter is spelled. */
export function idName(pathParam: string): string {
  return snakeCase(pathParam)
}

function snakeCase(text: string): string {
  return text.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** A tool for an operation that no curated tool is for: strict params, and a preview that claims no understanding. */
export function otherTool(definitions: Definitions, operation: Operation): StripeTool {
  const effect = effectOf(operation)
  const base = {
    name: otherToolName(operation.id),
    group: `Other: ${operation.id.split('.').slice(0, -1).join('.')}`,
    description: firstSentence(operation.description) || `${operation.method} ${operation.path}`,
    operation: operation.id,
    usual: usualOf(operation),
    guidance: {
      whenToUse: operation.description,
      askBefore: effect === 'read' ? [] : ['Everything that it will send, by name and value.'],
      safeDefaults: ['Take a tool of the short list where one fits: those explain themselves.'],
      examples: [],
      followups: [],
    },
  }
  if (effect === 'read') return { ...base, mode: 'read', effect }
  return {
    ...base,
    mode: 'write',
    effect,
    prepare: (params, read) => prepare(definitions, operation, effect === 'draft', params, read),
  }
}

async function prepare(
  definitions: Definitions,
  operation: Operation,
  isDraft: boolean,
  params: Params,
  read: Read,
): Promise<Prepared> {
  const object = await readConcerned(definitions, operation, params, read)
  return {
    params,
    facts: object === undefined ? {} : { object_hash: sha256(canonicalJson(object)) },
    describe(sent) {
      const names = operation.pathParams.map(idName)
      const ids = names.map((name) => String(sent[name]))
      const own = Object.keys(sent).filter((name) => !names.includes(name))
      return {
        summary: `${operation.method} ${operation.path}${ids.length === 0 ? '' : ` for ${ids.join(', ')}`}: ${firstSentence(operation.description)}`,
        changes: object === undefined ? [] : changesOf(object, sent, own),
        warnings: ['This hub has no explanation of its own for this operation: read what is sent.'],
        irreversible: isDraft ? '' : 'This hub does not know whether this can be undone.',
        told: names,
        literal: isDraft ? own : [],
      }
    },
  }
}

/** The object in the path, where Stripe has a read for it. */
async function readConcerned(
  definitions: Definitions,
  operation: Operation,
  params: Params,
  read: Read,
): Promise<Params | undefined> {
  const retrieve = definitions.operations.find(
    (candidate) =>
      candidate.method === 'GET' &&
      candidate.pathParams.length > 0 &&
      (operation.path === candidate.path || operation.path.startsWith(`${candidate.path}/`)),
  )
  if (retrieve === undefined) return undefined
  const ids = Object.fromEntries(
    retrieve.pathParams.map((name, index) => [name, params[idName(operation.pathParams[index] ?? '')]]),
  )
  return read(operationById(definitions, retrieve.id).id, ids)
}

/** Values that the object has already, and what is sent in their place. */
function changesOf(object: Params, sent: Params, names: string[]): Change[] {
  return names.flatMap((name) => {
    const before = object[name]
    const after = sent[name]
    if (before === undefined || isObject(before) || Array.isArray(before)) return []
    if (typeof after !== 'string' && typeof after !== 'number' && typeof after !== 'boolean') return []
    return [{ what: name, before: before === null ? null : JSON.stringify(before), after: String(after) }]
  })
}

function usualOf(operation: Operation): string[] {
  const required = operation.params.required ?? []
  const others = Object.keys(operation.params.properties ?? {}).filter(
    (name) => name !== 'expand' && !required.includes(name),
  )
  return [...operation.pathParams.map(idName), ...required, ...others].slice(0, USUAL_PARAMETERS)
}

function firstSentence(text: string): string {
  return /^[\s\S]*?[.!?](?=\s|$)/.exec(text)?.[0].replaceAll(/\s+/g, ' ') ?? text.replaceAll(/\s+/g, ' ')
}
