import type { Random } from './random.ts'
import type { Trace } from './trace.ts'

/** A process, as the scheduler sees it: once it is dead, nothing of it ever goes on. */
export interface Process {
  name: string
  alive: boolean
}

interface Gate {
  owner: Process
  label: string
  due: number
  open(): void
}

interface NetworkEvent {
  at: number
  label: string
  run(): void
}

/**
 * Decides what goes on next, by seed alone. Whatever a process waits for is a gate; when everything waits, the
 * scheduler opens one of them, or moves the clock. What travels on the network happens at its time, never later.
 */
export interface Scheduler {
  now: () => number
  /** Waits until the scheduler says so, not before `milliseconds` from now; for ever if the process dies. */
  gate(owner: Process, label: string, milliseconds?: number): Promise<void>
  /** Outside of every process, at this time from now; answers how to call it off. */
  later(milliseconds: number, label: string, run: () => void): () => void
  /** Its gates never open. */
  kill(owner: Process): void
  /** Opens one gate, if one is due. */
  openOne(): boolean
  /** Moves the clock by so much, or to the next event of the network, which then happens. */
  advance(milliseconds: number): void
  /** Milliseconds until something is due; undefined if nothing ever will be. */
  untilDue(): number | undefined
  isIdle(): boolean
}

export function createScheduler(start: number, random: Random, trace: Trace): Scheduler {
  let now = start
  let gates: Gate[] = []
  let network: NetworkEvent[] = []

  const nextEvent = (): NetworkEvent | undefined =>
    network.reduce<NetworkEvent | undefined>(
      (first, event) => (first === undefined || event.at < first.at ? event : first),
      undefined,
    )

  return {
    now: () => now,
    gate(owner, label, milliseconds = 0) {
      return new Promise((resolve) => {
        if (owner.alive) gates.push({ owner, label, due: now + milliseconds, open: resolve })
      })
    },
    later(milliseconds, label, run) {
      const event = { at: now + milliseconds, label, run }
      network.push(event)
      return () => {
        network = network.filter((other) => other !== event)
      }
    },
    kill(owner) {
      trace.add(`${now} ${owner.name} dies`)
      owner.alive = false
      gates = gates.filter((gate) => gate.owner !== owner)
    },
    openOne() {
      const due = gates.filter((gate) => gate.due <= now)
      if (due.length === 0) return false
      const gate = random.pick(due)
      gates.splice(gates.indexOf(gate), 1)
      trace.add(`${now} ${gate.owner.name} ${gate.label}`)
      gate.open()
      return true
    },
    advance(milliseconds) {
      const until = now + milliseconds
      const event = nextEvent()
      if (event === undefined || event.at > until) {
        now = until
        return
      }
      now = Math.max(now, event.at)
      network.splice(network.indexOf(event), 1)
      trace.add(`${now} network ${event.label}`)
      event.run()
    },
    untilDue() {
      const moments = [...gates.map((gate) => gate.due), ...network.map((event) => event.at)]
      return moments.length === 0 ? undefined : Math.max(0, Math.min(...moments) - now)
    },
    isIdle: () => gates.length === 0 && network.length === 0,
  }
}
