import type { Event, Progress } from '../../packages/hub/src/confirmations/reducer.ts'
import type { ReducerModule } from './one-confirmation.ts'

const START = 1_000_000
const LEASE = 2 * 60 * 1000
const BOUND = 20 * 60 * 60 * 1000
const KEY_KEPT = 24 * 60 * 60 * 1000

/** What a node remembers of a confirmation that it holds; a crash forgets it. */
interface Work {
  token: number
  stage: 'ready' | 'waiting' | 'heard'
  heard?: Heard
}
type Heard = 'accepted' | 'refused' | 'stored_refusal' | 'broken' | 'lost'

/** One confirmation: what is stored, what each node remembers, what is on the wire, what the provider did. */
interface Side {
  progress: Progress
  work: [Work | null, Work | null]
  /** Requests under way, by the node that may still hear the answer. */
  wire: number[]
  stored: 'accepted' | 'stored_refusal' | 'broken' | null
  storedAt: number
  effects: number
}

interface World {
  now: number
  sides: [Side, Side]
}

const NODES = [0, 1] as const
const NAMES = ['A', 'B'] as const

/**
 * Walks all that two nodes can do with two confirmations in `depth` steps: each takes, sends, hears or does not hear,
 * writes down, crashes, takes over, while requests arrive early, late or never. Throws where what is stored disagrees
 * with what the provider did.
 */
export function searchTwoNodes(reducer: ReducerModule, depth: number): { visited: number } {
  const seen = new Set<string>()
  let level: World[] = [firstWorld(reducer)]
  for (let step = 0; step <= depth; step += 1) {
    const next: World[] = []
    for (const world of level) {
      const key = keyOf(world)
      if (seen.has(key)) continue
      seen.add(key)
      checkWorld(world)
      if (step < depth) next.push(...movesOf(reducer, world))
    }
    level = next
  }
  return { visited: seen.size }
}

function firstWorld({ firstProgress, reduce }: ReducerModule): World {
  const pending = firstProgress('dashboard', START)
  const approved = reduce(
    pending,
    { type: 'approve', approval: { assurance: 'dashboard', by: 'person_1' } },
    START,
  )
  if (!approved.ok) throw new Error('P1 what a person approves is approved')
  const side = { work: [null, null], wire: [], stored: null, storedAt: 0, effects: 0 } satisfies Partial<Side>
  return {
    now: START,
    sides: [
      { ...side, work: [null, null], progress: approved.progress },
      { ...side, work: [null, null], progress: pending },
    ],
  }
}

/** Two confirmations in swapped places are the same world. */
function keyOf({ now, sides }: World): string {
  return `${now} ${sides
    .map((side) => JSON.stringify(side))
    .sort()
    .join()}`
}

function movesOf(reducer: ReducerModule, world: World): World[] {
  const moves: World[] = [{ ...world, now: world.now + LEASE }]
  // No request is on its way for so long.
  const arrived = world.sides.map((side) => ({ ...side, wire: [] })) as unknown as World['sides']
  moves.push({ now: world.now + BOUND + 1, sides: arrived })
  // A crash forgets what a node knew of both.
  for (const node of NODES) {
    if (world.sides.every(({ work }) => work[node] === null)) continue
    moves.push({ ...world, sides: world.sides.map((side) => forget(side, node)) as World['sides'] })
  }
  world.sides.forEach((side, index) => {
    for (const moved of sideMoves(reducer, side, world.now)) {
      const sides: World['sides'] = index === 0 ? [moved, world.sides[1]] : [world.sides[0], moved]
      moves.push({ ...world, sides })
    }
  })
  return moves
}

