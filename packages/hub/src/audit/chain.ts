import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto'
import type { AuditHeadsTable, AuditSegmentsTable, AuditTable } from '../storage/schema.ts'
import type { Checkpoint } from './checkpoint.ts'

/** Where a chain has been proven to: the number and the hash of its last good row. */
export interface Reached {
  seq: number
  hash: string
}

export const BEGINNING: Reached = { seq: 0, hash: '0'.repeat(64) }

/**
 * The hashes of the log, under a key branch of its own: whoever can write the database but not open the vault makes
 * none of them. The key stays in this closure.
 */
export interface Chain {
  hashRow(row: Omit<AuditTable, 'hash'>): string
  macHead(head: Omit<AuditHeadsTable, 'mac'>): string
  macCheckpoint(checkpoint: Omit<Checkpoint, 'mac'>): string
  macSegment(segment: Omit<AuditSegmentsTable, 'mac'>): string
}

export function createChain(key: Uint8Array): Chain {
  const secret = createSecretKey(key)
  // An array, not an object: the order of the parts is then part of the format. Its first part keeps one kind of hash
  // from being passed off as another.
  const hmac = (parts: Array<string | number>): string =>
    createHmac('sha256', secret).update(JSON.stringify(parts)).digest('hex')
  return {
    hashRow: (row) =>
      hmac([
        'row',
        row.workspace,
        row.seq,
        row.at,
        row.actor,
        row.action,
        row.subject,
        row.detail,
        row.previous_hash,
      ]),
    macHead: ({ workspace, seq, hash }) => hmac(['head', workspace, seq, hash]),
    macCheckpoint: ({ workspace, seq, hash, at }) => hmac(['checkpoint', workspace, seq, hash, at]),
    macSegment: (segment) =>
      hmac([
        'segment',
        segment.workspace,
        segment.first_seq,
        segment.last_seq,
        segment.previous_hash,
        segment.last_hash,
        segment.file_hash,
        segment.sealed_at,
      ]),
  }
}

/** Why `row` is not the one that comes after what is reached; `undefined` if it is. */
export function whyNotNext(
  chain: Chain,
  workspace: string,
  reached: Reached,
  row: AuditTable,
): string | undefined {
  if (row.workspace !== workspace) return 'the row belongs to another workspace'
  if (row.seq !== reached.seq + 1)
    return row.seq > reached.seq ? 'a row is missing here' : 'a row was put in here'
  if (row.previous_hash !== reached.hash) return 'the row does not follow the one before it'
  return isEqual(row.hash, chain.hashRow(row)) ? undefined : 'the row was changed'
}

export function isEqual(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
