import type { PlantedBug } from './bug.ts'

/** Ways to write down something else than what happened, or nothing. */
export const OUTCOME_BUGS: readonly PlantedBug[] = [
  {
    name: 'an answer of 500 is a failure',
    file: 'integrations/stripe/wire/judge.ts',
    find: `if (status >= 400 && status < 500 && error !== undefined) return 'rejected'`,
    replace: `if (status >= 400 && error !== undefined) return 'rejected'`,
  },
  {
    name: 'an answer of 502 is a failure',
    file: 'integrations/stripe/wire/judge.ts',
    find: `if (status >= 400 && status < 500 && error !== undefined) return 'rejected'`,
    replace: `if (status >= 400 && (status !== 500)) return 'rejected'`,
  },
  {
    name: 'a lost answer is a failure',
    file: 'integrations/stripe/wire/judge.ts',
    find: `if (answer.kind === 'no_answer') return mayResend ? 'lost' : 'uncertain'`,
    replace: `if (answer.kind === 'no_answer') return 'rejected'`,
  },
  {
    name: 'a refusal after a lost answer is a failure',
    file: 'confirmations/reducer.ts',
    find: 'return progress.attempts === 1 || event.replayed',
    replace: 'return progress.attempts >= 1 || event.replayed',
  },
  {
    name: 'the answer of an earlier holder counts',
    file: 'confirmations/reducer.ts',
    find: `      if (event.fencing !== progress.fencing) return refuse('fenced_off')
      // A refusal`,
    replace: '      // A refusal',
  },
  {
    name: 'what ended is ended again by a late answer',
    file: 'confirmations/reducer.ts',
    find: `    case 'accepted':
      if (state !== 'sending') return refuse('wrong_state')`,
    replace: `    case 'accepted':
      if (state !== 'sending' && state !== 'succeeded' && state !== 'unknown') return refuse('wrong_state')`,
  },
  {
    name: 'a key that was used is not a fault',
    file: 'calls/send-confirmation.ts',
    find: `if (event.type === 'integrity_fault') {`,
    replace: `if (event.type === 'integrity_fault' && result.ok && event.happened) {`,
  },
  {
    name: 'an answer from the other mode is a success',
    file: 'integrations/stripe/wire/judge.ts',
    find: `? 'foreign' : 'accepted'`,
    replace: `? 'rejected' : 'accepted'`,
  },
  {
    name: 'a fault leaves the connection as it is',
    file: 'calls/send-confirmation.ts',
    find: 'await calls.connections.freeze(tx, actor, intent.connection, event.reason)',
    replace: '',
  },
  {
    name: 'what nobody knows is sent again',
    file: 'confirmations/reducer.ts',
    find: `return become({ ...wait, reason: event.reason })`,
    replace: `return become({ reason: event.reason })`,
  },
  {
    name: 'what nobody knows is a failure',
    file: 'confirmations/reducer.ts',
    find: `return become({ ...wait, reason: event.reason })`,
    replace: `return become({ ...release, state: 'failed', reason: event.reason })`,
  },
  {
    name: 'nobody looks for what nobody knows',
    file: 'calls/reconcile-calls.ts',
    find: `if (progress.state !== 'reconciling' || calls.reconciling.has(intent.id)) return`,
    replace: `if (progress.state !== 'sending' || calls.reconciling.has(intent.id)) return`,
  },
  {
    name: 'silence is a proof at once',
    file: 'integrations/stripe/oracle/find-effect.ts',
    find: 'const isQuiet = sent.now - sent.quietSince >= LATE_EFFECT_MS',
    replace: 'const isQuiet = sent.now >= 0',
  },
  {
    name: 'what cannot be proved is a failure',
    file: 'confirmations/reducer.ts',
    find: `if (event.happened === null) return become({ state: 'unknown', reason: event.reason })`,
    replace: `if (event.happened === null) return become({ state: 'failed', reason: event.reason })`,
  },
  {
    name: 'nobody takes over what a dead process was sending',
    file: 'calls/recover-calls.ts',
    find: `states: ['sending'], limit: MAX_RECOVERED`,
    replace: `states: ['sending'], limit: 0`,
  },
  {
    name: 'a lapsed lease is left alone',
    file: 'confirmations/reducer.ts',
    find: `if (!event.holderGone && progress.leaseUntil !== null && now < progress.leaseUntil)`,
    replace: `if (!event.holderGone && progress.leaseUntil !== null)`,
  },
  {
    name: 'events of others count as a proof',
    file: 'integrations/stripe/oracle/find-events.ts',
    find: `textAt(objectAt(event, 'request') ?? {}, 'idempotency_key') === idempotencyKey`,
    replace: `textAt(objectAt(event, 'request') ?? {}, 'idempotency_key') !== ''`,
  },
  {
    name: 'a lost DELETE is a failure',
    file: 'calls/recover-calls.ts',
    find: `const event = { type: 'uncertain', fencing, reason } as const`,
    replace: `const event = { type: 'rejected', fencing, outcome: {}, replayed: true } as const`,
  },
]
