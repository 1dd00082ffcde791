import { randomBytes } from 'node:crypto'
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as z from 'zod/mini'

/** Milliseconds since the epoch. */
export type Now = () => number

/** The private half stays on this machine: a token copied from anywhere else is of no use without it. */
export const DeviceKey = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
})
export type DeviceKey = z.infer<typeof DeviceKey>

const Credentials = z.object({
  version: z.literal(1),
  hub: z.url(),
  label: z.string(),
  key: DeviceKey,
  accessToken: z.string(),
  accessTokenExpiresAt: z.number(),
  refreshToken: z.string(),
})
export type DeviceCredentials = z.infer<typeof Credentials>

/** This machine has no pairing, or the hub has ended it. */
export class NotPaired extends Error {
  override name = 'NotPaired'
  readonly code = 'not_paired'
  readonly nextStep = 'Run `clawlink pair` and approve the device on the hub.'
}

export async function readCredentials(file: string): Promise<DeviceCredentials> {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) throw new NotPaired('This device is not paired with a hub.')
    throw error
  }
  const parsed = Credentials.safeParse(parseJson(text))
  if (!parsed.success) throw new NotPaired(`The credentials in ${file} cannot be read.`)
  return parsed.data
}

export function writeCredentials(file: string, credentials: DeviceCredentials): Promise<void> {
  return writePrivateFile(file, `${JSON.stringify(credentials, null, 2)}\n`)
}

export async function deleteCredentials(file: string): Promise<void> {
  await rm(file, { force: true })
}

/** Readable by its owner alone, and never half written: a reader sees the old file or the new one. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  const handle = await open(temporary, 'wx', 0o600)
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(temporary, file)
}

/** Longer than a refresh can take, since its requests have a timeout. */
const LOCK_STALE_MS = 30_000
const LOCK_RETRY_MS = 25

/** Runs `work` while no other process on this machine does: of two that refresh at once, the second finds it done. */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = `${file}.lock`
  await mkdir(dirname(lock), { recursive: true, mode: 0o700 })
  const mine = randomBytes(12).toString('hex')
  while (!(await takeLock(lock, mine))) {
    await dropStaleLock(lock)
    await new Promise((resolve) => setTimeout(resolve, LOCK_RETRY_MS))
  }
  try {
    return await work()
  } finally {
    const holder = await readFile(lock, 'utf8').catch(() => '')
    if (holder === mine) await rm(lock, { force: true })
  }
}

async function takeLock(lock: string, mine: string): Promise<boolean> {
  try {
    const handle = await open(lock, 'wx', 0o600)
    await handle.writeFile(mine)
    await handle.close()
    return true
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false
    throw error
  }
}

/** A process that died in the middle left its lock behind. Renaming first lets only one of many waiters remove it. */
async function dropStaleLock(lock: string): Promise<void> {
  try {
    const { mtimeMs } = await stat(lock)
    if (Date.now() - mtimeMs < LOCK_STALE_MS) return
    const aside = `${lock}.${randomBytes(6).toString('hex')}.stale`
    await rename(lock, aside)
    await rm(aside, { force: true })
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
