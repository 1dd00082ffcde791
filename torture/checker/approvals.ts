import type { Decided, Evidence } from '../simulation/evidence.ts'
import { ALLOWED, CAP, type PolicyName } from '../simulation/policies.ts'
import type { Fail } from './check-history.ts'
import type { Life, Row } from './read-log.ts'

const TTL_MS = 10 * 60 * 1000
const DAY_MS = 24 * 60 * 60 * 1000

const RANK = { agent: 1, dashboard: 2, passkey: 3 }
type Needed = keyof typeof RANK | 'denied'

/** What a policy asks for, tool by tool: written down here once more, by hand. */
const NEEDED: Record<PolicyName, Record<string, Needed>> = {
  careful: { sim_refund: 'dashboard', sim_rename: 'agent', sim_delete: 'dashboard' },
  capped: { sim_refund: 'dashboard', sim_rename: 'agent', sim_delete: 'dashboard' },
  raised: { sim_refund: 'dashboard', sim_rename: 'dashboard', sim_delete: 'dashboard' },
  passkey: { sim_refund: 'passkey', sim_rename: 'agent', sim_delete: 'passkey' },
  no_deletions: { sim_refund: 'dashboard', sim_rename: 'agent', sim_delete: 'denied' },
  allowance: { sim_refund: 'dashboard', sim_rename: 'agent', sim_delete: 'dashboard' },
}

/** P1 and P5: whatever was taken to be sent had a sufficient approval, of these bytes, earlier, that still held. */
export function checkApprovals(evidence: Evidence, lives: Map<string, Life>, fail: Fail): void {
  for (const life of lives.values()) {
    const { taken, stored } = life
    checkApprover(evidence, life, fail)
    checkVoid(evidence, life, fail)
    if (taken === undefined) continue
    const wrong = (promise: string): void => fail(promise, { id: stored.id, taken: taken.place })
    const policy = policyAt(evidence, taken)
    if (policy.place > life.created.place) wrong('P1 an approval does not outlive its policy')
    if (isStopped(evidence, life, taken)) wrong('P1 an approval does not outlive its device or connection')
    const approvedAt = life.approved?.at ?? life.created.at
    if (approvedAt - life.created.at >= TTL_MS) wrong('P1 a preview can be approved for ten minutes')
    if (taken.at - approvedAt >= TTL_MS) wrong('P1 an approval is good for ten minutes')
    if (wasDenied(evidence, stored.id, taken)) wrong('P1 what was denied is not sent')

    const needed = neededFor(evidence, lives, life, taken, policy.name)
    const given = approvalOf(evidence, life, taken)
    if (needed === 'denied') wrong('P1 what the policy denies is not sent')
    else if (RANK[given] < RANK[needed]) wrong(`P1 ${given} is not enough where ${needed} is needed`)
    if (policy.name === 'capped' && life.amount > 0 && spentBefore(lives, life, taken) + life.amount > CAP)
      wrong('P1 a cap holds')
  }
}

/** P5: every approval in the log is one that a person gave, and no device ever got one through. */
function checkApprover(evidence: Evidence, { approved, created, stored, tool }: Life, fail: Fail): void {
  const decisions = evidence.decided.filter((one) => one.confirmation === stored.id)
  for (const { who, outcome } of decisions) {
    if (outcome === 'done' && (who.startsWith('device') || who === 'viewer'))
      fail('P5 the approver is never the device, or somebody who may only look', { who, id: stored.id })
  }
  if (approved === undefined) return
  const needed = NEEDED[policyAt(evidence, created).name][tool] ?? 'denied'
  const given = approved.detail['assurance'] === 'passkey' ? 'passkey' : 'dashboard'
  if (needed === 'denied' || RANK[given] < RANK[needed])
    fail('an approval that is not enough is refused', { id: stored.id, given, needed })
  const real = decisions.find((one) => gave(one, approved))
  if (real === undefined || real.who.startsWith('device'))
    fail('P5 an approval in the log was given by a person', { id: stored.id, actor: approved.actor })
}

/** What waited when its policy, device or connection changed is void, and says so. */
function checkVoid(evidence: Evidence, life: Life, fail: Fail): void {
  const { stored, created } = life
  if (stored.state !== 'pending' && stored.state !== 'approved') return
  const end = { ...created, place: Infinity }
  const isWaiting = (at: string): boolean =>
    Date.parse(at) - (life.approved?.at ?? Date.parse(stored.createdAt)) < TTL_MS
  const changed = evidence.audit.some(
    ({ action, at }, place) => action === 'policy.changed' && place > created.place && isWaiting(at),
  )
  if (changed) fail('what waited under an earlier policy is void', stored.id)
  if (isStopped(evidence, life, end)) {
    const stopped = evidence.audit.some(
      ({ action, at, subject }, place) =>
        place > created.place &&
        isWaiting(at) &&
        (/^connection\.(?:frozen|removed)$/.test(action) ||
          (action === 'device.revoked' && created.actor === `device:${subject}`)),
    )
    if (stopped) fail('what waited for a device or connection that was stopped is void', stored.id)
  }
}

