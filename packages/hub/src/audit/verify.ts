import type { WorkspaceId } from '../contract/ids.ts'
import type { AuditSegmentsTable, AuditTable } from '../storage/schema.ts'
import type { Db } from '../storage/storage.ts'
import { BEGINNING, isEqual, whyNotNext, type Reached } from './chain.ts'
import { isMissing, readCheckpointFile } from './checkpoint-file.ts'
import { readCheckpoints, type ReadCheckpoints } from './checkpoint.ts'
import { expectCheckpoints } from './expect-checkpoints.ts'
import type { AuditLog } from './log.ts'
import { readChain } from './read-chain.ts'
import { openSegment, segmentName, segmentPath } from './segment-file.ts'

export type AuditVerdict = (
  | { ok: true }
  /** `seq` is the first row that does not fit; null where the rows fit, but not all checkpoints can be read. */
  | { ok: false; seq: number | null; reason: string }
) & {
  /** How many fit, from the first on; sealed ones are among them. */
  rows: number
  /** Rows that are in files; only those in files that are still here were checked. */
  sealed?: SealedRows[]
  /** With how many checkpoints the rows were compared. */
  checkpoints?: number
}

export interface SealedRows {
  first: number
  last: number
  file: string
  checked: boolean
}

export interface VerifyOptions {
  /** Checkpoints that were kept elsewhere, one to a line. */
  given?: string | undefined
  onProgress?: ((rows: number) => void) | undefined
}

/** Walks the whole chain, through sealed segments and against checkpoints, and names the first row that does not fit. */
export async function verifyAudit(
  log: AuditLog,
  workspace: WorkspaceId,
  { given, onProgress }: VerifyOptions = {},
): Promise<AuditVerdict> {
  const { db, chain } = log
  // Before the end is looked up: a checkpoint that is made meanwhile would speak of rows after it.
  const kept = await keptCheckpoints(log, workspace, given)
  const end = await readEnd(db, workspace)
  const expected = expectCheckpoints(kept.checkpoints)
  const sealed: SealedRows[] = []
  let reached: Reached = BEGINNING

  const verdict = () => ({
    rows: reached.seq,
    ...(sealed.length === 0 ? {} : { sealed }),
    ...(expected.compared === 0 ? {} : { checkpoints: expected.compared }),
  })
  const bad = (reason: string, seq: number | null = reached.seq + 1): AuditVerdict => ({
    ok: false,
    seq,
    reason,
    ...verdict(),
  })
  const take: Take = (row) => {
    const why = whyNotNext(chain, workspace, reached, row) ?? expected.whyNotAt(row.seq, row.hash)
    if (why === undefined) reached = row
    return why
  }

  for await (const piece of readChain(db, workspace, end.last)) {
    if ('sealed' in piece) {
      const segment = piece.sealed
      const why = whyNotHere(log, reached, segment)
      if (why !== undefined) return bad(why)
      const walked = await walkSegment(log, segment, take)
      if (walked === 'absent') {
        const lost = expected.whyNotAt(segment.last_seq, segment.last_hash)
        if (lost !== undefined) return bad(lost, segment.last_seq)
        reached = { seq: segment.last_seq, hash: segment.last_hash }
      } else if (walked !== undefined) return bad(walked.why, walked.seq)
      sealed.push(sealedRows(segment, walked === undefined))
    } else {
      for (const row of piece.rows) {
        const why = take(row)
        if (why !== undefined) return bad(why)
      }
    }
    onProgress?.(reached.seq)
  }

  if (end.last !== null && reached.seq !== end.last) return bad('a row is missing here')
  const lost = whyNotEnd(log, workspace, end, reached) ?? expected.whyNotEndAt(reached.seq)
  if (lost !== undefined) return bad(lost)
  return kept.fault === undefined ? { ok: true, ...verdict() } : bad(kept.fault, null)
}

/** Why a row cannot come next; if it can, it is taken. */
type Take = (row: AuditTable) => string | undefined

const FILE_MISSING =
  'the file of checkpoints is missing, so that rows and head put back to an earlier state would not be noticed'

