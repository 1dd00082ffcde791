import { applyEdits, modify, parse, printParseErrorCode, type ParseError } from 'jsonc-parser'
import { ConfigSyntax, isTable, SERVER_NAME, type Config, type ConfigFormat } from './config-format.ts'

const BYTE_ORDER_MARK = '\uFEFF'

/** JSON as editors keep it: comments and trailing commas are theirs and stay. */
export const jsonConfig: ConfigFormat = {
  read(text) {
    const json = withoutMark(text)
    if (json.trim() === '') return {}
    const errors: ParseError[] = []
    const value: unknown = parse(json, errors, { allowTrailingComma: true })
    const [first] = errors
    if (first !== undefined) {
      const before = json.slice(0, first.offset).split('\n')
      throw new ConfigSyntax(
        `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}: ${printParseErrorCode(first.error)}`,
      )
    }
    if (!isTable(value)) throw new ConfigSyntax('it is not an object')
    return value
  },

  edit(text, section, entry) {
    const mark = text.startsWith(BYTE_ORDER_MARK) ? BYTE_ORDER_MARK : ''
    const json = withoutMark(text).trim() === '' ? '{}\n' : withoutMark(text)
    // The section goes with the last server in it, as it came with the first.
    const path =
      entry === undefined && isAlone(parse(json) as Config, section) ? [section] : [section, SERVER_NAME]
    return mark + applyEdits(json, modify(json, path, entry, { formattingOptions: styleOf(json) }))
  },
}

function withoutMark(text: string): string {
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text
}

function isAlone(config: Config, section: string): boolean {
  const servers = config[section]
  return isTable(servers) && Object.keys(servers).every((name) => name === SERVER_NAME)
}

function styleOf(json: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /^[ \t]+(?=\S)/m.exec(json)?.[0] ?? '  '
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: json.includes('\r\n') ? '\r\n' : '\n',
  }
}
