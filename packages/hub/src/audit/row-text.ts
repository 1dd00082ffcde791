import { z } from 'zod'
import type { AuditTable } from '../storage/schema.ts'

const line = z.strictObject({
  workspace: z.string(),
  seq: z.int(),
  at: z.string(),
  actor: z.string(),
  action: z.string(),
  subject: z.string(),
  detail: z.unknown(),
  previous_hash: z.string(),
  hash: z.string(),
})

/** A row as a line of JSON with everything that its hash covers; what exports and sealed segments are made of. */
export function toLine(row: AuditTable): string {
  const { workspace, seq, at, actor, action, subject, detail, previous_hash, hash } = row
  return `${JSON.stringify({
    workspace,
    seq,
    at,
    actor,
    action,
    subject,
    detail: parsed(detail),
    previous_hash,
    hash,
  })}\n`
}

/** The row of a line, or `undefined` where it is none. */
export function fromLine(text: string): AuditTable | undefined {
  const read = line.safeParse(parsed(text))
  // What JSON.stringify has once spelled, it spells the same again: the hash is over the same text.
  return read.success ? { ...read.data, detail: JSON.stringify(read.data.detail) } : undefined
}

/** A row that somebody changed may hold anything: it is exported as it is, and fails the check. */
function parsed(text: unknown): unknown {
  try {
    return JSON.parse(String(text)) as unknown
  } catch {
    return text
  }
}

const COLUMNS = [
  'workspace',
  'seq',
  'at',
  'actor',
  'action',
  'subject',
  'detail',
  'previous_hash',
  'hash',
] as const

export const CSV_HEADER = `${COLUMNS.join(',')}\r\n`

/** RFC 4180, and nothing in it is a formula to a spreadsheet, even to one that splits at semicolons. */
export function toCsv(row: AuditTable): string {
  const cells = COLUMNS.map((column) => {
    const text = String(row[column])
    return csvCell(column === 'detail' ? text.replaceAll(';', String.raw`\u003b`) : text)
  })
  return `${cells.join(',')}\r\n`
}

/** Spreadsheets take a cell for a formula by how it begins, in quotes or not; the apostrophe makes it text. */
const FORMULA = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

export function csvCell(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text
  return /[",;\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