/** The checkpoints of the home and those from elsewhere, and the first fault in them. */
async function keptCheckpoints(
  { chain, folder }: AuditLog,
  workspace: WorkspaceId,
  given: string | undefined,
): Promise<ReadCheckpoints> {
  const ofHome: ReadCheckpoints =
    folder === undefined
      ? { checkpoints: [] }
      : ((await readCheckpointFile(chain, folder)) ?? { checkpoints: [], fault: FILE_MISSING })
  const elsewhere = readCheckpoints(chain, given ?? '', 'the checkpoints given')
  const fault = elsewhere.fault ?? ofHome.fault
  return {
    checkpoints: [...ofHome.checkpoints, ...elsewhere.checkpoints].filter(
      (one) => one.workspace === workspace,
    ),
    ...(fault === undefined ? {} : { fault }),
  }
}

interface End {
  last: number | null
  seq: number | null
  hash: string | null
  mac: string | null
}

/** In one statement, so that rows which are added meanwhile belong to neither the rows nor the head, or to both. */
function readEnd(db: Db, workspace: WorkspaceId): Promise<End> {
  return db
    .selectNoFrom((eb) => [
      eb
        .selectFrom('audit')
        .select((row) => row.fn.max('seq').as('seq'))
        .where('workspace', '=', workspace)
        .as('last'),
      eb.selectFrom('audit_heads').select('seq').where('workspace', '=', workspace).as('seq'),
      eb.selectFrom('audit_heads').select('hash').where('workspace', '=', workspace).as('hash'),
      eb.selectFrom('audit_heads').select('mac').where('workspace', '=', workspace).as('mac'),
    ])
    .executeTakeFirstOrThrow()
}

function whyNotEnd({ chain }: AuditLog, workspace: string, { seq, hash, mac }: End, reached: Reached) {
  if (seq === null || hash === null || mac === null)
    return reached.seq === 0 ? undefined : 'the end of the chain is not recorded'
  if (!isEqual(mac, chain.macHead({ workspace, seq, hash }))) return 'the record of the end was changed'
  return seq === reached.seq && hash === reached.hash
    ? undefined
    : `rows are missing at the end (${seq} were written)`
}

function whyNotHere({ chain }: AuditLog, reached: Reached, segment: AuditSegmentsTable): string | undefined {
  if (!isEqual(segment.mac, chain.macSegment(segment))) return 'the record of the sealed rows was changed'
  return segment.first_seq === reached.seq + 1 && segment.previous_hash === reached.hash
    ? undefined
    : 'the sealed rows do not follow the row before them'
}

/** Takes every row of a segment's file, and then asks whether it is the file that was sealed. */
async function walkSegment(
  { folder }: AuditLog,
  segment: AuditSegmentsTable,
  take: Take,
): Promise<undefined | 'absent' | { why: string; seq: number }> {
  const file = segmentName(segment)
  let seq = segment.first_seq
  try {
    if (folder === undefined) return 'absent'
    const { rows, fileHash } = await openSegment(segmentPath(folder, segment))
    for await (const row of rows) {
      const why = row === undefined ? 'the line is no row' : take(row)
      if (why !== undefined) return { seq, why: `${why} (in ${file})` }
      seq += 1
    }
    if (seq <= segment.last_seq) return { seq, why: `a row is missing here (in ${file})` }
    if (seq > segment.last_seq + 1)
      return { seq: segment.last_seq + 1, why: `rows were put in here (in ${file})` }
    return fileHash() === segment.file_hash
      ? undefined
      : {
          seq: segment.first_seq,
          why: `${file} is not the file that was sealed, though it holds the same rows`,
        }
  } catch (error) {
    if (isMissing(error)) return 'absent'
    return { seq, why: `${file} cannot be read any further (${error instanceof Error ? error.message : ''})` }
  }
}

function sealedRows(segment: AuditSegmentsTable, checked: boolean): SealedRows {
  return { first: segment.first_seq, last: segment.last_seq, file: segmentName(segment), checked }
}
