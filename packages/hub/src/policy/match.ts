import type { Match } from './document.ts'

/** What a rule's match is held against; a write that ran is remembered with the same. */
export interface Matched {
  tool: string
  device: string
  connection: string
  mode: string
  effect: string
}

export function matches(match: Match, what: Matched): boolean {
  const names = (list: readonly string[] | undefined, one: string): boolean =>
    list === undefined || list.includes(one)
  return (
    (match.tools === undefined || match.tools.some((glob) => matchesGlob(what.tool, glob))) &&
    names(match.devices, what.device) &&
    names(match.connections, what.connection) &&
    names(match.modes, what.mode) &&
    names(match.effects, what.effect)
  )
}

/** `*` stands for any run of characters; nothing else is special, so that no pattern can take long. */
export function matchesGlob(name: string, glob: string): boolean {
  const parts = glob.split('*')
  const [first = ''] = parts
  if (parts.length === 1) return name === glob
  if (!name.startsWith(first)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  const last = parts.at(-1) ?? ''
  return name.length - last.length >= at && name.endsWith(last)
}
