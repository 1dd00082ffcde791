import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Actor } from '../contract/actor.ts'
import { isoTime, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { AuditTable } from '../storage/schema.ts'
import { takeHomeLock } from '../storage/home-lock.ts'
import type { Db } from '../storage/storage.ts'
import type { Append } from './entry.ts'
import { BEGINNING, whyNotNext, type Reached } from './chain.ts'
import { isMissing } from './checkpoint-file.ts'
import type { AuditLog } from './log.ts'
import { rangeOfName, segmentName, segmentPath, segmentsFolder, writeSegment } from './segment-file.ts'

/** What a dispute or a question about last quarter's money needs is at hand. */
export const MIN_SEAL_AGE_DAYS = 90
/** Their delete keeps other writers waiting for less than a second. */
const SEGMENT_ROWS = 50_000
const PAGE_ROWS = 1_000
const DAY_MS = 24 * 60 * 60 * 1000

export interface Seal {
  /** Rows before this moment; ISO 8601. */
  before: string
  /** Also rows that are younger than the minimum. */
  evenIfYoung?: boolean
  onProgress?: ((rows: number) => void) | undefined
}

export interface SealedSegment {
  file: string
  first: number
  last: number
}

/**
 * Moves the oldest rows to files, a segment at a time: the file is on disk under its name before one transaction records
 * it, deletes its rows and says so in the log. After a crash in between, the rows are in the database as before, and the
 * next seal takes the file away.
 */
export async function sealAudit(
  log: AuditLog,
  actor: Actor,
  input: Seal,
  append: Append,
): Promise<SealedSegment[]> {
  const { workspace } = actor
  const { folder } = log
  const isOwner = actor.type === 'person' && actor.role === 'owner'
  const isOperator = actor.type === 'system' && actor.part === 'terminal'
  if (!isOwner && !isOperator) throw new Problem('forbidden', 'Only an owner can seal rows of the audit log.')
  refuseYoung(log, input)
  if (folder === undefined) throw new Error('this log has no folder for segments')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const lock = takeHomeLock(join(folder, 'seal.lock'))
  if (lock === undefined) throw new Problem('audit_busy', 'The audit log is being sealed right now.')
  try {
    await removeLeftovers(log.db, folder, workspace)
    return await sealUpTo(
      log,
      folder,
      actor,
      await lastBefore(log.db, workspace, input.before),
      input,
      append,
    )
  } finally {
    lock.release()
  }
}

async function sealUpTo(
  log: AuditLog,
  folder: string,
  actor: Actor,
  last: number,
  { onProgress }: Seal,
  append: Append,
): Promise<SealedSegment[]> {
  const { workspace } = actor
  const done: SealedSegment[] = []
  let reached = await lastSealed(log.db, workspace)
  while (reached.seq < last) {
    const range = {
      workspace,
      first_seq: reached.seq + 1,
      last_seq: Math.min(reached.seq + SEGMENT_ROWS, last),
    }
    const file = segmentName(range)
    const walk = walkRows(log, workspace, reached, range.last_seq)
    const fileHash = await writeSegment(segmentPath(folder, range), walk.rows)
    const sealed = {
      ...range,
      previous_hash: reached.hash,
      last_hash: walk.reached().hash,
      file_hash: fileHash,
      sealed_at: isoTime(log.now()),
    }
    await log.db.transaction().execute(async (tx) => {
      await tx
        .insertInto('audit_segments')
        .values({ ...sealed, mac: log.chain.macSegment(sealed) })
        .execute()
      const deleted = await tx
        .deleteFrom('audit')
        .where('workspace', '=', workspace)
        .where('seq', '<=', range.last_seq)
        .executeTakeFirst()
      if (Number(deleted.numDeletedRows) !== range.last_seq - reached.seq)
        throw new Problem(
          'audit_not_whole',
          'Rows of the audit log changed while they were sealed. Nothing was sealed.',
        )
      await append(tx, {
        actor,
        action: 'audit.sealed',
        subject: file,
        detail: {
          first: range.first_seq,
          last: range.last_seq,
          last_hash: sealed.last_hash,
          file_hash: fileHash,
        },
      })
    })
    reached = walk.reached()
    done.push({ file, first: range.first_seq, last: range.last_seq })
    onProgress?.(reached.seq)
  }
  return done
}

function refuseYoung({ now }: AuditLog, { before, evenIfYoung = false }: Seal): void {
  const oldest = isoTime(now() - MIN_SEAL_AGE_DAYS * DAY_MS)
  if (evenIfYoung || before <= oldest) return
  throw new Problem(
    'invalid_params',
    `Rows of the last ${MIN_SEAL_AGE_DAYS} days stay in the database, where they are shown and searched.`,
    { nextStep: `Choose a date before ${oldest.slice(0, 10)}, or say that younger rows are meant.` },
  )
}

async function lastSealed(db: Db, workspace: WorkspaceId): Promise<Reached> {
  const segment = await db
    .selectFrom('audit_segments')
    .select(['last_seq', 'last_hash'])
    .where('workspace', '=', workspace)
    .orderBy('last_seq', 'desc')
    .limit(1)
    .executeTakeFirst()
  return segment === undefined ? BEGINNING : { seq: segment.last_seq, hash: segment.last_hash }
}

/** The last row of those that are all older: a clock that was set back leaves no gap. */
async function lastBefore(db: Db, workspace: WorkspaceId, before: string): Promise<number> {
  const rows = db.selectFrom('audit').where('workspace', '=', workspace)
  const young = await rows
    .select((row) => row.fn.min('seq').as('seq'))
    .where('at', '>=', before)
    .executeTakeFirst()
  if (young !== undefined && young.seq !== null) return young.seq - 1
  const end = await rows.select((row) => row.fn.max('seq').as('seq')).executeTakeFirst()
  return end?.seq ?? 0
}

/** The rows in turn, each proven first: what is sealed unproven would look like a fault of the file later. */
function walkRows(
  { db, chain }: AuditLog,
  workspace: WorkspaceId,
  from: Reached,
  last: number,
): { rows: AsyncGenerator<AuditTable>; reached: () => Reached } {
  let reached = from
  async function* rows(): AsyncGenerator<AuditTable> {
    while (reached.seq < last) {
      const page = await db
        .selectFrom('audit')
        .selectAll()
        .where('workspace', '=', workspace)
        .where('seq', '>', reached.seq)
        .where('seq', '<=', last)
        .orderBy('seq')
        .limit(PAGE_ROWS)
        .execute()
      if (page.length === 0) throw notWhole(reached.seq + 1, 'a row is missing here')
      for (const row of page) {
        const why = whyNotNext(chain, workspace, reached, row)
        if (why !== undefined) throw notWhole(reached.seq + 1, why)
        reached = row
        yield row
      }
    }
  }
  return { rows: rows(), reached: () => reached }
}

function notWhole(seq: number, why: string): Problem {
  return new Problem(
    'audit_not_whole',
    `The audit log is not whole, so it is not sealed. Row ${seq}: ${why}.`,
    {
      nextStep: 'Run: clawlink audit verify',
      details: { seq },
    },
  )
}

/** Files that an interrupted seal left: unfinished ones, and finished ones whose rows are all in the database still. */
async function removeLeftovers(db: Db, folder: string, workspace: WorkspaceId): Promise<void> {
  const names = await readdir(segmentsFolder(folder)).catch((error: unknown) => {
    if (isMissing(error)) return []
    throw error
  })
  const { first } = await db
    .selectFrom('audit')
    .select((row) => row.fn.min('seq').as('first'))
    .where('workspace', '=', workspace)
    .executeTakeFirstOrThrow()
  for (const name of names) {
    const range = rangeOfName(name)
    const isUnfinished = name.startsWith(`${workspace}-`) && name.endsWith('.tmp')
    const isUnrecorded = range?.workspace === workspace && first !== null && range.first_seq >= first
    if (isUnfinished || isUnrecorded) await rm(join(segmentsFolder(folder), name))
  }
}
