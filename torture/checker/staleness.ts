import type { Evidence } from '../simulation/evidence.ts'
import type { Effect } from '../simulation/provider.ts'
import type { Fail } from './check-history.ts'
import type { Life } from './read-log.ts'

/** A span in which something was read: from when the read began to when its answer was there. */
interface Reading {
  from: number
  to: number
}

/** P1: what was approved is still so when it is taken: the object is as it was when the preview was made. */
export function checkStaleness(evidence: Evidence, lives: Map<string, Life>, fail: Fail): void {
  const readings = readingsOf(evidence)
  for (const { stored, created, taken } of lives.values()) {
    if (taken === undefined) continue
    const object = objectOf(stored.bytes)
    const own = readings.filter((reading) => reading.path.endsWith(object))
    const before = own.findLast((reading) => reading.endPlace < created.place)
    const after = own.findLast((reading) => reading.endPlace < taken.place)
    if (before === undefined || after === undefined) {
      fail('P1 what is written was looked at', stored.id)
      continue
    }
    const was = valueDuring(evidence.ledger, object, before)
    const is = valueDuring(evidence.ledger, object, after)
    if (was !== undefined && is !== undefined && was !== is)
      fail('P1 what was approved is still so when it is taken', { id: stored.id, was, is })
  }
}

function readingsOf({ audit }: Evidence): Array<Reading & { path: string; endPlace: number }> {
  const started = new Map(
    audit.filter(({ action }) => action === 'read.started').map((row) => [row.subject, row]),
  )
  return audit.flatMap((row, endPlace) => {
    const start = row.action === 'read.finished' ? started.get(row.subject) : undefined
    if (start === undefined) return []
    const { path, purpose } = JSON.parse(start.detail) as { path: string; purpose: string }
    return purpose === 'preview'
      ? [{ path, from: Date.parse(start.at), to: Date.parse(row.at), endPlace }]
      : []
  })
}

function objectOf(bytes: string): string {
  return /charge=(\w+)/.exec(bytes)?.[1] ?? /customers\/(\w+)/.exec(bytes)?.[1] ?? ''
}

/** What a reader must have seen; undefined if it changed meanwhile. */
function valueDuring(ledger: readonly Effect[], object: string, { from, to }: Reading): string | undefined {
  const value = valueAt(ledger, object, from - 1)
  return valueAt(ledger, object, to) === value ? value : undefined
}

function valueAt(ledger: readonly Effect[], object: string, at: number): string {
  const own = ledger.filter(
    (effect) => effect.at <= at && objectOf(`${effect.path}\n${effect.body}`) === object,
  )
  if (object.startsWith('ch_'))
    return String(own.reduce((sum, { body }) => sum + Number(/amount=(\d+)/.exec(body)?.[1]), 0))
  const last = own.at(-1)
  return last === undefined ? 'as at first' : `${last.method} ${last.body}`
}
