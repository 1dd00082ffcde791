import { ASSURANCES, assuranceAtLeast, type Assurance } from '../../packages/hub/src/contract/effects.ts'
import type * as Reducer from '../../packages/hub/src/confirmations/reducer.ts'
import type { Event, Outcome, Progress, State } from '../../packages/hub/src/confirmations/reducer.ts'

export type ReducerModule = typeof Reducer

const START = 1_000_000
/** The bounds, written down once more: a search that took them from the reducer would believe any. */
const TTL = 10 * 60 * 1000
const LEASE = 2 * 60 * 1000
const BOUND = 20 * 60 * 60 * 1000

const HOLDERS = ['A', 'B']
/** To each edge of a bound, and past it. */
const CLOCK_STEPS = [1, LEASE - 1, LEASE, TTL - 1, TTL, BOUND, BOUND + 1]
const AFTER_SENDING: State[] = ['sending', 'reconciling', 'succeeded', 'failed', 'unknown']
const TERMINAL: State[] = ['denied', 'expired', 'revoked', 'stale', 'succeeded', 'failed']

const happened: Outcome = { storable: { id: 're_1' } }
const refused: Outcome = { problem: { code: 'card_declined', message: 'Declined.' } }

interface Place {
  progress: Progress
  now: number
}

export interface SearchResult {
  visited: number
  /** Which states the search has been in: what it did not reach, it did not check. */
  reached: Set<State>
}

/**
 * Walks all that can become of one confirmation in `depth` steps: every event there is, from every holder, with every
 * token, at every edge of time. Throws at the first step that breaks a promise.
 */
export function searchOneConfirmation(
  reducer: ReducerModule,
  needed: Assurance,
  depth: number,
): SearchResult {
  const { reduce, stateAt, firstProgress } = reducer
  const seen = new Set<string>()
  const reached = new Set<State>()
  let level: Place[] = [{ progress: Object.freeze(firstProgress(needed, START)), now: START }]
  for (let step = 0; step <= depth; step += 1) {
    const next: Place[] = []
    for (const place of level) {
      const key = JSON.stringify(place)
      if (seen.has(key)) continue
      seen.add(key)
      reached.add(stateAt(place.progress, place.now))
      for (const event of everyEvent(place.progress)) {
        const result = reduce(place.progress, event, place.now)
        checkStep(reducer, place, event, result.ok ? result.progress : undefined)
        if (result.ok) next.push({ progress: Object.freeze(result.progress), now: place.now })
      }
      for (const later of CLOCK_STEPS) next.push({ progress: place.progress, now: place.now + later })
    }
    level = next
  }
  return { visited: seen.size, reached }
}

/** Every event there is, with every token that any holder ever had and one that nobody has. */
export function everyEvent({ fencing }: Progress): Event[] {
  const tokens = Array.from({ length: fencing + 2 }, (_, token) => token)
  return [
    ...ASSURANCES.map((assurance): Event => ({ type: 'approve', approval: { assurance, by: 'person_1' } })),
    { type: 'deny', reason: 'no' },
    { type: 'revoke', because: 'policy_changed' },
    { type: 'outdate' },
    ...HOLDERS.flatMap((holder): Event[] => [
      { type: 'take', holder },
      { type: 'take_over', holder, holderGone: false },
      { type: 'take_over', holder, holderGone: true },
    ]),
    ...tokens.flatMap((token): Event[] => [
      { type: 'resend', fencing: token },
      { type: 'accepted', fencing: token, outcome: happened },
      { type: 'rejected', fencing: token, outcome: refused, replayed: false },
      { type: 'rejected', fencing: token, outcome: refused, replayed: true },
      { type: 'uncertain', fencing: token, reason: 'lost' },
      { type: 'integrity_fault', fencing: token, happened: true, reason: 'fault', outcome: happened },
      { type: 'integrity_fault', fencing: token, happened: false, reason: 'fault', outcome: refused },
    ]),
    { type: 'proven', happened: true, outcome: happened, reason: 'seen' },
    { type: 'proven', happened: false, outcome: null, reason: 'not seen' },
    { type: 'proven', happened: null, outcome: null, reason: 'who knows' },
    { type: 'resolve', happened: true, outcome: happened, reason: 'seen' },
    { type: 'resolve', happened: false, outcome: refused, reason: 'not seen' },
  ]
}

