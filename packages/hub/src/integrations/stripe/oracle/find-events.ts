import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { listAt, objectAt, textAt } from '../json.ts'

/** A clock that takes its local time for UTC is off by up to 14 hours; looking too far back costs pages alone. */
const MARGIN_SECONDS = 24 * 60 * 60
const PAGE_EVENTS = 100
/** A shop's busy day, where only some types are asked for; what has more is for a person. */
const MAX_PAGES = 20

/** Events that carry the key of a write, the newest first. */
export interface Trace {
  events: Params[]
  /** Every event was looked at: that there is none is then a fact. */
  complete: boolean
}

/** Looks through the account's events for those of one request. `types`: no others can be its events. */
export async function findEvents(
  read: Read,
  idempotencyKey: string,
  sentAt: number,
  types: readonly string[] | undefined,
): Promise<Trace> {
  const asked: Params = {
    created: { gte: Math.floor(sentAt / 1000) - MARGIN_SECONDS },
    limit: PAGE_EVENTS,
    ...(types === undefined ? {} : { types }),
  }
  const isOurs = (event: Params): boolean =>
    textAt(objectAt(event, 'request') ?? {}, 'idempotency_key') === idempotencyKey
  const events: Params[] = []
  let last: Params | undefined
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const list = await readPage(
      read,
      last === undefined ? asked : { ...asked, starting_after: textAt(last, 'id') },
    )
    if (list === undefined) break
    const data = listAt(list, 'data')
    events.push(...data.filter(isOurs))
    last = data.at(-1)
    // One request's events stand together, so they end here unless they reach to the page's end.
    const isFound = events.length > 0 && (last === undefined || !isOurs(last))
    if (isFound || list['has_more'] === false) return { events, complete: true }
    if (last === undefined) break
  }
  return { events, complete: false }
}

/** A restricted key may not be allowed to read events: then they say nothing. */
async function readPage(read: Read, params: Params): Promise<Params | undefined> {
  try {
    return await read('events.list', params)
  } catch (error) {
    if (error instanceof Problem && error.code === 'permission_missing') return undefined
    throw error
  }
}
