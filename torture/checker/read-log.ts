import type { TappedRow } from '../simulation/database.ts'
import type { Asked, Evidence, StoredConfirmation } from '../simulation/evidence.ts'
import type { Effect } from '../simulation/provider.ts'

export interface Row {
  /** Its place among the committed rows of the history. */
  place: number
  at: number
  actor: string
  action: string
  detail: Record<string, unknown>
}

/** All that is known about one confirmation. */
export interface Life {
  stored: StoredConfirmation
  /** Absent if the agent never heard of it. */
  asked: Asked | undefined
  rows: Row[]
  created: Row
  /** When it was taken to be sent. */
  taken: Row | undefined
  approved: Row | undefined
  /** Effects in the ledger under its key; of a DELETE, all with its bytes. */
  effects: Effect[]
  tool: string
  /** What it would move, in cents; 0 if no money moves. */
  amount: number
}

export function readLog(evidence: Evidence): Map<string, Life> {
  const rows = new Map<string, Row[]>()
  evidence.audit.forEach((row, place) => {
    const list = rows.get(row.subject) ?? []
    list.push(rowOf(row, place))
    rows.set(row.subject, list)
  })
  return new Map(
    evidence.confirmations.map((stored) => {
      const own = rows.get(stored.id) ?? []
      const named = (action: string): Row | undefined =>
        own.find((row) => row.action === `confirmation.${action}`)
      const created = named('created')
      if (created === undefined) throw new Error(`${stored.id} was never created`)
      const isDelete = stored.bytes.startsWith('DELETE')
      return [
        stored.id,
        {
          stored,
          asked: evidence.asked.find((one) => one.confirmation === stored.id),
          rows: own,
          created,
          taken: named('sending'),
          approved: named('approved'),
          effects: evidence.ledger.filter((effect) =>
            isDelete ? !effect.byOthers && bytesOf(effect) === stored.bytes : effect.key === stored.key,
          ),
          tool: String(created.detail['tool']),
          amount: stored.bytes.includes('/v1/refunds') ? Number(/amount=(\d+)/.exec(stored.bytes)?.[1]) : 0,
        },
      ]
    }),
  )
}

export function bytesOf({ method, path, body }: { method: string; path: string; body: string }): string {
  return `${method} ${path}\n${body}`
}

function rowOf(row: TappedRow, place: number): Row {
  return {
    place,
    at: Date.parse(row.at),
    actor: row.actor,
    action: row.action,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  }
}
