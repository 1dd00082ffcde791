import { assuranceAtLeast, type Assurance } from '../contract/effects.ts'

/**
 * The life of one confirmation as a pure function: (progress, event, clock) → progress or a refusal.
 * docs/architecture.md has the table.
 */
export const STATES = [
  'pending',
  'approved',
  'denied',
  'expired',
  'revoked',
  'stale',
  'sending',
  'reconciling',
  'succeeded',
  'failed',
  'unknown',
] as const
export type State = (typeof STATES)[number]

/** `unknown` is an end for the machine alone: a person who has looked ends it. */
export const TERMINAL: ReadonlySet<State> = new Set([
  'denied',
  'expired',
  'revoked',
  'stale',
  'succeeded',
  'failed',
])

/** Time to find one's phone; short enough that the preview is still true. Counted again from an approval. */
export const CONFIRMATION_TTL_SECONDS = 10 * 60

/** Longer than one attempt may take, so that a lease lapses only when its holder is gone. */
export const LEASE_SECONDS = 120

/** Stripe forgets a key after 24 hours; past this, sending again could make a second effect. */
export const RESEND_BOUND_SECONDS = 20 * 60 * 60

export interface Approval {
  assurance: Assurance
  /** The person, `chat:<device>` for one who answered in a chat, or `policy` where that lets the agent vouch. */
  by: string
  at: number
}

export interface Outcome {
  /** Set when the write happened. */
  storable?: unknown
  /** Set when the provider refused it. */
  problem?: { code: string; message: string; nextStep?: string; details?: Record<string, unknown> }
  requestId?: string
  /** Set when a person looked and said how it ended. */
  resolvedBy?: string
}

/** All moments are milliseconds since the epoch. */
export interface Progress {
  state: State
  needed: Assurance
  approval: Approval | null
  /** Why it was denied, revoked, or needs a person. */
  reason: string | null
  expiresAt: number
  /** Grows with each holder: an answer that an earlier holder brings is refused. */
  fencing: number
  holder: string | null
  leaseUntil: number | null
  attempts: number
  firstSentAt: number | null
  /** When its last attempt was given up: no byte of it leaves the hub after this. */
  quietSince: number | null
  outcome: Outcome | null
}

export type RevokedBecause = 'device_revoked' | 'connection_changed' | 'policy_changed' | 'params_changed'

export type Event =
  | { type: 'approve'; approval: Omit<Approval, 'at'> }
  | { type: 'deny'; reason: string | null }
  | { type: 'revoke'; because: RevokedBecause }
  | { type: 'outdate' }
  /** A call takes it, for `holder` alone. */
  | { type: 'take'; holder: string }
  /** Another attempt by the same holder, with the same key and bytes. */
  | { type: 'resend'; fencing: number }
  /** Another holder takes over after a crash. `holderGone`: it is known to be dead, before the lease lapses. */
  | { type: 'take_over'; holder: string; holderGone: boolean }
  | { type: 'accepted'; fencing: number; outcome: Outcome }
  /** `replayed`: the provider says that this is the stored answer of the first execution. */
  | { type: 'rejected'; fencing: number; outcome: Outcome; replayed: boolean }
  | { type: 'uncertain'; fencing: number; reason: string }
  | { type: 'integrity_fault'; fencing: number; happened: boolean; reason: string; outcome: Outcome }
  /** What the oracle found; `null`: neither proof, so that a person has to look. */
  | { type: 'proven'; happened: boolean | null; outcome: Outcome | null; reason: string }
  /** A person has looked, and says how it ended. */
  | { type: 'resolve'; happened: boolean; outcome: Outcome; reason: string }

export type Refusal =
  | 'expired'
  | 'wrong_state'
  | 'assurance_too_low'
  | 'lease_held'
  | 'fenced_off'
  | 'too_late_to_resend'
  /** Another node changed it twice while this one tried. */
  | 'contended'

export type Step = { ok: true; progress: Progress } | { ok: false; refusal: Refusal }

export function firstProgress(needed: Assurance, now: number): Progress {
  return {
    state: 'pending',
    needed,
    approval: null,
    reason: null,
    expiresAt: now + CONFIRMATION_TTL_SECONDS * 1000,
    fencing: 0,
    holder: null,
    leaseUntil: null,
    attempts: 0,
    firstSentAt: null,
    quietSince: null,
    outcome: null,
  }
}

/** The state as the clock has it: what waited too long has expired, whether or not anybody wrote that down. */
export function stateAt(progress: Progress, now: number): State {
  const waits = progress.state === 'pending' || progress.state === 'approved'
  return waits && now >= progress.expiresAt ? 'expired' : progress.state
}

