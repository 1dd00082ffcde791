import { describe, expect, test } from 'vitest'
import { ASSURANCES, assuranceAtLeast, type Assurance } from '../contract/effects.ts'
import {
  CONFIRMATION_TTL_SECONDS,
  firstProgress,
  LEASE_SECONDS,
  reduce,
  RESEND_BOUND_SECONDS,
  stateAt,
  STATES,
  TERMINAL,
  type Event,
  type Outcome,
  type Progress,
  type State,
} from './reducer.ts'

const START = 1_000_000
const TTL = CONFIRMATION_TTL_SECONDS * 1000
const LEASE = LEASE_SECONDS * 1000
const BOUND = RESEND_BOUND_SECONDS * 1000

const happened: Outcome = { storable: { id: 're_1' } }
const refused: Outcome = { problem: { code: 'card_declined', message: 'Declined.' } }

const approve = (assurance: Assurance): Event => ({
  type: 'approve',
  approval: { assurance, by: 'person_1' },
})

function progressIn(state: State, changes: Partial<Progress> = {}): Progress {
  const wasSent = ['sending', 'reconciling', 'succeeded', 'failed', 'unknown'].includes(state)
  const isSending = state === 'sending'
  const isUnapproved = state === 'pending' || state === 'expired'
  return {
    ...firstProgress('dashboard', START),
    state,
    approval: isUnapproved ? null : { assurance: 'dashboard', by: 'person_1', at: START },
    fencing: wasSent ? 1 : 0,
    holder: isSending ? 'A' : null,
    leaseUntil: isSending ? START + LEASE : null,
    attempts: wasSent ? 1 : 0,
    firstSentAt: wasSent ? START : null,
    ...changes,
  }
}

describe('the table of transitions', () => {
  const events = {
    approve: approve('dashboard'),
    deny: { type: 'deny', reason: null },
    revoke: { type: 'revoke', because: 'device_revoked' },
    outdate: { type: 'outdate' },
    take: { type: 'take', holder: 'A' },
    resend: { type: 'resend', fencing: 1 },
    'take over from the dead': { type: 'take_over', holder: 'B', holderGone: true },
    accepted: { type: 'accepted', fencing: 1, outcome: happened },
    rejected: { type: 'rejected', fencing: 1, outcome: refused, replayed: false },
    uncertain: { type: 'uncertain', fencing: 1, reason: 'lost' },
    'fault, nothing happened': {
      type: 'integrity_fault',
      fencing: 1,
      happened: false,
      reason: 'x',
      outcome: refused,
    },
    'fault, it happened': {
      type: 'integrity_fault',
      fencing: 1,
      happened: true,
      reason: 'x',
      outcome: happened,
    },
    'proven done': { type: 'proven', happened: true, outcome: happened, reason: 'seen' },
    'proven not done': { type: 'proven', happened: false, outcome: refused, reason: 'not seen' },
    'not provable': { type: 'proven', happened: null, outcome: null, reason: 'who knows' },
    'a person saw it': { type: 'resolve', happened: true, outcome: happened, reason: 'seen' },
    'a person did not see it': { type: 'resolve', happened: false, outcome: refused, reason: 'not seen' },
  } as const satisfies Record<string, Event>
  const names = Object.keys(events) as (keyof typeof events)[]

  /** Every cell that is not here is refused. */
  const table: Partial<Record<State, Partial<Record<keyof typeof events, State>>>> = {
    pending: { approve: 'approved', deny: 'denied', revoke: 'revoked' },
    approved: { deny: 'denied', revoke: 'revoked', outdate: 'stale', take: 'sending' },
    sending: {
      resend: 'sending',
      'take over from the dead': 'sending',
      accepted: 'succeeded',
      rejected: 'failed',
      uncertain: 'reconciling',
      'fault, nothing happened': 'failed',
      'fault, it happened': 'unknown',
    },
    reconciling: { 'proven done': 'succeeded', 'proven not done': 'failed', 'not provable': 'unknown' },
    unknown: { 'a person saw it': 'succeeded', 'a person did not see it': 'failed' },
  }

  for (const state of STATES) {
    test(`from ${state}: ${Object.values(table[state] ?? {}).join(', ') || 'nowhere'}`, () => {
      for (const name of names) {
        const step = reduce(progressIn(state), events[name], START)
        expect(step.ok ? step.progress.state : 'refused', name).toBe(table[state]?.[name] ?? 'refused')
      }
    })
  }

  test('a refusal of the first attempt is the end, a refusal of a resend waits for proof', () => {
    const step = reduce(progressIn('sending', { attempts: 2 }), events.rejected, START)
    expect(step).toMatchObject({ ok: true, progress: { state: 'reconciling', outcome: refused } })
  })

  test('the stored refusal of the first execution is the end, however often it was sent', () => {
    const replayed = { ...events.rejected, replayed: true }
    const step = reduce(progressIn('sending', { attempts: 7 }), replayed, START)
    expect(step).toMatchObject({ ok: true, progress: { state: 'failed', outcome: refused, holder: null } })
  })

  test('what waits for proof knows since when nothing of it has left the hub', () => {
    const resent = progressIn('sending', { attempts: 2 })
    for (const event of [events.rejected, events.uncertain]) {
      const step = reduce(resent, event, START + 5_000)
      expect(step).toMatchObject({ ok: true, progress: { state: 'reconciling', quietSince: START + 5_000 } })
    }
  })

  test('each refusal says what was wrong', () => {
    const late = START + TTL
    const why = (progress: Progress, event: Event, now = START) => {
      const step = reduce(progress, event, now)
      return step.ok ? 'done' : step.refusal
    }
    expect(why(progressIn('pending'), events.approve, late)).toBe('expired')
    expect(why(progressIn('pending'), events.deny, late)).toBe('expired')
    expect(why(progressIn('approved'), events.take, late)).toBe('expired')
    expect(why(progressIn('pending'), events.take)).toBe('wrong_state')
    expect(why(progressIn('pending'), approve('chat'))).toBe('assurance_too_low')
    expect(why(progressIn('sending'), { type: 'take_over', holder: 'B', holderGone: false })).toBe(
      'lease_held',
    )
    expect(why(progressIn('sending'), { ...events.accepted, fencing: 0 })).toBe('fenced_off')
    expect(why(progressIn('sending'), events.resend, START + BOUND + 1)).toBe('too_late_to_resend')
  })
})

