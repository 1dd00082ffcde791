import { describe, expect, test } from 'vitest'
import { ASSURANCES, assuranceAtLeast, type Assurance } from '../contract/effects.ts'
import {
  CONFIRMATION_TTL_SECONDS,
  firstProgress,
  LEASE_SECONDS,
  reduce,
  RESEND_BOUND_SECONDS,
  STATES,
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

  test('a person’s yes replaces that of an agent that may vouch, and no other approval is ever replaced', () => {
    const approvedBy = (assurance: Assurance): Progress =>
      progressIn('approved', { needed: 'agent', approval: { assurance, by: 'x', at: START } })
    for (const before of ASSURANCES) {
      for (const given of ASSURANCES) {
        const step = reduce(approvedBy(before), approve(given), START + 1)
        const isPersons = before === 'agent' && !assuranceAtLeast('agent', given)
        expect(step.ok, `${given} after ${before}`).toBe(isPersons)
        if (step.ok)
          expect(step.progress).toMatchObject({ state: 'approved', approval: { assurance: given } })
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
