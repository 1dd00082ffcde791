/**
 * What draws nothing or redraws what is there: control and ANSI, bidi marks and overrides, zero-width and tag
 * characters, variation selectors, private use. In a text that a person judges they can only deceive.
 */
const INVISIBLE = /[^\t\n\p{L}\p{M}\p{N}\p{P}\p{S}\p{Zs}]|\p{Default_Ignorable_Code_Point}/gu

// oxlint-disable-next-line no-control-regex -- an escape sequence starts with a control character
const ANSI_SEQUENCE = /\u001B(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001B]*(?:\u0007|\u001B\\)|[@-_])/gu

/** Symbols by their category and blank on every screen: enough of them push what follows to where a line begins. */
const BLANK_SYMBOL = /[\u2800\u{1D159}\u{16FE4}]/gu

/** More marks on one letter than any script needs: they are drawn over the lines above. */
const TOWER = /(\p{M}{4})\p{M}+/gu

/** Text from outside (Stripe, an agent) as plain visible characters; line breaks and tabs stay. */
export function cleanText(text: string): string {
  return text
    .replace(ANSI_SEQUENCE, '')
    .replace(INVISIBLE, '')
    .replace(BLANK_SYMBOL, ' ')
    .replace(TOWER, '$1')
}

/** The same on one line and bounded, for a place inside a sentence: it cannot forge a second line. */
export function cleanLine(text: string, maxLength = 120): string {
  const line = cleanText(text).replace(/\s+/gu, ' ').trim()
  const characters = Array.from(line)
  return characters.length <= maxLength ? line : `${characters.slice(0, maxLength - 1).join('')}…`
}
