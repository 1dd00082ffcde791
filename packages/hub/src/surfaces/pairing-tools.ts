import { z } from 'zod'

/** The two tools that work before there is a device. What they do is a surface's own: only some can pair at all. */
export interface PairingTool {
  name: string
  summary: string
  input: z.ZodType<{ deviceLabel?: string | undefined }>
  output: z.ZodType
}

const status = z.enum(['pending', 'paired', 'expired', 'denied', 'not_paired']).optional()
const text = z.string().optional()

export const beginPairing: PairingTool = {
  name: 'clawlink_begin_pairing',
  summary: 'Pairs this device: a code and an address for the user.',
  input: z.strictObject({ deviceLabel: z.string().trim().min(1).max(80).optional() }),
  output: z.looseObject({ status, user_code: text, verification_uri: text }),
}

export const getPairingStatus: PairingTool = {
  name: 'clawlink_get_pairing_status',
  summary: 'Whether the pairing is approved yet.',
  input: z.strictObject({}),
  output: z.looseObject({ status }),
}

export const pairingTools: PairingTool[] = [beginPairing, getPairingStatus]
