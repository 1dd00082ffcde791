import type { CallKind, Wish } from './actors.ts'
import { addNoise } from './noise.ts'
import type { SimNode } from './node.ts'
import type { Stage } from './stage.ts'

/** One thing that somebody does. */
export interface Act {
  label: string
  /** Comes after this one; `isAwaited`: when that is over, else when it has begun. */
  after?: Act
  isAwaited: boolean
  hasBegun: boolean
  isOver: boolean
  node?: SimNode
  crash?: boolean
  run(node: SimNode): Promise<string>
}

export type AddAct = (label: string, run: Act['run'], after?: Act, isAwaited?: boolean) => Act

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/** What agents, people and the world do in this history, each chain in its order. */
export function writeScript(stage: Stage): Act[] {
  const { site, theme } = stage
  const { random } = site
  const acts: Act[] = []
  const add: AddAct = (label, run, after, isAwaited = true) => {
    const act: Act = {
      label,
      run,
      isAwaited,
      hasBegun: false,
      isOver: false,
      ...(after === undefined ? {} : { after }),
    }
    acts.push(act)
    return act
  }
  const wishes = Array.from({ length: 1 + random.below(theme.wishes) }, () => makeWish(stage))
  if (random.chance(theme.repeats)) wishes.push({ ...random.pick(wishes) })
  let noise = random.below(theme.noise + 1)
  for (const wish of wishes) {
    addChain(stage, add, wish, (last) => {
      if (noise === 0 || !random.chance(theme.noiseBetween)) return last
      noise -= 1
      return addNoise(stage, add, last)
    })
  }
  for (; noise > 0; noise -= 1) addNoise(stage, add)
  return acts
}

function makeWish({ site: { random }, theme, customers, charges }: Stage): Wish {
  const device = random.chance(0.8) ? 'device_1' : 'device_2'
  const tool = random.weighted(theme.tools)
  if (tool === 'sim_delete') return { tool, device, params: { customer: random.pick(customers) } }
  if (tool === 'sim_rename')
    return { tool, device, params: { customer: random.pick(customers), name: `new-${random.below(1000)}` } }
  const amount = random.pick([100, 200, 200, 290, 400, 700]) + random.below(9)
  return { tool, device, params: { charge: random.pick(charges), amount } }
}

/** The way of one write: preview, approval, calls. `between` puts something in between, now and then. */
function addChain(stage: Stage, add: AddAct, wish: Wish, between: (last: Act) => Act): void {
  const { actors, theme } = stage
  const { random } = stage.site
  const { tool, device } = wish
  const ifThere =
    (run: Act['run']): Act['run'] =>
    (node) =>
      wish.confirmation === undefined ? Promise.resolve('nothing to do') : run(node)
  const addCall = (kind: CallKind, after: Act, isAwaited = true): Act =>
    add(
      `${device} calls ${tool} (${kind})`,
      ifThere((node) => actors.call(node, wish, kind)),
      after,
      isAwaited,
    )
  const addWait = (milliseconds: number, after: Act): Act =>
    add(`${milliseconds / MINUTE_MS} minutes pass`, () => stage.wait(milliseconds), after)

  let last = add(`${device} previews ${tool}`, (node) => actors.preview(node, wish))
  if (random.chance(theme.mischief)) {
    const who = random.pick(['device_1', 'device_2', 'viewer'])
    last = add(
      `${who} tries to approve`,
      ifThere((node) => actors.approve(node, wish, who, 'dashboard')),
      last,
    )
  }
  if (random.chance(0.08)) last = addCall('plain', last)
  last = between(last)
  if (random.chance(0.9)) {
    const how = random.chance(0.4) ? 'passkey' : 'dashboard'
    last = add(
      `paul approves by ${how}`,
      ifThere((node) => actors.approve(node, wish, 'paul', how)),
      last,
    )
    if (random.chance(0.1))
      add(
        'olivia approves too',
        ifThere((node) => actors.approve(node, wish, 'olivia', 'dashboard')),
        last,
        false,
      )
  }
  if (random.chance(theme.mischief / 2))
    add(
      'olivia denies',
      ifThere((node) => actors.deny(node, wish, 'olivia')),
      last,
      random.chance(0.7),
    )
  last = between(last)
  if (random.chance(0.04)) last = addWait(random.pick([9 * MINUTE_MS, 11 * MINUTE_MS]), last)
  const other: readonly CallKind[] = ['other_params', 'other_tool', 'other_device', 'no_confirmation']
  const calls = 1 + random.below(3)
  for (let count = 0; count < calls; count += 1) {
    const kind = random.chance(theme.mischief / 2)
      ? random.pick(other)
      : random.pick(['plain', 'plain', 'same_params'] as const)
    const isAwaited = !random.chance(theme.crowd)
    const act = addCall(kind, last, isAwaited)
    if (isAwaited) last = between(act)
  }
  if (random.chance(0.05)) addCall('plain', addWait(random.pick([21 * HOUR_MS, 25 * HOUR_MS]), last))
}
