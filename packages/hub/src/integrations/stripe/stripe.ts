import { loadDefinitions, operationById, validate, type Definitions } from '@clawlink/stripe-definitions'
import { higherEffect } from '../../contract/effects.ts'
import { Problem } from '../../contract/problem.ts'
import type { CheckedParams, Integration, Params, PlannedWrite, Read } from '../define.ts'
import { createCatalog, toToolParams, toWireParams, type Entry } from './catalog.ts'
import { checkParams, invalid } from './check-params.ts'
import { describeWrite } from './describe-write.ts'
import { identify, readKey } from './identify.ts'
import { problemOf } from './problem-of.ts'
import { findEffect } from './oracle/find-effect.ts'
import { createToolSearch } from './search/search.ts'
import { stakesOf } from './stakes.ts'
import { objectIdsIn } from './answers/object-ids.ts'
import { storableAnswer } from './answers/secrets.ts'
import { shapeAnswer } from './answers/shape.ts'
import { judge } from './wire/judge.ts'
import { decodeRequest, encodeRequest, isRead } from './wire/request.ts'
import { ATTEMPT_TIMEOUT_MS, STRIPE_VERSION, type Sender } from './wire/send.ts'

/** How many names a wrong tool name is answered with. */
const SUGGESTIONS = 3

/** The Stripe integration over the definitions of this build. `sender` is the one way to the wire. */
export async function createStripe(sender: Sender): Promise<Integration> {
  const definitions = await loadDefinitions()
  const catalog = createCatalog(definitions)
  const search = createToolSearch(
    [...catalog.curated, ...catalog.others].map(({ card, operation }) => ({ card, operation: operation.id })),
  )

  const entry = (name: string): Entry => {
    const found = catalog.find(name)
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
    catalogHash: catalog.hash,
    tools: catalog.curated.map(({ card }) => card),
    search,
    tool: (name) => entry(name).card,
    checkParams: (card, params) => checkParams(definitions, entry(card.name), params),
    planRead(card, params) {
      const { tool, operation } = entry(card.name)
      const routed = tool.mode === 'read' ? tool.route?.(params) : undefined
      const request =
        routed === undefined
          ? encodeRequest(operation, toWireParams(tool, operation, params))
          : encodeRequest(operationById(definitions, routed.operation), routed.params)
      return request
    },
    planWrite: (card, checked, read) => planWrite(definitions, entry(card.name), checked, read),
    encodeRead(id, params) {
      const operation = operationById(definitions, id)
      if (!isRead(operation)) throw new Error(`${id} is no read`)
      return encodeRequest(operation, params)
    },
    send: (request, options) => sender.send(request, options),
    attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
    judge,
    findEffect: (sent, read) =>
      findEffect(definitions, sent, read, () => {
        const checked = { params: sent.params, statedCurrencies: {}, advice: [] }
        return planWrite(definitions, entry(sent.tool), checked, read)
      }),
    problemOf,
    shape: shapeAnswer,
    storable: storableAnswer,
    objectIdsIn,
    identify,
    readKey,
  }
}

/** The bytes of a write, and what a person has to know about them, told from the bytes themselves. */
async function planWrite(
  definitions: Definitions,
  { tool, operation, alternatives, schema }: Entry,
  checked: CheckedParams,
  read: Read,
): Promise<PlannedWrite> {
  if (tool.mode !== 'write') throw new Error(`${tool.name} is not a write`)
  const prepared = await tool.prepare(checked.params, read)
  checkStatedCurrencies(checked.statedCurrencies, prepared.currencies ?? {})
  const chosen =
    prepared.operation === undefined ? operation : alternatives.find(({ id }) => id === prepared.operation)
  if (chosen === undefined) throw new Error(`${tool.name} may not send ${String(prepared.operation)}`)
  const params = toWireParams(tool, chosen, prepared.params)
  const request = encodeRequest(chosen, params)
  // The tool's own schema covers its first operation alone, so what goes to another is checked against that.
  const schemaOfChosen = chosen === operation ? schema : chosen.params
  if (chosen !== operation) refuseWhatDoesNotFit(definitions, chosen, params)
  const decoded = decodeRequest(definitions, request, () => schemaOfChosen)
  if (decoded.operation !== chosen) throw new Error(`${request.method} ${request.path} is not ${chosen.id}`)
  const sent = toToolParams(tool, chosen, decoded.params)
  const description = describeWrite(sent, prepared)
  const effect = higherEffect(tool.effectOf?.(sent) ?? tool.effect, prepared.effect ?? tool.effect)
  return {
    request,
    description: { ...description, warnings: [...description.warnings, ...checked.advice] },
    effect,
    stakes: stakesOf(sent, prepared, effect),
    facts: prepared.facts,
  }
}

function refuseWhatDoesNotFit(definitions: Definitions, operation: Entry['operation'], params: Params): void {
  const rest = Object.fromEntries(
    Object.entries(params).filter(([name]) => !operation.pathParams.includes(name)),
  )
  const violations = validate(definitions, operation.params, rest)
  if (violations.length > 0) {
    throw invalid(
      `${violations[0]?.path ?? ''} does not go with what was asked for: ${violations[0]?.message ?? ''}.`,
      violations,
    )
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