export function reduce(progress: Progress, event: Event, now: number): Step {
  const state = stateAt(progress, now)
  const refuse = (refusal: Refusal): Step => ({ ok: false, refusal })
  const become = (changes: Partial<Progress>): Step => ({ ok: true, progress: { ...progress, ...changes } })
  const release = { holder: null, leaseUntil: null }
  const wait = { ...release, state: 'reconciling', quietSince: now } as const

  switch (event.type) {
    case 'approve':
      if (state === 'expired') return refuse('expired')
      if (state !== 'pending' && !(state === 'approved' && isVouchedFor(progress, event.approval.assurance)))
        return refuse('wrong_state')
      if (!assuranceAtLeast(event.approval.assurance, progress.needed)) return refuse('assurance_too_low')
      return become({
        state: 'approved',
        approval: { ...event.approval, at: now },
        expiresAt: now + CONFIRMATION_TTL_SECONDS * 1000,
      })

    case 'deny':
      if (state === 'expired') return refuse('expired')
      if (state !== 'pending' && state !== 'approved') return refuse('wrong_state')
      return become({ state: 'denied', reason: event.reason })

    case 'revoke':
      if (state !== 'pending' && state !== 'approved') return refuse('wrong_state')
      return become({ state: 'revoked', reason: event.because })

    case 'outdate':
      if (state !== 'approved') return refuse('wrong_state')
      return become({ state: 'stale' })

    case 'take':
      if (state === 'expired') return refuse('expired')
      if (state !== 'approved' || progress.approval === null) return refuse('wrong_state')
      if (!assuranceAtLeast(progress.approval.assurance, progress.needed)) return refuse('assurance_too_low')
      return become({
        state: 'sending',
        fencing: progress.fencing + 1,
        holder: event.holder,
        leaseUntil: now + LEASE_SECONDS * 1000,
        attempts: 1,
        firstSentAt: now,
      })

    case 'resend':
      if (state !== 'sending') return refuse('wrong_state')
      if (event.fencing !== progress.fencing) return refuse('fenced_off')
      if (tooLate(progress, now)) return refuse('too_late_to_resend')
      return become({ attempts: progress.attempts + 1, leaseUntil: now + LEASE_SECONDS * 1000 })

    case 'take_over':
      if (state !== 'sending') return refuse('wrong_state')
      if (!event.holderGone && progress.leaseUntil !== null && now < progress.leaseUntil)
        return refuse('lease_held')
      if (tooLate(progress, now)) return refuse('too_late_to_resend')
      return become({
        fencing: progress.fencing + 1,
        holder: event.holder,
        leaseUntil: now + LEASE_SECONDS * 1000,
        attempts: progress.attempts + 1,
      })

    case 'accepted':
      if (state !== 'sending') return refuse('wrong_state')
      if (event.fencing !== progress.fencing) return refuse('fenced_off')
      return become({ state: 'succeeded', outcome: event.outcome, ...release })

    case 'rejected':
      if (state !== 'sending') return refuse('wrong_state')
      if (event.fencing !== progress.fencing) return refuse('fenced_off')
      // A refusal of the first execution is the whole story; any other, after a lost answer, may hide an effect.
      return progress.attempts === 1 || event.replayed
        ? become({ state: 'failed', outcome: event.outcome, ...release })
        : become({ ...wait, outcome: event.outcome, reason: 'refused when sent again' })

    case 'uncertain':
      if (state !== 'sending') return refuse('wrong_state')
      if (event.fencing !== progress.fencing) return refuse('fenced_off')
      return become({ ...wait, reason: event.reason })

    case 'integrity_fault':
      if (state !== 'sending') return refuse('wrong_state')
      if (event.fencing !== progress.fencing) return refuse('fenced_off')
      return become({
        state: event.happened ? 'unknown' : 'failed',
        reason: event.reason,
        outcome: event.outcome,
        ...release,
      })

    case 'proven':
      if (state !== 'reconciling') return refuse('wrong_state')
      if (event.happened === null) return become({ state: 'unknown', reason: event.reason })
      return become({
        state: event.happened ? 'succeeded' : 'failed',
        outcome: event.outcome ?? progress.outcome,
        reason: event.reason,
      })

    case 'resolve':
      if (state !== 'unknown') return refuse('wrong_state')
      return become({
        state: event.happened ? 'succeeded' : 'failed',
        outcome: event.outcome,
        reason: event.reason,
      })
  }
}

/** A person's yes replaces the one with which the policy let the agent vouch. */
function isVouchedFor({ approval }: Progress, given: Assurance): boolean {
  return approval?.assurance === 'agent' && !assuranceAtLeast('agent', given)
}

function tooLate(progress: Progress, now: number): boolean {
  return progress.firstSentAt === null || now - progress.firstSentAt > RESEND_BOUND_SECONDS * 1000
}