describe('the edges of time', () => {
  test('what is pending is approved until the millisecond before its ten minutes are over', () => {
    expect(reduce(progressIn('pending'), approve('dashboard'), START + TTL - 1).ok).toBe(true)
    expect(reduce(progressIn('pending'), approve('dashboard'), START + TTL).ok).toBe(false)
  })

  test('an approval gives ten minutes of its own, and not one millisecond more', () => {
    const approved = reduce(progressIn('pending'), approve('dashboard'), START + TTL - 1)
    if (!approved.ok) throw new Error('not approved')
    const take = { type: 'take', holder: 'A' } as const
    expect(reduce(approved.progress, take, START + 2 * TTL - 2).ok).toBe(true)
    expect(reduce(approved.progress, take, START + 2 * TTL - 1)).toEqual({ ok: false, refusal: 'expired' })
  })

  test('a lease lapses at its end, and a resend renews it', () => {
    const takeOver = { type: 'take_over', holder: 'B', holderGone: false } as const
    expect(reduce(progressIn('sending'), takeOver, START + LEASE - 1).ok).toBe(false)
    expect(reduce(progressIn('sending'), takeOver, START + LEASE).ok).toBe(true)
    const renewed = reduce(progressIn('sending'), { type: 'resend', fencing: 1 }, START + LEASE - 1)
    if (!renewed.ok) throw new Error('not resent')
    expect(reduce(renewed.progress, takeOver, START + 2 * LEASE - 2).ok).toBe(false)
  })

  test('the last resend is at 20 hours, whoever sends and however often it was sent before', () => {
    const resend = { type: 'resend', fencing: 1 } as const
    const takeOver = { type: 'take_over', holder: 'B', holderGone: true } as const
    for (const attempts of [1, 2, 1000]) {
      const sending = progressIn('sending', { attempts })
      for (const event of [resend, takeOver]) {
        expect(reduce(sending, event, START + BOUND).ok).toBe(true)
        expect(reduce(sending, event, START + BOUND + 1).ok).toBe(false)
      }
    }
  })

  test('an approval below what is needed is refused, one at or above it counts', () => {
    for (const needed of ASSURANCES) {
      for (const given of ASSURANCES) {
        const step = reduce(firstProgress(needed, START), approve(given), START)
        expect(step.ok, `${given} where ${needed} is needed`).toBe(assuranceAtLeast(given, needed))
      }
    }
  })

  test('an approval that was stored with too low an assurance is not sent', () => {
    const tampered = progressIn('approved', { approval: { assurance: 'agent', by: 'x', at: START } })
    expect(reduce(tampered, { type: 'take', holder: 'A' }, START).ok).toBe(false)
    expect(reduce(progressIn('approved', { approval: null }), { type: 'take', holder: 'A' }, START).ok).toBe(
      false,
    )
  })
})

