import {
  findOperation,
  type Definitions,
  type FoundOperation,
  type Operation,
} from '@clawlink/stripe-definitions'
import { Problem } from '../../../contract/problem.ts'
import type { Finding, Params, PlannedWrite, Read, SentWrite } from '../../define.ts'
import { idAt, objectAt, textAt } from '../json.ts'
import { problemOf } from '../problem-of.ts'
import { compareState } from './compare-state.ts'
import { EMITTED_EVENTS } from './emitted-events.ts'
import { findEvents, type Trace } from './find-events.ts'

/**
 * After so long without an effect there will be none: longer than Stripe works on a request (its own SDK waits 80
 * seconds), and than an operating system goes on sending what a killed process left behind (about 16 minutes).
 */
export const LATE_EFFECT_MS = 20 * 60 * 1000

/** Looks for what became of a write. `plan` plans it once more, from the account as it is. */
export async function findEffect(
  definitions: Definitions,
  sent: SentWrite,
  read: Read,
  plan: () => Promise<PlannedWrite>,
): Promise<Finding> {
  const [pathname = ''] = sent.request.path.split('?')
  const write = findOperation(definitions, sent.request.method, pathname)?.operation
  if (write === undefined) return { kind: 'unprovable', because: 'this version does not know the operation' }
  const asked: Asked = { definitions, sent, read, plan, pathname, write }
  const seen = sent.request.method === 'DELETE' ? await findDeletion(asked) : await findChange(asked)
  // Nothing to be seen is a proof only once nothing can come any more.
  const isQuiet = sent.now - sent.quietSince >= LATE_EFFECT_MS
  if (seen.kind === 'happened' || seen.problem !== undefined || isQuiet) return seen
  return { kind: 'too_early', because: 'it could still take effect' }
}

type Seen = Exclude<Finding, { kind: 'too_early' }> & { problem?: Problem }

interface Asked {
  definitions: Definitions
  sent: SentWrite
  read: Read
  plan: () => Promise<PlannedWrite>
  pathname: string
  write: Operation
}

async function findChange(asked: Asked): Promise<Seen> {
  const { definitions, sent, read, plan, pathname, write } = asked
  const emitted = EMITTED_EVENTS[write.id]
  const trace = await findEvents(read, sent.idempotencyKey, sent.firstSentAt, emitted)
  const told = await tellFromEvents(asked, trace)
  if (told !== undefined) return told

  const target = readerOf(definitions, write, [pathname, parentOf(pathname)])
  const own = target === undefined ? undefined : await readIfThere(read, target)
  const likeness = await compareState(sent, own, read, plan)
  // What was made new can have been made by anybody; what was changed is now as it was approved.
  if (likeness === 'as_approved' && own !== undefined)
    return { kind: 'happened', because: 'the object is as it was approved', object: own }
  const isSilent = trace.complete && trace.events.length === 0
  if (isSilent && emitted !== undefined)
    return { kind: 'did_not_happen', because: 'Stripe has no event of it, and this always makes one' }
  if (isSilent && likeness === 'as_before')
    return {
      kind: 'did_not_happen',
      because: 'Stripe has no event of it, and the object is as it was before',
    }
  return { kind: 'unprovable', because: 'neither the events nor the object tell whether it happened' }
}

/** An event with the key of a write exists only if the write was carried out, or was refused on the way. */
async function tellFromEvents(asked: Asked, { events }: Trace): Promise<Seen | undefined> {
  const { definitions, write } = asked
  const kind = definitions.objects[write.result.type]?.properties?.['object']?.const
  const subjects = events.map((event) => ({
    event,
    object: objectAt(objectAt(event, 'data') ?? {}, 'object') ?? {},
  }))
  const own = subjects.filter(({ object }) => textAt(object, 'object') === kind)
  const failed = own.find(({ event }) => isRefusal(write, event))
  if (failed !== undefined) {
    const id = textAt(failed.event, 'id') ?? ''
    return { kind: 'did_not_happen', because: `Stripe refused it (${id})`, problem: refusalIn(failed.object) }
  }
  // Of a payment that failed on the way to something else, that something's own events have to tell.
  const hasFailed = events.some((event) => (textAt(event, 'type') ?? '').endsWith('failed'))
  const done = own[0] ?? (hasFailed ? undefined : subjects[0])
  if (done === undefined) return undefined
  const requestId = textAt(objectAt(done.event, 'request') ?? {}, 'id')
  return {
    kind: 'happened',
    because: `Stripe has an event of it (${textAt(done.event, 'id') ?? ''})`,
    object: (await readAgain(asked, done.object)) ?? done.object,
    ...(requestId === undefined ? {} : { requestId }),
  }
}

