import { cleanLine, cleanText } from '../../contract/clean-text.ts'

/** A value of Stripe's or an agent's gets no more room on a terminal than this. */
const MAX_VALUE_CHARACTERS = 1_000

/** Text that may be written to a terminal. The private field makes it nominal: a plain string is not one. */
export class Safe {
  readonly #text: string

  constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }
}

/** What is put into the template is cleaned and kept on one line, so that nothing from outside draws or forges a line. */
export function safe(texts: TemplateStringsArray, ...values: Array<Safe | string | number>): Safe {
  let text = texts[0] ?? ''
  values.forEach((value, index) => {
    text += value instanceof Safe ? value.toString() : cleanLine(String(value), MAX_VALUE_CHARACTERS)
    text += texts[index + 1] ?? ''
  })
  return new Safe(text)
}

/** The same for a column of a table or an indent, where runs of spaces count. */
export function aligned(text: string): Safe {
  return new Safe(cleanText(text).replaceAll(/\s/gu, ' '))
}

/** Text of our own making whose line breaks stay. */
export function safeLines(text: string): Safe {
  return new Safe(
    text
      .split('\n')
      .map((line) => aligned(line.replace(/\r$/, '')).toString())
      .join('\n'),
  )
}

/** JSON on one line that means the same, with everything that could act on a terminal spelled as an escape. */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replaceAll(/[^ -~]/gu, (character) =>
    cleanText(character) === character
      ? character
      : Array.from(
          { length: character.length },
          (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
        ).join(''),
  )
}
