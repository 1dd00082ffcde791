import type { PersonActor } from '../../contract/actor.ts'
import type { AccessContext } from '../context.ts'
import {
  ADDING,
  finishPasskey,
  startPasskey,
  type NewPasskey,
  type NewPasskeyOptions,
  type PersonalProof,
} from './add-passkey.ts'
import type { Agreement } from './challenges.ts'
import { listPasskeys, type Passkey } from './list-passkeys.ts'
import { startAssertion, type AssertionOptions } from './start-assertion.ts'
import { verifyAssertion, type Assertion, type VerifiedAssertion } from './verify-assertion.ts'

export type { NewPasskey } from './add-passkey.ts'
export type { Assertion, AssertionProof } from './verify-assertion.ts'

/** Passkeys of people: a signature over what is agreed to, by a key that never leaves its authenticator. */
export interface Passkeys {
  list(person: PersonActor): Promise<Passkey[]>
  startAdding(person: PersonActor, proof: PersonalProof): Promise<NewPasskeyOptions>
  finishAdding(person: PersonActor, input: { label: string; response: NewPasskey }): Promise<Passkey>
  /** `agreement` says what is agreed to; without one, it is that another passkey is added. */
  startAssertion(person: PersonActor, agreement?: Agreement): Promise<AssertionOptions>
  verifyAssertion(person: PersonActor, agreement: Agreement, assertion: Assertion): Promise<VerifiedAssertion>
}

export function createPasskeys(context: AccessContext): Passkeys {
  return {
    list: (person) => listPasskeys(context, person),
    startAdding: (person, proof) => startPasskey(context, person, proof),
    finishAdding: (person, input) => finishPasskey(context, person, input),
    startAssertion: (person, agreement = ADDING) => startAssertion(context, person, agreement),
    verifyAssertion: (person, agreement, assertion) => verifyAssertion(context, person, agreement, assertion),
  }
}
