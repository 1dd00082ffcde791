import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { Assertion } from './verify-assertion.ts'
import type { NewPasskey } from './add-passkey.ts'

const USER_PRESENT = 0x01
const USER_VERIFIED = 0x04
const HAS_CREDENTIAL = 0x40

/** What a forger would change: each is otherwise as the browser and the authenticator make it. */
export interface Forgery {
  origin?: string
  rpId?: string
  challenge?: string
  type?: string
  crossOrigin?: boolean
  userVerified?: boolean
  userPresent?: boolean
  count?: number
  credential?: string
  attestation?: { fmt: string; attStmt: Map<string, Cbor> }
  /** Flips a bit of what was signed. */
  signature?: 'broken'
}

/** A passkey in software, with the browser in front of it: the wire format of WebAuthn. For tests alone. */
export interface TestAuthenticator {
  credential: string
  create(options: { challenge: string }, forgery?: Forgery): NewPasskey
  get(options: { challenge: string }, forgery?: Forgery): Assertion
}

export function createAuthenticator(hub: string): TestAuthenticator {
  const { origin, hostname } = new URL(hub)
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const id = randomBytes(16)
  const credential = id.toString('base64url')
  let counted = 0

  const clientData = (type: string, challenge: string, forgery: Forgery): Buffer =>
    Buffer.from(
      JSON.stringify({
        type: forgery.type ?? type,
        challenge: forgery.challenge ?? challenge,
        origin: forgery.origin ?? origin,
        crossOrigin: forgery.crossOrigin ?? false,
      }),
    )
  const authenticatorData = (forgery: Forgery, extra: { flags: number; data: Buffer }): Buffer => {
    counted += 1
    const flags =
      (forgery.userPresent === false ? 0 : USER_PRESENT) |
      (forgery.userVerified === false ? 0 : USER_VERIFIED) |
      extra.flags
    const count = Buffer.alloc(4)
    count.writeUInt32BE(forgery.count ?? counted)
    return Buffer.concat([sha256(Buffer.from(forgery.rpId ?? hostname)), Buffer.of(flags), count, extra.data])
  }
  const named = { id: credential, rawId: credential, type: 'public-key', clientExtensionResults: {} } as const

  return {
    credential,

    create({ challenge }, forgery = {}) {
      const cose = cbor(
        new Map<number, Cbor>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.from(x, 'base64url')],
          [-3, Buffer.from(y, 'base64url')],
        ]),
      )
      const data = Buffer.concat([Buffer.alloc(16), Buffer.of(0, id.length), id, cose])
      const { fmt, attStmt } = forgery.attestation ?? { fmt: 'none', attStmt: new Map<string, Cbor>() }
      const attestation = new Map<string, Cbor>([
        ['fmt', fmt],
        ['attStmt', attStmt],
        ['authData', authenticatorData(forgery, { flags: HAS_CREDENTIAL, data })],
      ])
      return {
        ...named,
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, forgery).toString('base64url'),
          attestationObject: cbor(attestation).toString('base64url'),
          transports: ['internal'],
        },
      }
    },

    get({ challenge }, forgery = {}) {
      const said = clientData('webauthn.get', challenge, forgery)
      const data = authenticatorData(forgery, { flags: 0, data: Buffer.alloc(0) })
      const signature = sign('sha256', Buffer.concat([data, sha256(said)]), privateKey)
      if (forgery.signature === 'broken') signature[signature.length - 1]! ^= 1
      const claimed = forgery.credential ?? credential
      return {
        ...named,
        id: claimed,
        rawId: claimed,
        response: {
          clientDataJSON: said.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: signature.toString('base64url'),
        },
      }
    },
  }
}

export type Cbor = number | string | Buffer | Cbor[] | Map<string, Cbor> | Map<number, Cbor>

/** As much of CBOR (RFC 8949) as WebAuthn uses. */
function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value)
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)])
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value])
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)])
  const entries = [...value].flatMap(([key, item]) => [cbor(key), cbor(item)])
  return Buffer.concat([head(5, value.size), ...entries])
}

function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.of((major << 5) | size)
  if (size < 256) return Buffer.of((major << 5) | 24, size)
  return Buffer.of((major << 5) | 25, size >> 8, size & 0xff)
}

function sha256(bytes: Buffer): Buffer {
  return createHash('sha256').update(bytes).digest()
}
