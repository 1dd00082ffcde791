import { hostname } from 'node:os'
import { setTimeout as sleep } from 'node:timers/promises'
import { pollPairing, startPairing, type PendingPairing } from '@clawlink/client'
import { getPairingStatus } from '../pairing-tools.ts'
import { isStillPaired } from './pair.ts'
import { DEFAULT_HUB, pairedHub, type Settings } from './settings.ts'

export interface BridgePairing {
  begin(label: string | undefined): Promise<unknown>
  status(): Promise<unknown>
}

/** Pairing in the steps of a conversation: the code in one, what became of it in another. A restart forgets the code. */
export function createBridgePairing(settings: Settings): BridgePairing {
  let pending: PendingPairing | undefined
  let notBefore = 0
  let polling: Promise<unknown> | undefined

  /** As often as the hub wants to be asked, however often the model asks: who comes early waits for a few seconds. */
  const poll = async (asked: PendingPairing): Promise<unknown> => {
    await sleep(Math.max(0, notBefore - Date.now()))
    const outcome = await pollPairing(asked, { credentialsFile: settings.credentialsFile })
    notBefore = Date.now() + asked.interval * 1000
    if (outcome === 'pending' || outcome === 'slow_down') return { status: 'pending' }
    pending = undefined
    return { status: outcome, hub: asked.hub }
  }

  return {
    async begin(label) {
      if (await isStillPaired(settings)) return { status: 'paired', hub: await pairedHub(settings) }
      if (pending === undefined || Date.now() >= pending.expiresAt) {
        const hub = settings.askedHub ?? (await pairedHub(settings)) ?? DEFAULT_HUB
        pending = await startPairing({ hub, label: label ?? `MCP client on ${hostname()}` })
      }
      return {
        status: 'pending',
        user_code: pending.userCode,
        verification_uri: pending.verificationUri,
        verification_uri_complete: pending.verificationUriComplete,
        expires_in: Math.max(0, Math.floor((pending.expiresAt - Date.now()) / 1000)),
        next_step: `Give the user the code and the address. When they have approved it there, call ${getPairingStatus.name}.`,
      }
    },

    async status() {
      if (pending === undefined) {
        const paired = await isStillPaired(settings)
        return paired ? { status: 'paired', hub: await pairedHub(settings) } : { status: 'not_paired' }
      }
      polling ??= poll(pending).finally(() => (polling = undefined))
      return polling
    },
  }
}
