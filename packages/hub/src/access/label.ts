import { cleanLine } from '../contract/clean-text.ts'

/** Fits a line of the approval page on a phone. */
const MAX_LABEL_CHARACTERS = 64
/** Cut before anything is done with it: the length is the device's choice. */
const MAX_INPUT_LENGTH = 1_000

/**
 * A device names itself, and a person judges it by that name: one line, nothing invisible, no letters that
 * only look different, no tower of accents over the lines above.
 */
export function cleanLabel(text: unknown): string {
  if (typeof text !== 'string') return 'Unnamed device'
  const plain = text.slice(0, MAX_INPUT_LENGTH).normalize('NFKC')
  const label = cleanLine(plain.replaceAll(/(\p{M}{2})\p{M}+/gu, '$1'), MAX_LABEL_CHARACTERS)
  return label === '' ? 'Unnamed device' : label
}
