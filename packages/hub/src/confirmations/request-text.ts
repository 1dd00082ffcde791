import { cleanText } from '../contract/clean-text.ts'
import type { WireRequest } from '../integrations/define.ts'

/**
 * The exact request, a parameter on each line. A value that holds what could pass for a line of its own, or what
 * draws nothing, is spelled as JSON: nothing in it is hidden, and nothing in it begins a line.
 */
export function requestText(request: WireRequest): string {
  const pairs = [...new URLSearchParams(request.body)].map(
    ([key, value]) => `${plain(key)} = ${plain(value)}`,
  )
  return [`${request.method} ${plain(request.path)}`, ...pairs].join('\n')
}

function plain(text: string): string {
  const isPlain = cleanText(text) === text && !/^["\s]|\s$|[^\S ]|\s{2}/u.test(text)
  return isPlain ? text : escaped(text)
}

/** JSON in which only what is plainly visible stands as itself. */
function escaped(text: string): string {
  return JSON.stringify(text).replaceAll(/[^!-~]/gu, (character) =>
    cleanText(character) === character && !/[\s\p{M}]/u.test(character)
      ? character
      : Array.from(
          { length: character.length },
          (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
        ).join(''),
  )
}
