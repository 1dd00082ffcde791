import { calculateJwkThumbprint, EmbeddedJWK, jwtVerify } from 'jose'
import * as z from 'zod'
import type { DeviceActor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import type { AccessContext } from './context.ts'
import { SIGNING_ALGORITHM } from './oauth/names.ts'

/** What a device says that a person answered in a chat, about exactly one intent. */
export interface Attestation {
  confirmation: string
  intentHash: string
  decision: 'approve' | 'deny'
  /** The signed statement and the thumbprint of its key: with them the audit log alone proves it later. */
  proof: { jws: string; key: string }
}

/** A statement is about what is being decided now. */
const MAX_AGE_SECONDS = 10 * 60
const CLOCK_TOLERANCE_SECONDS = 60
const TYPE = 'clawlink-attestation+jwt'

const Claims = z.object({
  confirmation: z.string().min(1).max(120),
  intent_hash: z.string().length(64),
  decision: z.enum(['approve', 'deny']),
})

/**
 * Reads a statement (a JWS, RFC 7515) that must be signed with the very key that signed the request. Whether the
 * device may attest at all was a person's choice when it was paired.
 */
export async function verifyAttestation(
  { publicUrl, now }: Pick<AccessContext, 'publicUrl' | 'now'>,
  device: DeviceActor,
  jws: string,
): Promise<Attestation> {
  if (!device.scope.chatApprovals) {
    throw refused('This device may not pass on approvals given in a chat.', 'no right to attest')
  }
  try {
    const { payload, key } = await jwtVerify(jws, EmbeddedJWK, {
      algorithms: [SIGNING_ALGORITHM],
      typ: TYPE,
      audience: publicUrl,
      maxTokenAge: MAX_AGE_SECONDS,
      clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(now()),
      requiredClaims: ['iat'],
    })
    const thumbprint = await calculateJwkThumbprint(key)
    if (thumbprint !== device.keyThumbprint) throw new Error('signed with another key')
    const claims = Claims.parse(payload)
    return {
      confirmation: claims.confirmation,
      intentHash: claims.intent_hash,
      decision: claims.decision,
      proof: { jws, key: thumbprint },
    }
  } catch (error) {
    throw refused(
      'This statement is not signed by this device, or not about now.',
      error instanceof Error ? error.message : String(error),
    )
  }
}

function refused(message: string, internal: string): Problem {
  return new Problem('attestation_refused', message, {
    nextStep: 'Give the user the approval_url: a signed-in person can approve there.',
    internal,
  })
}