function gave(decision: Decided, approved: Row): boolean {
  return (
    decision.what === 'approve' &&
    approved.actor === `person:${decision.who}` &&
    approved.detail['assurance'] === decision.assurance &&
    decision.from <= approved.place
  )
}

function approvalOf(
  evidence: Evidence,
  { stored, approved }: Life,
  taken: Row,
): 'agent' | 'dashboard' | 'passkey' {
  if (approved === undefined || approved.place > taken.place) return 'agent'
  const real = evidence.decided.find((one) => one.confirmation === stored.id && gave(one, approved))
  return real?.assurance ?? 'agent'
}

function policyAt(evidence: Evidence, { place }: Row): { place: number; name: PolicyName } {
  const changes = evidence.audit
    .map((row, index) => ({ row, index }))
    .filter(({ row, index }) => row.action === 'policy.changed' && index < place)
  const last = changes.at(-1)
  const version = last === undefined ? 1 : (JSON.parse(last.row.detail) as { version: number }).version
  const name = evidence.policies.get(version)
  if (name === undefined) throw new Error(`nobody made policy ${version}`)
  return { place: last?.index ?? -1, name }
}

/** Whether its device or connection was stopped between the preview and the call. */
function isStopped({ audit }: Evidence, life: Life, taken: Row): boolean {
  const device = life.rows.find((row) => row.action === 'confirmation.created')?.actor
  return audit
    .slice(life.created.place, taken.place)
    .some(
      ({ action, subject }) =>
        action === 'connection.frozen' ||
        action === 'connection.removed' ||
        (action === 'device.revoked' && device === `device:${subject}`),
    )
}

function wasDenied({ decided }: Evidence, id: string, taken: Row): boolean {
  return decided.some(
    (one) =>
      one.confirmation === id && one.what === 'deny' && one.outcome === 'done' && one.to <= taken.place,
  )
}

function neededFor(
  evidence: Evidence,
  lives: Map<string, Life>,
  life: Life,
  taken: Row,
  policy: PolicyName,
): Needed {
  const needed = NEEDED[policy][life.tool] ?? 'denied'
  if (needed === 'agent' && isRepeat(lives, life, taken)) return 'dashboard'
  if (policy === 'allowance' && life.tool === 'sim_refund' && isAllowed(evidence, lives, life, taken))
    return 'agent'
  return needed
}

/** The same bytes ran, or may have run, within a day. */
function isRepeat(lives: Map<string, Life>, life: Life, taken: Row): boolean {
  return [...lives.values()].some(
    (other) =>
      other !== life &&
      other.stored.bytes === life.stored.bytes &&
      other.taken !== undefined &&
      other.taken.place < taken.place &&
      taken.at - other.created.at <= DAY_MS &&
      !other.rows.some((row) => row.detail['to'] === 'failed' && row.place < taken.place),
  )
}

function isAllowed(
  { startedAt, audit }: Evidence,
  lives: Map<string, Life>,
  life: Life,
  taken: Row,
): boolean {
  if (life.amount > ALLOWED.perCall) return false
  const made = audit.findLast((row, index) => row.action === 'policy.changed' && index < taken.place)
  const madeAt = made === undefined ? startedAt : Date.parse(made.at)
  // A moment of grace: the allowance was made a little before it was written down.
  if (taken.at - madeAt > ALLOWED.hours * 60 * 60 * 1000) return false
  const used = [...lives.values()].filter(
    (other) => other.taken?.detail['allowance'] !== null && other !== life && countsBefore(other, taken),
  )
  return used.reduce((sum, other) => sum + other.amount, 0) + life.amount <= ALLOWED.total
}

function spentBefore(lives: Map<string, Life>, life: Life, taken: Row): number {
  return [...lives.values()]
    .filter(
      (other) => other !== life && countsBefore(other, taken) && taken.at - (other.taken?.at ?? 0) < DAY_MS,
    )
    .reduce((sum, other) => sum + other.amount, 0)
}

/** It was taken before, and had not failed by then. */
function countsBefore({ taken, rows }: Life, { place }: Row): boolean {
  return (
    taken !== undefined &&
    taken.place < place &&
    !rows.some((row) => row.detail['to'] === 'failed' && row.place < place)
  )
}
