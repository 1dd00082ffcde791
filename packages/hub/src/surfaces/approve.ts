import type { PersonActor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import { approveConfirmation } from '../confirmations/decide-confirmation.ts'
import type { Confirmation } from '../confirmations/confirmation.ts'
import { loadConfirmation } from '../confirmations/store.ts'
import type { Hub } from './hub.ts'

export interface ApproveInput {
  confirmation: string
  intent_hash: string
  password?: string | undefined
}

/**
 * A person approves on a page or by the API. Where the highest assurance is needed, the password is asked again,
 * and the audit log says that it was the password.
 */
export async function approve(hub: Hub, person: PersonActor, input: ApproveInput): Promise<Confirmation> {
  const { intent } = await loadConfirmation(hub.context.storage.db, person.workspace, input.confirmation)
  if (intent.needed !== 'passkey') {
    return approveConfirmation(hub.context, person, {
      id: intent.id,
      intentHash: input.intent_hash,
      assurance: 'dashboard',
      evidence: 'session',
    })
  }
  if (input.password === undefined || !(await hub.access.checkPassword(person, input.password))) {
    throw new Problem('assurance_too_low', 'This asks for more than a click: enter your password to approve it.', {
      nextStep: 'Enter the password of your account again.',
    })
  }
  return approveConfirmation(hub.context, person, {
    id: intent.id,
    intentHash: input.intent_hash,
    assurance: 'passkey',
    evidence: 'password',
  })
}
