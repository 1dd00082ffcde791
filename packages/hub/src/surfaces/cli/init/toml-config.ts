import { parse, stringify, TomlError } from 'smol-toml'
import { ConfigSyntax, SERVER_NAME, type ConfigFormat } from './config-format.ts'

/**
 * TOML, where our server is a table of its own at the end. Whether the text then means what it should is proved by
 * reading it (`plan.ts`): a file that keeps its servers in a way that this does not fit is refused.
 */
export const tomlConfig: ConfigFormat = {
  read(text) {
    try {
      return parse(text.replace(/^\uFEFF/, ''), { integersAsBigInt: true })
    } catch (error) {
      if (!(error instanceof TomlError)) throw error
      const [reason = ''] = error.message.replace(/^Invalid TOML document: /, '').split('\n')
      throw new ConfigSyntax(`line ${error.line}, column ${error.column}: ${reason}`)
    }
  },

  edit(text, section, entry) {
    const eol = text.includes('\r\n') ? '\r\n' : '\n'
    const table =
      entry === undefined
        ? ''
        : `[${section}.${SERVER_NAME}]\n${stringify(entry).trimEnd()}\n`.replaceAll('\n', eol)
    const replaced = replaceTable(text, section, table)
    if (replaced !== undefined || entry === undefined) return replaced ?? text
    if (text.trim() === '') return text + table
    return `${text}${text.endsWith('\n') ? '' : eol}${eol}${table}`
  },
}

/** The heading of our table and the lines that belong to it give way; comments around them stay. */
function replaceTable(text: string, section: string, table: string): string | undefined {
  const heading = new RegExp(
    `^[ \\t]*\\[[ \\t]*${section}[ \\t]*\\.[ \\t]*["']?${SERVER_NAME}["']?[ \\t]*\\]`,
  )
  const kept: string[] = []
  let isOurs = false
  let isFound = false
  for (const line of text.split(/(?<=\n)/)) {
    if (/^[ \t]*\[/.test(line)) {
      isOurs = heading.test(line)
      if (isOurs) kept.push(table)
      isFound ||= isOurs
    }
    if (!isOurs || /^[ \t]*(?:#.*)?\r?\n?$/.test(line)) kept.push(line)
  }
  return isFound ? kept.join('') : undefined
}
