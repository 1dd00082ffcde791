import type { NetworkFault } from './network.ts'
import type { PolicyName } from './policies.ts'
import type { Random } from './random.ts'

export type NoiseKind =
  | 'crash'
  | 'look'
  | 'policy'
  | 'freeze'
  | 'unfreeze'
  | 'remove'
  | 'revoke'
  | 'others'
  | 'wait'
  | 'read'

/** What a history is mostly about: a little of everything at once would seldom get anywhere near an edge. */
export interface Theme {
  name: string
  wishes: number
  /** How often the same write is wanted twice. */
  repeats: number
  noise: number
  noiseWeights: Record<NoiseKind, number>
  /** How often noise falls between the steps of a chain, rather than anywhere. */
  noiseBetween: number
  tools: { sim_refund: number; sim_rename: number; sim_delete: number }
  policies: Record<PolicyName, number>
  /** Of a write; reads fail less often, or nothing would be previewed. */
  faultRates: readonly number[]
  /** Only these; all of them if absent. */
  onlyFaults?: readonly NetworkFault[]
  databaseFaultRates: readonly number[]
  /** How often somebody tries what is not theirs, or calls something else than was previewed. */
  mischief: number
  /** Calls at the same time. */
  crowd: number
  alone: number
  /** Milliseconds that a `wait` may take. */
  waits: readonly number[]
}

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

const USUAL: Theme = {
  name: 'usual',
  wishes: 2,
  repeats: 0.2,
  noise: 2,
  noiseWeights: {
    crash: 4,
    look: 2,
    policy: 1,
    freeze: 1,
    unfreeze: 0.5,
    remove: 0.3,
    revoke: 1,
    others: 2,
    wait: 2,
    read: 0.5,
  },
  noiseBetween: 0.4,
  tools: { sim_refund: 5, sim_rename: 4, sim_delete: 2 },
  policies: { careful: 5, capped: 2, raised: 1, passkey: 1, no_deletions: 1, allowance: 2 },
  faultRates: [0, 0.2, 0.5, 0.8],
  databaseFaultRates: [0, 0, 0.03],
  mischief: 0.15,
  crowd: 0.4,
  alone: 0.5,
  waits: [SECOND, 30 * SECOND, 130 * SECOND, 5 * MINUTE, 11 * MINUTE],
}

const noNoise = Object.fromEntries(
  Object.keys(USUAL.noiseWeights).map((kind) => [kind, 0]),
) as Theme['noiseWeights']

const THEMES: readonly Theme[] = [
  USUAL,
  {
    ...USUAL,
    name: 'decisions',
    wishes: 1,
    noise: 1,
    noiseWeights: { ...noNoise, policy: 4, revoke: 2, freeze: 2, remove: 1, others: 2, wait: 2 },
    noiseBetween: 0.9,
    policies: { careful: 2, capped: 1, raised: 1, passkey: 3, no_deletions: 2, allowance: 1 },
    faultRates: [0, 0.1],
    databaseFaultRates: [0],
    mischief: 0.4,
    crowd: 0.2,
    waits: [30 * SECOND, 9 * MINUTE, 11 * MINUTE],
  },
  {
    ...USUAL,
    name: 'answers',
    wishes: 1,
    noise: 0,
    faultRates: [0.7, 0.9],
    databaseFaultRates: [0, 0.05],
    mischief: 0,
  },
  {
    ...USUAL,
    name: 'crashes',
    wishes: 1,
    noise: 3,
    noiseWeights: { ...noNoise, crash: 5, look: 2, wait: 2, freeze: 0.5 },
    tools: { sim_refund: 3, sim_rename: 2, sim_delete: 3 },
    faultRates: [0.2, 0.6],
    databaseFaultRates: [0, 0.1],
    mischief: 0,
  },
  {
    ...USUAL,
    name: 'outage',
    wishes: 1,
    noise: 4,
    noiseWeights: { ...noNoise, wait: 5, look: 3, crash: 1, freeze: 0.5, unfreeze: 0.3 },
    tools: { sim_refund: 3, sim_rename: 2, sim_delete: 0.5 },
    faultRates: [0.9, 1],
    onlyFaults: ['drop_before', 'drop_after', 'rate_limit', 'in_use', 'refused', 'delay'],
    databaseFaultRates: [0],
    mischief: 0,
    alone: 0.3,
    waits: [130 * SECOND, 6 * MINUTE, 3 * HOUR, 21 * HOUR, 25 * HOUR],
  },
  {
    ...USUAL,
    name: 'money',
    wishes: 4,
    repeats: 0.1,
    noise: 1,
    noiseWeights: { ...noNoise, wait: 3, crash: 1, policy: 1 },
    tools: { sim_refund: 1, sim_rename: 0, sim_delete: 0 },
    policies: { careful: 0, capped: 1, raised: 0, passkey: 0, no_deletions: 0, allowance: 1 },
    faultRates: [0, 0.2],
    databaseFaultRates: [0],
    mischief: 0,
    waits: [30 * MINUTE, 61 * MINUTE, 25 * HOUR],
  },
  {
    ...USUAL,
    name: 'races',
    wishes: 1,
    repeats: 0.6,
    noise: 1,
    faultRates: [0, 0.3],
    databaseFaultRates: [0],
    mischief: 0.2,
    crowd: 1,
    alone: 0,
  },
]

export function chooseTheme(random: Random): Theme {
  return random.pick(THEMES)
}
