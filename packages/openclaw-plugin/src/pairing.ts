import {
  createDeviceClient,
  deleteCredentials,
  forgetPairing,
  keepPairing,
  keptPairing,
  pollKeptPairing,
  readCredentials,
  startPairing,
  type PendingPairing,
} from '@clawlink/client'
import { problem, success, type Answer } from './answer.ts'
import { DEFAULT_HUB, type Settings } from './settings.ts'

export interface PairingOptions {
  credentialsFile: string
  /** A pairing that waits for a person: it holds the new key, and a restart of the gateway must not lose it. */
  pendingFile: string
  settings: Settings
  /** Whether the hub still takes what the credentials say. */
  isPaired(): Promise<Answer>
  onPaired(): void
  polls: Polls
}

/** One for the process, like the pairing itself: whoever asks while it is being asked about hears the same. */
export interface Polls {
  running: Promise<Outcome> | undefined
}

export interface Pairing {
  begin(label?: string): Promise<Answer>
  status(): Promise<Answer>
  /** Asks the hub once about a pairing that waits; true if it is complete now. */
  finish(): Promise<boolean>
}

type Outcome = Awaited<ReturnType<typeof pollKeptPairing>>

export function createPairing(options: PairingOptions): Pairing {
  const { credentialsFile, pendingFile, settings, polls } = options

  const poll = (): Promise<Outcome> => {
    polls.running ??= pollOnce().finally(() => {
      polls.running = undefined
    })
    return polls.running
  }

  const pollOnce = async (): Promise<Outcome> => {
    const outcome = await pollKeptPairing(pendingFile, { credentialsFile })
    if (outcome === 'paired') options.onPaired()
    return outcome
  }

  return {
    async begin(label) {
      const paired = await options.isPaired()
      if (paired.ok) return alreadyPaired(credentialsFile)
      if (paired.error.code !== 'not_paired') return paired

      const hub = settings.hubUrl ?? DEFAULT_HUB
      const before = await keptPairing(pendingFile)
      if (before !== undefined && isSameRequest(before, hub, label)) return toApprove(before)
      let pending: PendingPairing
      try {
        pending = await startPairing({ hub, label: label ?? settings.deviceLabel, chatApprovals: true })
      } catch (error) {
        return noPairing(hub, error)
      }
      await keepPairing(pendingFile, pending)
      return toApprove(pending)
    },

    async status() {
      let outcome: Outcome
      try {
        outcome = await poll()
      } catch (error) {
        return noPairing(settings.hubUrl ?? DEFAULT_HUB, error)
      }
      switch (outcome) {
        case 'pending': {
          const pending = await keptPairing(pendingFile)
          return success({
            status: 'pending',
            ...(pending === undefined ? {} : shown(pending)),
            next_step: 'The user has to approve this device on that page. Then ask again.',
          })
        }
        case 'denied':
          return success({ status: 'denied', next_step: 'A person said no to this device. Tell the user.' })
        case 'expired':
          return success({ status: 'expired', next_step: 'Call clawlink_begin_pairing for a new code.' })
        case 'paired':
          return alreadyPaired(credentialsFile)
        case undefined: {
          const paired = await options.isPaired()
          return paired.ok ? alreadyPaired(credentialsFile) : paired
        }
      }
    },

    finish: () =>
      poll().then(
        (outcome) => outcome === 'paired',
        () => false,
      ),
  }
}

/** Ends the pairing: on the hub first, so that a copy of the key is worth nothing either. */
export async function logout(
  { credentialsFile, pendingFile }: Pick<PairingOptions, 'credentialsFile' | 'pendingFile'>,
  force: boolean,
): Promise<void> {
  await forgetPairing(pendingFile)
  try {
    await createDeviceClient({ credentialsFile }).unpair()
  } catch (error) {
    if (!force) throw error
    await deleteCredentials(credentialsFile)
  }
}

async function alreadyPaired(credentialsFile: string): Promise<Answer> {
  const { hub, label } = await readCredentials(credentialsFile)
  return success({
    status: 'paired',
    hub,
    device_label: label,
    next_step: 'This device is paired. Call clawlink_list_integrations.',
  })
}

/** Asked twice, the same code is shown: the user may be comparing it right now. */
function isSameRequest(pending: PendingPairing, hub: string, label: string | undefined): boolean {
  const isSameLabel = label === undefined || label === pending.label
  return isSameLabel && pending.hub === URL.parse(hub)?.origin && pending.expiresAt > Date.now()
}

function toApprove(pending: PendingPairing): Answer {
  return success({
    status: 'pending',
    ...shown(pending),
    next_step:
      'Give the user the code and verification_uri_complete: they compare the code and approve this device there. Then call clawlink_get_pairing_status.',
  })
}

function shown(pending: PendingPairing): Record<string, unknown> {
  return {
    user_code: pending.userCode,
    verification_uri: pending.verificationUri,
    verification_uri_complete: pending.verificationUriComplete,
    expires_at: new Date(pending.expiresAt).toISOString(),
    device_label: pending.label,
    hub: pending.hub,
  }
}

function noPairing(hub: string, error: unknown): Answer {
  const cause = error instanceof Error ? error.message : String(error)
  return problem(
    'hub_unreachable',
    `Pairing with ${hub} does not work: ${cause}`,
    'Tell the user to see that the hub runs, and that plugins.entries.clawlink-plugin.config.hubUrl is its address.',
    { retryable: true },
  )
}
