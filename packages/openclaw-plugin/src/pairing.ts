import { readFile, rm } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  createDeviceClient,
  pollPairing,
  readCredentials,
  startPairing,
  writePrivateFile,
  type PendingPairing,
} from '@clawlink/client'
import * as z from 'zod/mini'
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

/** One for the process, like the pairing itself. */
export interface Polls {
  running: Promise<Outcome | undefined> | undefined
  /** The hub has a pace at which it is asked; who is faster learns nothing. */
  notBefore: number
  slowerByMs: number
}

export interface Pairing {
  begin(label?: string): Promise<Answer>
  status(): Promise<Answer>
  /** Asks the hub once about a pairing that waits; true if it is complete now. */
  finish(): Promise<boolean>
}

/** RFC 8628: what each `slow_down` adds to the interval. */
const SLOW_DOWN_MS = 5_000

const Pending = z.object({
  hub: z.string(),
  label: z.string(),
  userCode: z.string(),
  verificationUri: z.string(),
  verificationUriComplete: z.string(),
  expiresIn: z.number(),
  expiresAt: z.number(),
  interval: z.number(),
  deviceCode: z.string(),
  key: z.object({
    kty: z.literal('EC'),
    crv: z.literal('P-256'),
    x: z.string(),
    y: z.string(),
    d: z.string(),
  }),
})

type Outcome = Awaited<ReturnType<typeof pollPairing>>

export function createPairing(options: PairingOptions): Pairing {
  const { credentialsFile, pendingFile, settings, polls } = options

  /** One at a time: a code can be redeemed once, and whoever comes second would find it gone. */
  const poll = (): Promise<Outcome | undefined> => {
    polls.running ??= pollOnce().finally(() => {
      polls.running = undefined
    })
    return polls.running
  }

  const pollOnce = async (): Promise<Outcome | undefined> => {
    const pending = await readPending(pendingFile)
    if (pending === undefined) return undefined
    await sleep(Math.max(0, polls.notBefore - Date.now()))
    const outcome = await pollPairing(pending, { credentialsFile })
    if (outcome === 'slow_down') polls.slowerByMs += SLOW_DOWN_MS
    polls.notBefore = Date.now() + pending.interval * 1000 + polls.slowerByMs
    if (outcome !== 'pending' && outcome !== 'slow_down') await rm(pendingFile, { force: true })
    if (outcome === 'paired') options.onPaired()
    return outcome
  }

  return {
    async begin(label) {
      const paired = await options.isPaired()
      if (paired.ok) return alreadyPaired(credentialsFile)
      if (paired.error.code !== 'not_paired') return paired

      const hub = settings.hubUrl ?? DEFAULT_HUB
      const before = await readPending(pendingFile)
      if (before !== undefined && isSameRequest(before, hub, label)) return toApprove(before)
      let pending: PendingPairing
      try {
        pending = await startPairing({ hub, label: label ?? settings.deviceLabel, chatApprovals: true })
      } catch (error) {
        return noPairing(hub, error)
      }
      Object.assign(polls, { notBefore: 0, slowerByMs: 0 })
      await writePrivateFile(pendingFile, `${JSON.stringify(pending)}\n`)
      return toApprove(pending)
    },

    async status() {
      let outcome: Outcome | undefined
      try {
        outcome = await poll()
      } catch (error) {
        return noPairing(settings.hubUrl ?? DEFAULT_HUB, error)
      }
      switch (outcome) {
        case 'pending':
        case 'slow_down': {
          const pending = await readPending(pendingFile)
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
  await rm(pendingFile, { force: true })
  try {
    await createDeviceClient({ credentialsFile }).unpair()
  } catch (error) {
    if (!force) throw error
    await rm(credentialsFile, { force: true })
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

async function readPending(file: string): Promise<PendingPairing | undefined> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch {
    return undefined
  }
  try {
    return Pending.parse(JSON.parse(text))
  } catch {
    // Half a file or an older version's: whoever wants to pair begins anew.
    return undefined
  }
}
