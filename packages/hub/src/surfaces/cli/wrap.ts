/** Begins what is a line only because the terminal is narrow: no text from outside can begin like a line of ours. */
export const CONTINUED = '    ↳ '

/** A colour, which takes no room, or one character with the marks on it. */
// oxlint-disable-next-line no-control-regex -- colours start with a control character
const PIECE = /\u001B\[[\d;]*m|[^\p{M}]\p{M}*|\p{M}+/gu

/** One line as the lines of a terminal of this width, broken at blanks where there are some. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  let used = 0
  // Where the line could end: what it would hold, and how much of it is used after that.
  let blank: { at: number; used: number } | undefined
  for (const [piece] of text.matchAll(PIECE)) {
    const room = roomOf(piece)
    if (used + room > width && used > CONTINUED.length) {
      const end = blank ?? { at: line.length, used }
      lines.push(line.slice(0, end.at))
      line = CONTINUED + line.slice(end.at).trimStart()
      used = CONTINUED.length + Math.max(0, used - end.used)
      blank = undefined
    }
    line += piece
    used += room
    if (piece === ' ' && used > CONTINUED.length + 1) blank = { at: line.length, used }
  }
  return [...lines, line]
}

/** Counted too wide rather than too narrow: a line that breaks early still begins as it should. */
function roomOf(piece: string): number {
  if (piece.startsWith('\u001B')) return 0
  return (piece.codePointAt(0) ?? 0) < 0x1100 ? 1 : 2
}
