import { randomBytes } from 'node:crypto'

type Brand<Name extends string> = string & { readonly __brand: Name }

export type WorkspaceId = Brand<'WorkspaceId'>
export type PersonId = Brand<'PersonId'>
export type DeviceId = Brand<'DeviceId'>
export type ConnectionId = Brand<'ConnectionId'>
export type ConfirmationId = Brand<'ConfirmationId'>

/** A fresh hub has one workspace, with this id. */
export const DEFAULT_WORKSPACE = 'ws_default' as WorkspaceId

export type IdPrefix = 'person' | 'device' | 'conn' | 'conf' | 'idem' | 'call' | 'node' | 'allow'

/** Makes an id such as `conf_7Hq…`; injected everywhere, so that a test can choose its ids. */
export type NewId = (prefix: IdPrefix) => string

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz'
const WHOLE_MULTIPLE = 256 - (256 % ALPHABET.length)

/** 24 characters of 5.7 bits: guessing one is hopeless, reading one aloud is possible. */
export const randomId: NewId = (prefix) => {
  let text = ''
  while (text.length < 24) {
    for (const byte of randomBytes(32)) {
      // Bytes past the last whole multiple are thrown away, so that each letter is equally likely.
      if (byte < WHOLE_MULTIPLE && text.length < 24) text += ALPHABET[byte % ALPHABET.length]
    }
  }
  return `${prefix}_${text}`
}

/** Milliseconds since the epoch; injected everywhere in place of `Date.now`. */
export type Now = () => number

/** The one spelling of a moment in the database and on the wire: ISO 8601 in UTC, so that text order is time order. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
