/** No row comes near it: what a call may hold is bounded far below. */
const MAX_LINE_LENGTH = 4 * 1024 * 1024

export interface Line {
  /** From 1. */
  number: number
  text: string
  /** The file ends in the middle of this line. */
  isTorn: boolean
}

/** The lines of a file as it is read, so that a file of any size takes the memory of a line. Throws `LineTooLong`. */
export async function* readLines(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  const decoder = new TextDecoder()
  let number = 0
  let rest = ''
  for await (const chunk of source) {
    const parts = (
      rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    ).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > MAX_LINE_LENGTH) throw new LineTooLong(number + parts.length + 1)
    for (const text of parts) {
      number += 1
      yield { number, text, isTorn: false }
    }
  }
  rest += decoder.decode()
  if (rest !== '') yield { number: number + 1, text: rest, isTorn: true }
}

export class LineTooLong extends Error {
  override name = 'LineTooLong'
  constructor(number: number) {
    super(`line ${number} is longer than any row`)
  }
}
