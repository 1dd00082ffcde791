import { cleanLine } from '../../../contract/clean-text.ts'
import type { Params } from '../../define.ts'
import { textAt } from '../json.ts'
import { wrongParam } from './wrong-param.ts'

/** Refuses what is no address of a web page, and names in front of the host: they make it look like another. */
export function refuseBadUrls(params: Params, names: readonly string[]): void {
  for (const name of names) {
    const text = textAt(params, name)
    if (text === undefined || text === '') continue
    const url = URL.parse(text)
    if (url === null || !/^https?:$/.test(url.protocol))
      throw wrongParam(name, `"${name}" must be a whole web address, such as https://example.com/thanks`)
    if (url.username !== '' || url.password !== '')
      throw wrongParam(name, `"${name}" must not have a name or password in front of its host`)
  }
}

/** The origin, as a browser understands it, and then the rest: nobody takes a part of the path for the host. */
export function shownUrl(text: string): string {
  const url = URL.parse(text)
  if (url === null) return cleanLine(text, 200)
  const rest = cleanLine(`${url.pathname}${url.search}${url.hash}`, 150)
  return rest === '/' ? url.origin : `${url.origin}, at ${rest}`
}

export function urlWarnings(sent: Params, names: readonly string[]): string[] {
  return names.flatMap((name) => {
    const url = URL.parse(textAt(sent, name) ?? '')
    const open = url?.protocol === 'http:' && url.hostname !== 'localhost' && url.hostname !== '127.0.0.1'
    return open ? [`${name} is not encrypted (http): anybody on the way can read and change it.`] : []
  })
}