function checkStep(
  { stateAt }: ReducerModule,
  { progress: before, now }: Place,
  event: Event,
  after: Progress | undefined,
): void {
  const from = stateAt(before, now)
  const fail = (promise: string): never => {
    throw new Error(`${promise}: ${JSON.stringify({ before, now, event, after })}`)
  }
  const waits = before.state === 'pending' || before.state === 'approved'
  if (waits && (from === 'expired') !== now >= before.expiresAt) fail('what waits expires at its moment')
  if (after === undefined) return
  if (TERMINAL.includes(from)) fail('P6 what has ended never changes')
  if (from === 'unknown' && event.type !== 'resolve') fail('P6 what is unknown is ended by a person alone')
  if (event.type === 'resolve' && from !== 'unknown') fail('a person resolves only what nobody could prove')
  if (after.needed !== before.needed) fail('the assurance needed never changes')
  if (after.state === 'approved') {
    const { approval } = after
    if (approval === null || !assuranceAtLeast(approval.assurance, after.needed))
      fail('P1 an approval that is not enough is refused')
    if (after.expiresAt !== now + TTL) fail('an approval is good for ten minutes')
  }
  const becomes: Partial<Record<Event['type'], State>> = {
    deny: 'denied',
    revoke: 'revoked',
    outdate: 'stale',
  }
  if (becomes[event.type] !== undefined && after.state !== becomes[event.type])
    fail(`P1 ${event.type} makes it void`)

  if (after.state === 'sending') {
    const { approval } = after
    if (approval === null || !assuranceAtLeast(approval.assurance, after.needed))
      fail('P1 nothing is sent without an approval of sufficient assurance')
    if (from !== (event.type === 'take' ? 'approved' : 'sending'))
      fail('P1 only what is approved is taken, once')
    if (from === 'approved' && now >= before.expiresAt) fail('nothing is sent after expiry')
    if (after.holder === null || after.leaseUntil !== now + LEASE) fail('a holder has a lease')
    if (from === 'sending' && now - (before.firstSentAt ?? 0) > BOUND)
      fail('nothing is resent later than 20 hours after the first time')
  } else if (after.holder !== null || after.leaseUntil !== null) fail('only what is sending has a holder')
  if (from === 'reconciling' && after.state !== 'reconciling' && event.type !== 'proven')
    fail('what waits for proof is ended by proof alone')
  if (after.state === 'reconciling' && after.quietSince !== now)
    fail('what waits for proof knows since when it is quiet')
  if (before.quietSince !== null && after.quietSince !== before.quietSince)
    fail('nothing is sent after it was given up')

  if (AFTER_SENDING.includes(from) && !AFTER_SENDING.includes(after.state))
    fail('P3 what was sent is never taken a second time')
  if (before.firstSentAt !== null && after.firstSentAt !== before.firstSentAt)
    fail('the first sending stays where it is in time')
  if (before.approval !== null && after.approval !== before.approval) {
    const isPersons = after.approval !== null && assuranceAtLeast(after.approval.assurance, 'chat')
    if (before.approval.assurance !== 'agent' || !isPersons || event.type !== 'approve')
      fail('an approval is never replaced, but by a person where the agent vouched')
  }

  if (after.fencing < before.fencing) fail('tokens only grow')
  const hasNewHolder = event.type === 'take' || event.type === 'take_over'
  if (hasNewHolder !== after.fencing > before.fencing) fail('each holder has a token of its own')
  if ('fencing' in event && event.fencing !== before.fencing) fail('P3 an old token never changes anything')
  if (event.type === 'take_over' && !event.holderGone && now < (before.leaseUntil ?? 0))
    fail('a lease holds against others')

  if (event.type === 'integrity_fault' && after.state === 'succeeded')
    fail('an integrity fault never ends as succeeded')
  if (event.type === 'integrity_fault' && event.happened && after.state !== 'unknown')
    fail('what happened elsewhere waits for a person')
  if (event.type === 'rejected' && before.attempts > 1 && !event.replayed && after.state === 'failed')
    fail('a refusal after a lost answer proves nothing')
  if (event.type === 'uncertain' && after.state !== 'reconciling') fail('what nobody knows waits for proof')
  if (event.type === 'proven') {
    const proves = event.happened === null ? 'unknown' : event.happened ? 'succeeded' : 'failed'
    if (after.state !== proves) fail('a proof says what it proves, and no proof is none')
  }
  if (after.state === 'succeeded' && !['accepted', 'proven', 'resolve'].includes(event.type))
    fail('only an answer, a proof or a person makes a success')
  if (after.state === 'expired') fail('only the clock expires')
}