function sideMoves(reducer: ReducerModule, side: Side, now: number): Side[] {
  const moves: Side[] = []
  const apply = (event: Event, then: (progress: Progress) => Side): void => {
    const step = reducer.reduce(side.progress, event, now)
    if (step.ok) moves.push(then(step.progress))
  }
  if (side.progress.state === 'pending')
    apply({ type: 'approve', approval: { assurance: 'dashboard', by: 'person_1' } }, (progress) => ({
      ...side,
      progress,
    }))
  if (side.progress.state === 'reconciling' && side.wire.length === 0)
    for (const happened of [side.effects > 0, null])
      apply({ type: 'proven', happened, outcome: null, reason: 'seen' }, (progress) => ({
        ...side,
        progress,
      }))

  for (const node of NODES) {
    const work = side.work[node]
    const other = side.work[node === 0 ? 1 : 0]
    if (work === null) {
      const begin = (progress: Progress): Side => ({
        ...withWork(side, node, { token: progress.fencing, stage: 'ready' }),
        progress,
      })
      apply({ type: 'take', holder: NAMES[node] }, begin)
      apply({ type: 'take_over', holder: NAMES[node], holderGone: false }, begin)
      if (other === null) apply({ type: 'take_over', holder: NAMES[node], holderGone: true }, begin)
    } else if (work.stage === 'ready') {
      // As the gate does: nothing leaves outside of the lease that its holder knows of.
      if (
        side.progress.fencing === work.token &&
        now < (side.progress.leaseUntil ?? 0) &&
        side.wire.length < 2
      )
        moves.push({ ...withWork(side, node, { ...work, stage: 'waiting' }), wire: [...side.wire, node] })
    } else if (work.stage === 'waiting') moves.push(hear(side, node, 'lost'))
    else writeDown(work, node)
  }
  side.wire.forEach((_node, index) => moves.push(...arrivals(side, index, now)))
  return moves

  function writeDown({ token: fencing, heard }: Work, node: 0 | 1): void {
    const end = (progress: Progress): Side => ({ ...withWork(side, node, null), progress })
    const outcome = {}
    const forgotten = withWork(side, node, null)
    const before = moves.length
    if (heard === 'accepted') apply({ type: 'accepted', fencing, outcome }, end)
    else if (heard === 'refused') apply({ type: 'rejected', fencing, outcome, replayed: false }, end)
    else if (heard === 'stored_refusal') apply({ type: 'rejected', fencing, outcome, replayed: true }, end)
    else if (heard === 'broken') apply({ type: 'uncertain', fencing, reason: '500' }, end)
    else {
      apply({ type: 'resend', fencing }, (progress) => ({
        ...withWork(side, node, { token: fencing, stage: 'ready' }),
        progress,
      }))
      if (moves.length === before) apply({ type: 'uncertain', fencing, reason: 'too late' }, end)
    }
    if (moves.length === before) moves.push(forgotten)
  }
}

/** What a request does when it arrives, heard or not; or it never does. */
function arrivals(side: Side, index: number, now: number): Side[] {
  const node = side.wire[index] === 0 ? 0 : 1
  const gone: Side = { ...side, wire: side.wire.filter((_, place) => place !== index) }
  const answered = (after: Side, heard: Heard): Side[] =>
    after.work[node]?.stage === 'waiting' ? [after, hear(after, node, heard)] : [after]
  const stored = side.stored !== null && now - side.storedAt < KEY_KEPT ? side.stored : null
  if (stored !== null) return [gone, ...answered(gone, stored)]
  const done: Side = { ...gone, stored: 'accepted', storedAt: now, effects: side.effects + 1 }
  return [
    gone,
    ...answered(done, 'accepted'),
    ...answered({ ...done, stored: 'broken' }, 'broken'),
    ...answered({ ...gone, stored: 'broken', storedAt: now }, 'broken'),
    ...answered({ ...gone, stored: 'stored_refusal', storedAt: now }, 'refused'),
    ...answered(gone, 'refused'),
  ]
}

function withWork(side: Side, node: 0 | 1, work: Work | null): Side {
  return { ...side, work: node === 0 ? [work, side.work[1]] : [side.work[0], work] }
}

function hear(side: Side, node: 0 | 1, heard: Heard): Side {
  const work = side.work[node]
  return work === null ? side : withWork(side, node, { ...work, stage: 'heard', heard })
}

function forget(side: Side, node: 0 | 1): Side {
  return side.work[node] === null ? side : withWork(side, node, null)
}

function checkWorld(world: World): void {
  for (const side of world.sides) {
    const { progress, effects, work } = side
    const fail = (promise: string): never => {
      throw new Error(`${promise}: ${JSON.stringify({ now: world.now, side })}`)
    }
    if (effects > 0 && progress.approval === null) fail('P1 no effect without an approval')
    if (effects > 1) fail('P3 at most one effect per confirmation')
    if (progress.state === 'succeeded' && effects === 0) fail('P7 what is called succeeded happened')
    if (progress.state === 'failed' && effects > 0) fail('P7 what is called failed did not happen')
    if (work[0] !== null && work[1] !== null && work[0].token === work[1].token)
      fail('P3 two nodes never hold the same token')
  }
}
