import { importJWK, SignJWT } from 'jose'
import type { DeviceKey, Now } from './credentials.ts'

/** What a person answered in a chat, about exactly the intent that was shown there. */
export interface ChatAnswer {
  confirmation: string
  /** `intent_hash` of the preview whose text was shown. */
  intentHash: string
  decision: 'approve' | 'deny'
}

/** The answer as a statement (a JWS, RFC 7515) that is good for this hub alone, for some minutes. */
export async function signAnswer(
  device: { hub: string; key: DeviceKey; now: Now },
  answer: ChatAnswer,
): Promise<string> {
  const { d: _d, ...jwk } = device.key
  return new SignJWT({
    confirmation: answer.confirmation,
    intent_hash: answer.intentHash,
    decision: answer.decision,
  })
    .setProtectedHeader({ alg: 'ES256', typ: 'clawlink-attestation+jwt', jwk })
    .setAudience(device.hub)
    .setIssuedAt(new Date(device.now()))
    .sign(await importJWK(device.key, 'ES256'))
}
