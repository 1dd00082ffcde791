import { parseArgs } from 'node:util'

export interface Options {
  /** Of the first history; the others follow. */
  seed: number
  histories: number
  kills: number
  /** The simulation ends after so long, if it has not ended before. */
  minutes: number
  /** Histories that each planted bug gets at most; 0 plants none. */
  planted: number
  json: boolean
  help: boolean
}

export const HELP = `npm run torture -- [--seed N] [--histories N] [--kills N] [--minutes N] [--planted N] [--json]

  --seed N       the first history; the others have the seeds that follow (default: by the clock)
  --histories N  how many histories of the simulated gate (default: 1000000, as far as the minutes go)
  --minutes N    how long in all (default: 20): six tenths for histories, three for kills, the rest for bugs and disks
  --kills N      how often real processes are killed (default: 300; 0 with one history)
  --planted N    how many histories each planted bug gets at most (default: 20000; 0 with one history)
  --json         the last line is one JSON object: ok, histories, kills, faults, planted, caught
  --help         prints this

A history that fails prints its seed: npm run torture -- --seed THAT --histories 1 replays it, with its whole trace.
`

/** @throws Error with one line that says what is wrong */
export function readOptions(args: string[]): Options {
  const { values } = parseArgs({
    args,
    strict: true,
    allowPositionals: false,
    options: {
      seed: { type: 'string' },
      histories: { type: 'string' },
      kills: { type: 'string' },
      minutes: { type: 'string' },
      planted: { type: 'string' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const whole = (name: 'seed' | 'histories' | 'kills' | 'planted', otherwise: number): number => {
    const text = values[name]
    if (text === undefined) return otherwise
    if (!/^\d{1,15}$/.test(text)) throw new Error(`--${name} takes a whole number, not '${text}'`)
    return Number(text)
  }
  const minutes = Number(values.minutes ?? 20)
  if (!(minutes > 0)) throw new Error(`--minutes takes a number above 0, not '${values.minutes ?? ''}'`)
  const histories = whole('histories', 1_000_000)
  const isReplay = histories === 1
  return {
    seed: whole('seed', Math.floor(Date.now() / 1000)),
    histories,
    kills: whole('kills', isReplay ? 0 : 300),
    minutes,
    planted: whole('planted', isReplay ? 0 : 20_000),
    json: values.json ?? false,
    help: values.help ?? false,
  }
}
