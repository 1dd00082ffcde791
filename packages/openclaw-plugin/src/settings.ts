import * as z from 'zod/mini'

/** Where `clawlink serve` listens unless told otherwise. */
export const DEFAULT_HUB = 'http://localhost:4747'

const Settings = z.strictObject({
  hubUrl: z.optional(z.string().check(z.maxLength(300))),
  deviceLabel: z.optional(z.string().check(z.minLength(1), z.maxLength(80))),
  approvals: z._default(z.enum(['every-write', 'when-required']), 'every-write'),
})

export interface Settings {
  /** As the owner of this gateway wrote it; without it, whichever hub the device is paired with. */
  hubUrl: string | undefined
  deviceLabel: string
  approvals: 'every-write' | 'when-required'
}

/** OpenClaw has checked it against the manifest's schema; what is still odd must not be guessed at. */
export function readSettings(given: unknown, machine: string): Settings {
  const parsed = Settings.safeParse(given ?? {})
  if (!parsed.success) {
    throw new Error(`The config of clawlink-plugin is not right: ${z.prettifyError(parsed.error)}`)
  }
  const { hubUrl, deviceLabel, approvals } = parsed.data
  return { hubUrl, deviceLabel: deviceLabel ?? `OpenClaw on ${machine}`, approvals }
}
