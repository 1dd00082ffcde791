import { isIP } from 'node:net'
import { Problem } from '../../contract/problem.ts'

/** This hub, as browsers and authenticators know it. */
export interface RelyingParty {
  id: string
  name: string
  origin: string
}

/** Browsers give no passkey to an address in numbers, so a hub without a name has none to ask for. */
export function relyingPartyOf(publicUrl: string): RelyingParty {
  const { hostname, origin } = new URL(publicUrl)
  if (isIP(hostname.replaceAll(/[[\]]/g, '')) !== 0) {
    throw new Problem('passkeys_unavailable', `Passkeys need a hub with a name, and this one is ${origin}.`, {
      nextStep: 'Set CLAWLINK_PUBLIC_URL to http://localhost:… or https://… and start the hub again.',
    })
  }
  return { id: hostname, name: 'ClawLink', origin }
}
