import { hash, randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Makes ids in Stripe's alphabet from what they are for; the same seed and purpose give the same id. */
export type IdSource = (purpose: string, length: number) => string

/** @param seed the source is deterministic with one, unguessable without */
export function createIdSource(seed: number | undefined): IdSource {
  const base = seed === undefined ? randomBytes(16).toString('hex') : `seed ${seed}`
  return (purpose, length) => idOf(`${base} ${purpose}`, length)
}

/** Always the same for the same text, which it does not betray. */
export function idOf(text: string, length: number): string {
  // One character for each byte: text is made faster than a buffer.
  const digest = hash('sha256', text, 'latin1')
  let id = ''
  for (let position = 0; position < length; position++)
    id += ALPHABET[(digest.charCodeAt(position) || 0) % ALPHABET.length]
  return id
}
