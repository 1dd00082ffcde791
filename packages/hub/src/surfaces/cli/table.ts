import type { Output } from './print.ts'
import { isObject, textOf, type Json } from './json.ts'
import { aligned, safe } from './safe-text.ts'

export interface Column {
  title: string
  of: (row: unknown) => string
}

const GAP = '  '
/** A column that would leave no room for the ones after it is cut here; the last one takes what is left. */
const MAX_COLUMN_CHARACTERS = 40
const MIN_LAST_CHARACTERS = 16
/** Deeper than this, a value is shown as JSON. */
const MAX_DEPTH = 6
const MAX_TABLE_COLUMNS = 5

export function printTable(out: Output, rows: unknown[], columns: Column[], indent = ''): void {
  const shown = columns.filter(({ of }) => rows.some((row) => of(row) !== ''))
  const cells = rows.map((row) => shown.map(({ of }) => of(row)))
  const widths = shown.map(({ title }, at) =>
    Math.min(MAX_COLUMN_CHARACTERS, Math.max(...[title, ...cells.map((row) => row[at] ?? '')].map(length))),
  )
  const before = widths.slice(0, -1).reduce((sum, width) => sum + width + GAP.length, indent.length)
  const last = Math.max(MIN_LAST_CHARACTERS, out.width - before)
  const lineOf = (row: string[]): string =>
    row
      .map((cell, at) =>
        at === row.length - 1 ? cut(cell, last) : pad(cut(cell, widths[at] ?? 0), widths[at] ?? 0),
      )
      .join(GAP)
  out.line(safe`${aligned(indent)}${out.style('dim', aligned(lineOf(shown.map(({ title }) => title))))}`)
  for (const row of cells) out.line(safe`${aligned(indent)}${aligned(lineOf(row))}`)
}

/** Anything, as indented lines; lists of objects as tables. */
export function printTree(out: Output, value: unknown, indent = ''): void {
  if (!isObject(value)) {
    out.line(safe`${aligned(indent)}${textOf(value)}`)
    return
  }
  const flat = Object.entries(value).filter(([, item]) => !isBranch(item))
  const width = Math.max(0, ...flat.map(([key]) => length(textOf(key))))
  for (const [key, item] of flat) {
    out.line(
      safe`${aligned(indent)}${out.style('dim', aligned(pad(textOf(key), width)))}${aligned(GAP)}${textOf(item)}`,
    )
  }
  for (const [key, item] of Object.entries(value)) {
    if (!isBranch(item)) continue
    out.line(safe`${aligned(indent)}${out.style('dim', key)}`)
    printBranch(out, item, `${indent}  `)
  }
}

function printBranch(out: Output, branch: Json | unknown[], indent: string): void {
  if (!Array.isArray(branch)) {
    if (indent.length / 2 >= MAX_DEPTH) out.line(safe`${aligned(indent)}${textOf(branch)}`)
    else printTree(out, branch, indent)
    return
  }
  if (branch.every(isObject)) printTable(out, branch, columnsOf(branch), indent)
  else for (const item of branch) out.line(safe`${aligned(indent)}${textOf(item)}`)
}

/** The first few fields that are plain values; all of them are in the JSON. */
function columnsOf(rows: Json[]): Column[] {
  const names = new Set(
    rows.flatMap((row) => Object.entries(row).flatMap(([key, item]) => (isBranch(item) ? [] : [key]))),
  )
  return [...names].slice(0, MAX_TABLE_COLUMNS).map((name) => ({
    title: textOf(name),
    of: (row) => (isObject(row) ? textOf(row[name]) : ''),
  }))
}

function isBranch(item: unknown): item is Json | unknown[] {
  if (Array.isArray(item)) return item.some((one) => typeof one === 'object' && one !== null)
  return isObject(item) && Object.keys(item).length > 0
}

function length(text: string): number {
  return Array.from(text).length
}

function cut(text: string, width: number): string {
  return length(text) <= width
    ? text
    : `${Array.from(text)
        .slice(0, Math.max(0, width - 1))
        .join('')}…`
}

function pad(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - length(text)))
}
