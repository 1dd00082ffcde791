import type { Evidence } from '../simulation/evidence.ts'
import type { Fail } from './check-history.ts'
import { bytesOf, type Life } from './read-log.ts'

const UNSENT = ['pending', 'approved', 'denied', 'expired', 'revoked', 'stale']

/** Codes that say that nothing was sent, and mean it. */
const NOTHING_SENT = [
  'confirmation_pending',
  'write_rejected',
  'confirmation_expired',
  'confirmation_revoked',
  'confirmation_stale',
]

/** P1, P3 and P7: what is written down as the outcome is what the ledger says. */
export function checkOutcomes(evidence: Evidence, lives: Map<string, Life>, fail: Fail): void {
  for (const effect of evidence.ledger) {
    if (effect.byOthers) continue
    const owners = [...lives.values()].filter((life) => life.effects.includes(effect))
    if (owners.every(({ taken }) => taken === undefined))
      fail('P1 each effect belongs to a confirmation that was taken', effect)
    if (owners.every((life) => bytesOf(effect) !== life.stored.bytes))
      fail('P2 what happened is what was approved', effect)
  }
  for (const life of lives.values()) checkOutcome(evidence, life, lives, fail)
  for (const called of evidence.called) checkAnswer(called, lives, fail)
  checkFaults(evidence, lives, fail)
}

function checkOutcome(evidence: Evidence, life: Life, lives: Map<string, Life>, fail: Fail): void {
  const { stored, effects, taken } = life
  const wrong = (promise: string): void =>
    fail(promise, { id: stored.id, state: stored.state, effects: effects.length })
  const isDelete = stored.bytes.startsWith('DELETE')
  // A customer is deleted once; which of two deletions did it, the ledger cannot say.
  if (effects.length > 1) wrong('P3 at most one effect per confirmation')
  if (taken === undefined) {
    if (!UNSENT.includes(stored.state)) wrong('P7 what was not taken was not sent')
    if (!isDelete && evidence.attempts.some(({ key }) => key === stored.key))
      wrong('P1 only what was taken is sent')
    return
  }
  if (!['succeeded', 'failed', 'unknown'].includes(stored.state))
    wrong('P7 what was taken has an outcome that can be seen')
  // What was changed is as it was approved: that the same change by another confirmation made it so cannot be told apart.
  const same =
    life.tool === 'sim_rename' ? evidence.ledger.some((effect) => bytesOf(effect) === stored.bytes) : false
  if (stored.state === 'succeeded' && effects.length === 0 && !same)
    wrong('P7 what is called succeeded happened')
  const isOnly =
    !isDelete ||
    [...lives.values()].filter((other) => other.stored.bytes === stored.bytes && other.taken !== undefined)
      .length === 1
  if (stored.state === 'failed' && effects.length > 0 && isOnly)
    wrong('P7 what is called failed did not happen')
  if (
    stored.state === 'failed' &&
    isDelete &&
    effects.length > 0 &&
    !isOnly &&
    noneSucceeded(lives, stored.bytes)
  )
    wrong('P7 what is called failed did not happen')
}

function noneSucceeded(lives: Map<string, Life>, bytes: string): boolean {
  return [...lives.values()].every(
    ({ stored, taken }) => stored.bytes !== bytes || taken === undefined || stored.state === 'failed',
  )
}

/** What agents heard is true. */
function checkAnswer(called: Evidence['called'][number], lives: Map<string, Life>, fail: Fail): void {
  const life = lives.get(called.confirmation)
  if (called.isOther && called.answer === 'result')
    fail('P1 a call that is not what was previewed has no result', called)
  if (life === undefined) return
  if (called.answer === 'result' && life.effects.length === 0)
    fail('a result is of something that happened', called)
  if (NOTHING_SENT.includes(called.answer) && life.taken !== undefined && life.taken.place < called.from)
    fail('what an agent hears was not sent was not sent', called)
  // Whoever asks for something else ends it, unless it was already on its way.
  const burns = called.isOther && called.answer === 'confirmation_mismatch'
  if (burns && life.taken !== undefined && life.taken.place >= called.to)
    fail('P1 a call of something else ends the confirmation', called)
}

/** An integrity fault stops the connection until a person has looked. */
function checkFaults({ audit }: Evidence, lives: Map<string, Life>, fail: Fail): void {
  for (const { rows, stored } of lives.values()) {
    const fault = rows.find((row) => row.action === 'confirmation.integrity_fault')
    if (fault === undefined) continue
    const stop = audit.findLastIndex(
      ({ action }, place) =>
        place <= fault.place + 1 && /^connection\.(?:frozen|removed|unfrozen)$/.test(action),
    )
    if (stop === -1 || audit[stop]?.action === 'connection.unfrozen')
      fail('an integrity fault freezes the connection', stored.id)
  }
}
