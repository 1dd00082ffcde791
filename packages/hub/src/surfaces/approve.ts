import type { Assertion } from '../access/access.ts'
import { namedId, withRefusalsAudited, type RefusalRow } from '../audit/audited-refusals.ts'
import type { PersonActor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import { approveConfirmation, requireApprover, type Approve } from '../confirmations/decide-confirmation.ts'
import { hashIntent, type Confirmation, type Intent } from '../confirmations/confirmation.ts'
import { loadConfirmation } from '../confirmations/store.ts'
import type { Hub } from './hub.ts'

export interface ApproveInput {
  confirmation: string
  intent_hash: string
  password?: string | undefined
  assertion?: Assertion | undefined
}

export type CheckPassword = (password: string) => Promise<boolean>

/**
 * A person approves on a page or by the API. Where the highest assurance is needed, a passkey signs the intent;
 * who has none is asked for the password again, and the audit log says which of them it was.
 */
export function approve(
  hub: Hub,
  person: PersonActor,
  input: ApproveInput,
  checkPassword: CheckPassword = (password) => hub.access.checkPassword(person, password),
): Promise<Confirmation> {
  const refused = ({ code }: Problem): RefusalRow => ({
    action: 'approval.refused',
    subject: namedId(input.confirmation, 'unknown'),
    detail: { code },
  })
  return withRefusalsAudited(
    hub.context,
    person,
    {
      forbidden: refused,
      assurance_too_low: refused,
      passkey_refused: refused,
      confirmation_mismatch: refused,
      confirmation_expired: refused,
      confirmation_decided: refused,
    },
    () => proveAndApprove(hub, person, input, checkPassword),
  )
}

async function proveAndApprove(
  hub: Hub,
  person: PersonActor,
  input: ApproveInput,
  checkPassword: CheckPassword,
): Promise<Confirmation> {
  requireApprover(person)
  const { intent } = await loadConfirmation(hub.context.storage.db, person.workspace, input.confirmation)
  const proved = await proveToBeThere(hub, person, intent, input, checkPassword)
  return approveConfirmation(hub.context, person, {
    id: intent.id,
    intentHash: input.intent_hash,
    ...proved,
  })
}

async function proveToBeThere(
  hub: Hub,
  person: PersonActor,
  intent: Intent,
  { password, assertion }: ApproveInput,
  checkPassword: CheckPassword,
): Promise<Omit<Approve, 'id' | 'intentHash'>> {
  const { passkeys } = hub.access
  // A proof that was sent is checked also where less would do: a wrong one is never passed over.
  if (assertion !== undefined) {
    const agreement = { subject: intent.id, hash: hashIntent(intent) }
    const { proof, recordUse } = await passkeys.verifyAssertion(person, agreement, assertion)
    return { assurance: 'passkey', evidence: 'passkey', proof, alongside: recordUse }
  }
  if (intent.needed !== 'passkey') return { assurance: 'dashboard', evidence: 'session' }
  if ((await passkeys.list(person)).length > 0) {
    throw new Problem('assurance_too_low', 'This needs your passkey: the password is not enough for it.', {
      nextStep: 'Sign the challenge of /approvals/{confirmation}/passkey-options, and send it as assertion.',
    })
  }
  if (password === undefined || !(await checkPassword(password))) {
    throw new Problem('assurance_too_low', 'This moves live money: enter your password to approve it.', {
      nextStep: 'Enter the password of your account again.',
    })
  }
  return { assurance: 'passkey', evidence: 'password' }
}
