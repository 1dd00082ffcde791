import type { Evidence } from '../simulation/evidence.ts'
import { bytesFor } from '../simulation/integration.ts'
import type { Attempt } from '../simulation/network.ts'
import type { Fail } from './check-history.ts'
import { bytesOf, type Life, type Row } from './read-log.ts'

/** Stripe forgets a key after a day; with an hour for what is on its way, and a margin. */
const LAST_RESEND_MS = 20 * 60 * 60 * 1000 + 60_000

/** A lease is two minutes, and lapses only when its holder is gone. */
const LEASE_MS = 2 * 60 * 1000

const ENDS = ['reconciling', 'succeeded', 'failed', 'unknown']

const ATTEMPT_ACTIONS = ['confirmation.sending', 'confirmation.resent', 'confirmation.taken_over']

/** P2, P3 and P4: what left the nodes is what is stored, under its own key, and each attempt was written down before. */
export function checkWire(evidence: Evidence, lives: Map<string, Life>, fail: Fail): void {
  const byKey = new Map<string, Life>()
  for (const life of lives.values()) {
    const { key } = life.stored
    if (byKey.has(key)) fail('P3 each confirmation has a key of its own', life.stored.id)
    byKey.set(key, life)
    checkBytes(life, fail)
  }

  const attempts = new Map<Life, Attempt[]>()
  for (const attempt of evidence.attempts) {
    const isDelete = attempt.method === 'DELETE'
    const life = isDelete ? undefined : byKey.get(attempt.key ?? '')
    if (isDelete) {
      if (attempt.key !== undefined) fail('a DELETE has no key', attempt)
      checkDeletion(attempt, evidence, lives, fail)
    } else if (life === undefined) fail('P1 what is sent belongs to a confirmation', attempt)
    else {
      if (bytesOf(attempt) !== life.stored.bytes) fail('P2 bytes sent are bytes stored', attempt)
      attempts.set(life, [...(attempts.get(life) ?? []), attempt])
    }
  }

  for (const [life, sent] of attempts) checkAttempts(evidence, life, sent, fail)
}

function checkAttempts(evidence: Evidence, life: Life, sent: Attempt[], fail: Fail): void {
  const rows = attemptRows(life)
  const ended = life.rows.find((row) => ENDS.includes(String(row.detail['to'])))
  sent.forEach((attempt, index) => {
    const wrong = (promise: string): void => fail(promise, { id: life.stored.id, attempt })
    const written = rows.filter((row) => row.place < attempt.auditRows)
    if (written.length < index + 1) wrong('P4 each attempt is audited before it')
    if (attempt.at - (life.taken?.at ?? 0) > LAST_RESEND_MS) wrong('nothing is sent again after 20 hours')
    if (ended !== undefined && ended.place < attempt.auditRows)
      wrong('nothing is sent once its outcome is written down')
    const before = sent[index - 1]
    if (before === undefined) return
    const hasNewHolder = rows.some(
      (row) =>
        row.action === 'confirmation.taken_over' &&
        row.place >= before.auditRows &&
        row.place < attempt.auditRows,
    )
    // Where a refusal could not be written down, whoever takes over does not know of it.
    if (isRefusal(before.status) && !hasNewHolder) wrong('nothing is sent again after a refusal')
    if (before.node !== attempt.node && !hasNewHolder) wrong('P3 who was taken over from sends no more')
  })
  rows.forEach((row, index) => {
    const before = rows[index - 1]
    if (before === undefined) return
    if (row.action === 'confirmation.taken_over' && !evidence.isAlone && row.at - before.at < LEASE_MS)
      fail('a lease holds', { id: life.stored.id, row })
    if (isStoppedAt(evidence, row))
      fail('nothing is sent again over a stopped connection', { id: life.stored.id, row })
  })
}

function isRefusal(status: number | undefined): boolean {
  return status !== undefined && status >= 400 && status < 500 && status !== 409 && status !== 429
}

function isStoppedAt({ audit }: Evidence, row: Row): boolean {
  const last = audit.findLast(
    ({ action }, place) => place < row.place && /^connection\.(?:frozen|unfrozen|removed)$/.test(action),
  )
  return last !== undefined && last.action !== 'connection.unfrozen'
}

/** A DELETE may be done twice if it is sent twice: each is sent once, whatever comes of it. */
function checkDeletion(attempt: Attempt, evidence: Evidence, lives: Map<string, Life>, fail: Fail): void {
  const same = [...lives.values()].filter((life) => life.stored.bytes === bytesOf(attempt))
  const sent = evidence.attempts.filter(
    (other) => bytesOf(other) === bytesOf(attempt) && other.auditRows <= attempt.auditRows,
  )
  const taken = same.filter((life) => life.taken !== undefined && life.taken.place < attempt.auditRows)
  if (same.length === 0) fail('P1 what is sent belongs to a confirmation', attempt)
  else if (sent.length > taken.length) fail('P3 a DELETE is sent once, after it was taken', attempt)
}

function attemptRows(life: Life): Life['rows'] {
  return life.rows.filter((row) => ATTEMPT_ACTIONS.includes(row.action) && row.detail['resends'] !== false)
}

/** What is stored is what the agent asked for, word for word. */
function checkBytes({ stored, asked }: Life, fail: Fail): void {
  if (asked === undefined) return
  if (bytesOf(bytesFor(asked.tool, asked.params)) !== stored.bytes)
    fail('P2 bytes stored are bytes asked for', { asked, stored: stored.bytes })
}