describe('exhaustive search', () => {
  const HOLDERS = ['A', 'B']
  /** To each edge of a bound, and past it. */
  const CLOCK_STEPS = [1, LEASE - 1, LEASE, TTL - 1, TTL, BOUND, BOUND + 1]

  /** Every event there is, with every token that any holder ever had and one that nobody has. */
  function everyEvent({ fencing }: Progress): Event[] {
    const tokens = Array.from({ length: fencing + 2 }, (_, token) => token)
    return [
      ...ASSURANCES.map(approve),
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

  interface Node {
    progress: Progress
    now: number
  }

  /** Walks all that can be reached in `depth` steps, and hands every edge to `check`. */
  function search(
    needed: Assurance,
    depth: number,
    check: (before: Node, event: Event, after: Progress | undefined) => void,
  ): number {
    const seen = new Set<string>()
    let level: Node[] = [{ progress: Object.freeze(firstProgress(needed, START)), now: START }]
    for (let step = 0; step <= depth; step += 1) {
      const next: Node[] = []
      for (const node of level) {
        const key = JSON.stringify(node)
        if (seen.has(key)) continue
        seen.add(key)
        for (const event of everyEvent(node.progress)) {
          const result = reduce(node.progress, event, node.now)
          check(node, event, result.ok ? result.progress : undefined)
          if (result.ok) next.push({ progress: Object.freeze(result.progress), now: node.now })
        }
        for (const later of CLOCK_STEPS) next.push({ progress: node.progress, now: node.now + later })
      }
      level = next
    }
    return seen.size
  }

  const AFTER_SENDING: State[] = ['sending', 'reconciling', 'succeeded', 'failed', 'unknown']

  function checkEdge({ progress: before, now }: Node, event: Event, after: Progress | undefined): void {
    const from = stateAt(before, now)
    const fail = (promise: string): never => {
      throw new Error(`${promise}: ${JSON.stringify({ before, now, event, after })}`)
    }
    if (after === undefined) return
    if (TERMINAL.has(from)) fail('P6 what has ended never changes')
    if (from === 'unknown' && event.type !== 'resolve') fail('P6 what is unknown is ended by a person alone')
    if (event.type === 'resolve' && from !== 'unknown') fail('a person resolves only what nobody could prove')
    if (from === 'expired') fail('expiry is never undone')
    if (after.needed !== before.needed) fail('the assurance needed never changes')

    if (after.state === 'sending') {
      const { approval } = after
      if (approval === null || !assuranceAtLeast(approval.assurance, after.needed))
        fail('P1 nothing is sent without an approval of sufficient assurance')
      if (from !== 'approved' && from !== 'sending') fail('P1 only what is approved is sent')
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
    if (before.approval !== null && after.approval !== before.approval) fail('an approval is never replaced')

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
    if (after.state === 'succeeded' && !['accepted', 'proven', 'resolve'].includes(event.type))
      fail('only an answer, a proof or a person makes a success')
    if (after.state === 'expired') fail('only the clock expires')
  }

  test('all states, events, holders and clock steps keep the six properties', () => {
    const reached = new Map<State, number>()
    let visited = 0
    visited += search('dashboard', 6, (before, event, after) => {
      checkEdge(before, event, after)
      const state = stateAt(before.progress, before.now)
      reached.set(state, (reached.get(state) ?? 0) + 1)
    })
    // What the search did not reach, it did not check.
    expect(new Set(reached.keys())).toEqual(new Set(STATES))
    expect(visited).toBeGreaterThan(5_000)
  })

  test('the same holds whatever assurance is needed', () => {
    for (const needed of ASSURANCES) expect(search(needed, 3, checkEdge)).toBeGreaterThan(100)
  })

  test('expired stays expired at every later moment', () => {
    for (const state of ['pending', 'approved'] as const) {
      for (const later of [0, 1, TTL, BOUND, 1e12]) {
        const now = START + TTL + later
        expect(stateAt(progressIn(state), now)).toBe('expired')
        for (const event of everyEvent(progressIn(state)))
          expect(reduce(progressIn(state), event, now).ok).toBe(false)
      }
    }
  })

  test('of two holders that both answer, one is heard', () => {
    const takenOver = reduce(
      progressIn('sending'),
      { type: 'take_over', holder: 'B', holderGone: false },
      START + LEASE,
    )
    if (!takenOver.ok) throw new Error('not taken over')
    const answers: Event[] = [1, 2].map((fencing) => ({ type: 'accepted', fencing, outcome: happened }))
    for (const order of [answers, answers.toReversed()]) {
      let progress = takenOver.progress
      let heard = 0
      for (const answer of order) {
        const step = reduce(progress, answer, START + LEASE)
        if (step.ok) {
          progress = step.progress
          heard += 1
        }
      }
      expect(heard).toBe(1)
      expect(progress.state).toBe('succeeded')
    }
  })
})
