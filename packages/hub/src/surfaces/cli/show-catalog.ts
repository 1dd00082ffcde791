import type { Output } from './print.ts'
import { isObject, listAt, objectAt, textAt, textOf } from './json.ts'
import { safe } from './safe-text.ts'
import { printTable, type Column } from './table.ts'

const TOOL_COLUMNS = columns('name', 'mode', 'effect', 'description')

export function showIntegrations(out: Output, answer: unknown): void {
  for (const integration of listAt(answer, 'integrations')) {
    out.line(out.style('bold', textAt(integration, 'name')))
    const connections = listAt(integration, 'connections')
    if (connections.length === 0) out.line(safe`  Not connected yet.`)
    else printConnections(out, connections)
    out.line(safe`  ${out.style('dim', 'Connect or repair:')} ${textAt(integration, 'connect_url')}`)
  }
}

export function printConnections(out: Output, connections: unknown[]): void {
  printTable(
    out,
    connections,
    [
      { title: 'alias', of: (row) => textAt(row, 'alias') },
      { title: 'account', of: (row) => textAt(row, 'account') },
      { title: 'name', of: (row) => textAt(row, 'account_name') },
      { title: 'mode', of: modeOf },
      {
        title: 'state',
        of: (row) => [textAt(row, 'state'), textAt(row, 'reason')].filter(Boolean).join(': '),
      },
      { title: 'default', of: (row) => (textAt(row, 'default') === 'true' ? 'yes' : '') },
    ],
    '  ',
  )
}

export function showTools(out: Output, answer: unknown): void {
  for (const group of listAt(answer, 'groups')) {
    out.line(out.style('bold', textAt(group, 'group')))
    printTable(out, listAt(group, 'tools'), TOOL_COLUMNS, '  ')
  }
  const next = textAt(answer, 'next_cursor')
  if (next !== '') out.line(safe`More: clawlink tools --cursor ${next}`)
}

export function showSearch(out: Output, answer: unknown): void {
  const tools = listAt(answer, 'tools')
  if (tools.length > 0) printTable(out, tools, TOOL_COLUMNS)
  else out.line(safe`Nothing fits these words: try others, or see all with \`clawlink tools\`.`)
}

export function showTool(out: Output, answer: unknown): void {
  const tool = textAt(answer, 'tool')
  out.line(safe`${out.style('bold', tool)}  ${textAt(answer, 'description')}`)
  out.line(safe`  ${textAt(answer, 'mode')} · effect: ${textAt(answer, 'effect')}`)
  for (const need of listAt(answer, 'needs')) {
    const assurance = textAt(need, 'assurance')
    out.line(safe`  on ${textAt(need, 'connection')} (${modeOf(need)}): ${describeAssurance(assurance)}`)
  }
  const whenToUse = textAt(answer, 'whenToUse')
  if (whenToUse !== '') printList(out, 'When to use', [whenToUse])
  printList(out, 'Ask before', listAt(answer, 'askBefore'))
  printList(out, 'Safe defaults', listAt(answer, 'safeDefaults'))
  printList(
    out,
    'Examples',
    listAt(answer, 'examples').map((example) => {
      const params = JSON.stringify(objectAt(example, 'params'))
      return `${textAt(example, 'title')}: --params '${params.replaceAll("'", String.raw`'\''`)}'`
    }),
  )
  printList(out, 'Afterwards', listAt(answer, 'followups'))
  const schema = objectAt(answer, 'params')
  const required = listAt(schema, 'required')
  const params = Object.entries(objectAt(schema, 'properties'))
  if (params.length > 0) {
    out.line(out.style('bold', 'Parameters'))
    const rows = params.map(([name, property]) => ({
      name,
      type: typeName(property),
      needed: required.includes(name) ? 'required' : '',
      description: textAt(property, 'description'),
    }))
    printTable(out, rows, columns('name', 'type', 'needed', 'description'), '  ')
  }
  const note = textAt(answer, 'note')
  if (note !== '') out.line(safe`The usual parameters; --full shows all of them.`)
}

function printList(out: Output, title: string, items: unknown[]): void {
  if (items.length === 0) return
  out.line(out.style('bold', title))
  for (const item of items) out.line(safe`  - ${textOf(item)}`)
}

function describeAssurance(assurance: string): string {
  const words: Record<string, string> = {
    none: 'runs without asking',
    agent: 'needs the user to agree in the conversation',
    chat: "needs the user's yes in the chat",
    dashboard: 'needs an approval in the dashboard',
    passkey: 'needs an approval with a passkey or password',
    blocked: 'blocked by the policy',
  }
  return words[assurance] ?? assurance
}

function typeName(schema: unknown): string {
  const choices = listAt(schema, 'enum')
  if (choices.length > 0 && choices.length <= 4) return choices.map(textOf).join('|')
  const type = isObject(schema) ? schema['type'] : undefined
  if (Array.isArray(type)) return type.map(textOf).join('|')
  return type === undefined ? 'any' : textOf(type)
}

/** Live money must not look like play money. */
export function modeOf(row: unknown): string {
  const mode = textAt(row, 'mode')
  if (mode === 'live') return 'LIVE'
  return textAt(row, 'sandbox') === 'true' ? 'sandbox' : mode
}

function columns(...names: string[]): Column[] {
  return names.map((title) => ({ title, of: (row) => textAt(row, title) }))
}
