import { z } from 'zod'
import type { WorkspaceId } from '../contract/ids.ts'
import type { AuditTable } from '../storage/schema.ts'
import { isMissing } from './checkpoint-file.ts'
import type { AuditLog } from './log.ts'
import { readChain } from './read-chain.ts'
import { CSV_HEADER, toCsv, toLine } from './row-text.ts'
import { openSegment, segmentName, segmentPath } from './segment-file.ts'

export const EXPORT_FORMATS = ['jsonl', 'csv'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

/** A date or a moment, as the log spells moments. */
export const moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], 'a date such as 2026-11-01, or an ISO 8601 moment')
  .transform((text) => new Date(text).toISOString())
const text = z.string().min(1).max(120)

/** Which rows are wanted. Dates are taken in UTC. */
export const exportFilter = {
  /** This moment and after. */
  from: moment.optional(),
  /** Before this moment. */
  to: moment.optional(),
  /** `person:…`, `device:…`, `system:…`. */
  actor: text.optional(),
  /** The whole name, or its beginning with `*`. */
  action: text.optional(),
  subject: text.optional(),
}
const schema = z.strictObject(exportFilter)
export type ExportFilter = z.infer<typeof schema>

export interface ExportOptions {
  format: ExportFormat
  filter: ExportFilter
  /** Told how many rows were looked at. */
  onProgress?: ((rows: number) => void) | undefined
  /** Told of sealed rows whose file is not here: they are not in the export. */
  onAbsent?: ((file: string) => void) | undefined
}

/** The log as text, a page at a time; rows as they are, changed ones too: an export proves what it holds by its hashes. */
export async function* exportAudit(
  log: AuditLog,
  workspace: WorkspaceId,
  { format, filter, onProgress, onAbsent }: ExportOptions,
): AsyncGenerator<string> {
  const toText = format === 'csv' ? toCsv : toLine
  let seen = 0
  if (format === 'csv') yield CSV_HEADER
  for await (const rows of pagesOf(log, workspace, onAbsent)) {
    const wanted = rows.filter((row) => isWanted(row, filter))
    if (wanted.length > 0) yield wanted.map(toText).join('')
    onProgress?.((seen += rows.length))
  }
}

async function* pagesOf(
  { db, folder }: AuditLog,
  workspace: WorkspaceId,
  onAbsent: ExportOptions['onAbsent'],
): AsyncGenerator<AuditTable[]> {
  const { last } = await db
    .selectFrom('audit')
    .select((row) => row.fn.max('seq').as('last'))
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  for await (const piece of readChain(db, workspace, last)) {
    if ('rows' in piece) yield piece.rows
    else if (folder !== undefined && (yield* rowsOfFile(segmentPath(folder, piece.sealed)))) continue
    else onAbsent?.(segmentName(piece.sealed))
  }
}

const FILE_PAGE_ROWS = 1_000

/** Answers whether the file was here. */
async function* rowsOfFile(path: string): AsyncGenerator<AuditTable[], boolean> {
  let page: AuditTable[] = []
  try {
    for await (const row of (await openSegment(path)).rows) {
      if (row !== undefined) page.push(row)
      if (page.length < FILE_PAGE_ROWS) continue
      yield page
      page = []
    }
  } catch (error) {
    if (isMissing(error)) return false
    throw error
  }
  yield page
  return true
}

function isWanted(row: AuditTable, { from, to, actor, action, subject }: ExportFilter): boolean {
  return (
    (from === undefined || row.at >= from) &&
    (to === undefined || row.at < to) &&
    (actor === undefined || row.actor === actor) &&
    (action === undefined || matches(row.action, action)) &&
    (subject === undefined || row.subject === subject)
  )
}

function matches(action: string, wanted: string): boolean {
  return wanted.endsWith('*') ? action.startsWith(wanted.slice(0, -1)) : action === wanted
}
