import { hash, randomBytes } from 'node:crypto'

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

/** Makes ids in Stripe's alphabet from what they are for; the same seed and purpose give the same id. */
export type IdSource = (purpose: string, length: number) => string

/** @param seed the source is deterministic with one, unguessable without */
export function createIdSource(seed: number | undefined): IdSource {
  const base = seed === undefined ? randomBytes(16).toString('hex') : `seed ${seed}`
  return (purpose, length) => idOf(`${base} ${purpose}`, length)
}

/** Ids are no longer than the digest that they are made from. */
const scratch = Buffer.alloc(32)

/** Always the same for the same text, which it does not betray. */
export function idOf(text: string, length: number): string {
  // One character for each byte: text is made faster than a buffer.
  const digest = hash('sha256', text, 'latin1')
  for (let position = 0; position < length; position++)
    scratch[position] = ALPHABET.charCodeAt(digest.charCodeAt(position) % ALPHABET.length)
  // In one piece: an id is looked up by all its life, and a text that was put together is slow to hash.
  return scratch.toString('latin1', 0, length)
}
