import { createCipheriv, createDecipheriv, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'
import { Secret } from '../contract/secret.ts'

/**
 * Where a sealed value belongs. It is authenticated with the value (AES-GCM AAD), so that a row moved to
 * another workspace, connection, account, mode or field does not open.
 */
export interface Place {
  schema: 1
  workspace: string
  record: string
  account: string
  mode: string
  field: string
  /** Grows when the value is replaced, so that an older one put back does not open. */
  version: number
}

export interface Vault {
  /** A new random data key, wrapped by the master key: what a connection's row keeps. */
  newDataKey(place: Place): Uint8Array
  /** Seals UTF-8 text under a wrapped data key. */
  seal(wrappedKey: Uint8Array, place: Place, secret: Secret): Uint8Array
  /** Opens what `seal` made; throws `VaultError` if a byte, the key or the place differs. */
  open(wrappedKey: Uint8Array, place: Place, sealed: Uint8Array): Secret
  /** A 32-byte key for another purpose (`audit`, `oauth`), independent of every other branch. */
  branchKey(purpose: string): Uint8Array
  /** Says which master key this is without telling anything of it. */
  readonly keyId: string
}

export class VaultError extends Error {
  override name = 'VaultError'
}

const VERSION = 1
const SALT_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
const COMMITMENT_BYTES = 32
const KEY_BYTES = 32
const HEADER_BYTES = 1 + SALT_BYTES + IV_BYTES + COMMITMENT_BYTES + TAG_BYTES

/** Makes the vault of a 32-byte master key. The key stays in this closure. */
export function createVault(masterKey: Uint8Array): Vault {
  if (masterKey.length !== KEY_BYTES) throw new VaultError('The master key must be exactly 32 bytes.')
  const wrappingKey = derive(masterKey, '', 'clawlink wrap')

  const unwrap = (wrapped: Uint8Array, place: Place): Uint8Array =>
    openBytes(wrappingKey, wrapped, aad({ ...place, field: 'data key', version: 1 }))

  return {
    keyId: Buffer.from(derive(masterKey, '', 'clawlink key id'))
      .toString('hex')
      .slice(0, 16),
    newDataKey: (place) =>
      sealBytes(wrappingKey, randomBytes(KEY_BYTES), aad({ ...place, field: 'data key', version: 1 })),
    seal: (wrapped, place, secret) =>
      sealBytes(unwrap(wrapped, place), Buffer.from(secret.reveal(), 'utf8'), aad(place)),
    open: (wrapped, place, sealed) =>
      new Secret(Buffer.from(openBytes(unwrap(wrapped, place), sealed, aad(place))).toString('utf8')),
    branchKey: (purpose) => derive(masterKey, '', `clawlink branch ${purpose}`),
  }
}

/** Seals under a branch key, for records that belong to no connection: `version ‖ salt ‖ iv ‖ commitment ‖ tag ‖ text`. */
export function sealBytes(key: Uint8Array, plaintext: Uint8Array, associated: Uint8Array): Uint8Array {
  const salt = randomBytes(SALT_BYTES)
  const iv = randomBytes(IV_BYTES)
  const { encryptionKey, commitment } = recordKeys(key, salt)
  const cipher = createCipheriv('aes-256-gcm', encryptionKey, iv)
  cipher.setAAD(associated)
  const text = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return Buffer.concat([Buffer.from([VERSION]), salt, iv, commitment, cipher.getAuthTag(), text])
}

/** Opens what `sealBytes` made; throws `VaultError`, never a partial text. */
export function openBytes(key: Uint8Array, sealed: Uint8Array, associated: Uint8Array): Uint8Array {
  const bytes = Buffer.from(sealed)
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION)
    throw new VaultError('This is not a sealed record.')
  let at = 1
  const take = (length: number): Buffer => bytes.subarray(at, (at += length))
  const salt = take(SALT_BYTES)
  const iv = take(IV_BYTES)
  const storedCommitment = take(COMMITMENT_BYTES)
  const tag = take(TAG_BYTES)
  const { encryptionKey, commitment } = recordKeys(key, salt)
  // GCM alone lets one text open under two keys; the commitment rules that out.
  if (!timingSafeEqual(storedCommitment, commitment))
    throw new VaultError('The record was sealed under another key.')
  const decipher = createDecipheriv('aes-256-gcm', encryptionKey, iv)
  decipher.setAAD(associated)
  decipher.setAuthTag(tag)
  try {
    return Buffer.concat([decipher.update(bytes.subarray(at)), decipher.final()])
  } catch {
    throw new VaultError('The record was changed, or belongs elsewhere.')
  }
}

function recordKeys(
  key: Uint8Array,
  salt: Uint8Array,
): { encryptionKey: Uint8Array; commitment: Uint8Array } {
  const both = new Uint8Array(hkdfSync('sha256', key, salt, 'clawlink record', KEY_BYTES + COMMITMENT_BYTES))
  return { encryptionKey: both.subarray(0, KEY_BYTES), commitment: both.subarray(KEY_BYTES) }
}

function derive(key: Uint8Array, salt: string, info: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', key, salt, info, KEY_BYTES))
}

function aad(place: Place): Uint8Array {
  // An array, not an object: the order of the parts is then part of the format.
  const parts = [
    place.schema,
    place.workspace,
    place.record,
    place.account,
    place.mode,
    place.field,
    place.version,
  ]
  return Buffer.from(JSON.stringify(parts), 'utf8')
}
