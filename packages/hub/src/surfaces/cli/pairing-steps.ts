import { hostname } from 'node:os'
import { rm } from 'node:fs/promises'
import { keepPairing, keptPairing, pollKeptPairing, startPairing } from '@clawlink/client'
import { getPairingStatus } from '../pairing-tools.ts'
import { pairedAlready, replacePairing } from './pair.ts'
import { usualHub, type Settings } from './settings.ts'

export interface Begin {
  label?: string | undefined
  readOnly?: boolean
  /** Even if this device is paired already; until a person approves it, it stays so. */
  force?: boolean
}

export type Step = {
  status: 'pending' | 'paired' | 'denied' | 'expired' | 'not_paired'
  hub?: string
  user_code?: string
  verification_uri?: string
  verification_uri_complete?: string
  expires_in?: number
  next_step?: string
}

/** Pairing in the steps of a conversation: the code in one, what became of it in another. A restart loses neither. */
export interface PairingSteps {
  begin(input: Begin): Promise<Step>
  status(): Promise<Step>
}

const NEXT_STEP = {
  pending: `Give the user the code and the address. When they have approved it there, call ${getPairingStatus.name}.`,
  denied: 'A person said no to this device. Tell the user.',
  expired: 'The code has expired. Call clawlink_begin_pairing for a new one.',
  not_paired: 'Call clawlink_begin_pairing, and give the user its code.',
}

/** `kind` is what a device is called that nobody gave a name. */
export function createPairingSteps(settings: Settings, kind: 'Agent' | 'MCP client'): PairingSteps {
  const { pendingFile: file } = settings
  return {
    async begin({ label, readOnly = false, force = false }) {
      const already = force ? undefined : await pairedAlready(settings)
      if (already !== undefined) return { status: 'paired', hub: already }
      const hub = await usualHub(settings)
      const before = await keptPairing(file)
      // Asked twice, the same code is shown: the user may be comparing it right now.
      const isAsked =
        before?.hub === hub && before.expiresAt > Date.now() && (label ?? before.label) === before.label
      const pending = isAsked
        ? before
        : await startPairing({ hub, label: label ?? `${kind} on ${hostname()}`, readOnly })
      if (!isAsked) await keepPairing(file, pending)
      return {
        status: 'pending',
        hub: pending.hub,
        user_code: pending.userCode,
        verification_uri: pending.verificationUri,
        verification_uri_complete: pending.verificationUriComplete,
        expires_in: Math.max(0, Math.floor((pending.expiresAt - Date.now()) / 1000)),
        next_step: NEXT_STEP.pending,
      }
    },

    async status() {
      // Apart until it is approved, so that a pairing that comes to nothing leaves the present one as it is.
      const fresh = `${settings.credentialsFile}.new`
      try {
        const outcome = await pollKeptPairing(file, { credentialsFile: fresh })
        if (outcome === 'paired') await replacePairing(settings, fresh)
        else if (outcome !== undefined) return { status: outcome, next_step: NEXT_STEP[outcome] }
      } finally {
        await rm(fresh, { force: true })
      }
      const hub = await pairedAlready({ ...settings, askedHub: undefined })
      return hub === undefined
        ? { status: 'not_paired', next_step: NEXT_STEP.not_paired }
        : { status: 'paired', hub }
    },
  }
}
