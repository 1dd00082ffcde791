import { readFile, rm } from 'node:fs/promises'
import * as z from 'zod/mini'
import { DeviceKey, withLock, writePrivateFile } from './credentials.ts'
import {
  pollPairing,
  SLOW_DOWN_SECONDS,
  sleep,
  type FinishPairing,
  type PairingOutcome,
  type PendingPairing,
} from './pairing.ts'

const Kept = z.object({
  pending: z.object({
    hub: z.string(),
    label: z.string(),
    userCode: z.string(),
    verificationUri: z.string(),
    verificationUriComplete: z.string(),
    expiresIn: z.number(),
    expiresAt: z.number(),
    interval: z.number(),
    deviceCode: z.string(),
    key: DeviceKey,
  }),
  /** The hub is not to be asked before then, milliseconds since the epoch. */
  notBefore: z.number(),
})

/** Whoever asks is answered within this time, which is less than a lock lasts. */
const MAX_WAIT_MS = 10_000

/** Keeps a pairing for whoever asks what became of it: another process, or this one after a restart. */
export function keepPairing(file: string, pending: PendingPairing, notBefore = 0): Promise<void> {
  return writePrivateFile(file, `${JSON.stringify({ pending, notBefore })}\n`)
}

/** `undefined` where none is kept; what is half a file, or an older version's, is none. */
export async function keptPairing(file: string): Promise<PendingPairing | undefined> {
  return (await read(file))?.pending
}

export async function forgetPairing(file: string): Promise<void> {
  await rm(file, { force: true })
}

/**
 * Asks the hub what became of the pairing in `file`, no more often than the hub wants to be asked, and one at a time: a
 * code can be redeemed once. `undefined` where none is kept; one that has ended is kept no longer.
 */
export function pollKeptPairing(
  file: string,
  options: FinishPairing,
): Promise<PairingOutcome | 'pending' | undefined> {
  const { now = Date.now, wait = sleep } = options
  return withLock(file, async () => {
    const kept = await read(file)
    if (kept === undefined) return undefined
    const { pending, notBefore } = kept
    const early = notBefore - now()
    if (early > MAX_WAIT_MS) return 'pending'
    if (early > 0) await wait(early)
    const outcome = await pollPairing(pending, options)
    if (outcome !== 'pending' && outcome !== 'slow_down') {
      await forgetPairing(file)
      return outcome
    }
    const interval = pending.interval + (outcome === 'slow_down' ? SLOW_DOWN_SECONDS : 0)
    await keepPairing(file, { ...pending, interval }, now() + interval * 1000)
    return 'pending'
  })
}

async function read(file: string): Promise<z.infer<typeof Kept> | undefined> {
  try {
    return Kept.parse(JSON.parse(await readFile(file, 'utf8')))
  } catch {
    return undefined
  }
}