/** The events of writes that were answered with a refusal. */
const REFUSALS = new Set(['charge.failed', 'payment_intent.payment_failed', 'setup_intent.setup_failed'])

function isRefusal(write: Operation, event: Params): boolean {
  const type = textAt(event, 'type') ?? ''
  // Elsewhere an invoice whose payment fails was still made, finalized or changed.
  return REFUSALS.has(type) || (write.id === 'invoices.pay' && type === 'invoice.payment_failed')
}

/** What the lost answer said, as far as the object of the failure keeps it. */
function refusalIn(object: Params): Problem {
  const kept = objectAt(object, 'last_payment_error') ?? objectAt(object, 'last_setup_error')
  const code = textAt(object, 'failure_code')
  const message = textAt(object, 'failure_message') ?? 'The payment was declined.'
  const error = kept ?? { type: 'card_error', code: code ?? 'card_declined', message }
  return problemOf({
    kind: 'answer',
    status: 402,
    body: { error },
    requestId: undefined,
    replayed: true,
    shouldRetry: undefined,
    retryAfterSeconds: undefined,
  })
}

/** The object as it is now: an event shows it as it was. */
async function readAgain(
  { definitions, read, pathname, write }: Asked,
  object: Params,
): Promise<Params | undefined> {
  const id = idAt({ object }, 'object') ?? ''
  const target = readerOf(definitions, write, [pathname, parentOf(pathname), `${pathname}/${id}`])
  return target === undefined ? undefined : readIfThere(read, target)
}

async function findDeletion({ definitions, sent, read, plan, pathname, write }: Asked): Promise<Seen> {
  const target = findOperation(definitions, 'GET', pathname)
  if (target === undefined || target.operation.result.kind !== 'object')
    return { kind: 'unprovable', because: 'what was to be deleted cannot be read' }
  const own = await readIfThere(read, target)
  if (own === undefined || own['deleted'] === true) {
    const object = own ?? { id: Object.values(target.pathParams).at(-1), deleted: true }
    return { kind: 'happened', because: 'what was to be deleted is gone', object }
  }
  if (/(?:^|\.)Deleted/.test(write.result.type))
    return { kind: 'did_not_happen', because: 'what was to be deleted is still there' }
  // Some deletions leave the object behind: a canceled subscription.
  const likeness = await compareState(sent, own, read, plan)
  if (likeness === 'as_approved')
    return { kind: 'happened', because: 'the object is as it was approved', object: own }
  if (likeness === 'as_before') return { kind: 'did_not_happen', because: 'the object is as it was before' }
  return { kind: 'unprovable', because: 'the object does not tell whether it happened' }
}

/** The read that answers what the write answers, at the first of these paths that has one. */
function readerOf(definitions: Definitions, write: Operation, paths: string[]): FoundOperation | undefined {
  return paths
    .map((path) => findOperation(definitions, 'GET', path))
    .find(
      (found) =>
        found?.operation.result.kind === 'object' && found.operation.result.type === write.result.type,
    )
}

function parentOf(pathname: string): string {
  return pathname.slice(0, pathname.lastIndexOf('/'))
}

/** `undefined` where Stripe says that there is none; a connection that is gone says nothing of the kind. */
async function readIfThere(
  read: Read,
  { operation, pathParams }: FoundOperation,
): Promise<Params | undefined> {
  try {
    return await read(operation.id, pathParams)
  } catch (error) {
    if (error instanceof Problem && isMissing(error.details?.['stripe'])) return undefined
    throw error
  }
}

function isMissing(said: unknown): boolean {
  return typeof said === 'object' && said !== null && 'code' in said && said.code === 'resource_missing'
}
