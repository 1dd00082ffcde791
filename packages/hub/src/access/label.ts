/** Fits a line of the approval page on a phone. */
const MAX_LABEL_CHARACTERS = 64

/**
 * A device names itself, and a person judges it by that name: nothing invisible, no reordering of the text
 * around it, no line of its own, no tower of accents.
 */
export function cleanLabel(text: unknown): string {
  if (typeof text !== 'string') return 'Unnamed device'
  const label = text
    .slice(0, 1_000)
    .normalize('NFKC')
    .replaceAll(/[\p{Z}\t\n\r]+/gu, ' ')
    .replaceAll(/[\p{C}\p{Default_Ignorable_Code_Point}]/gu, '')
    .replaceAll(/(\p{M}{2})\p{M}+/gu, '$1')
    .trim()
  const cut = Array.from(label).slice(0, MAX_LABEL_CHARACTERS).join('').trim()
  return cut === '' ? 'Unnamed device' : cut
}
