import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { addAll } from '../simulation/first-failure.ts'
import { createRandom } from '../simulation/random.ts'
import { compareLedger, type Written } from './compare-ledger.ts'
import { startHubOnSandbox, type HubOnSandbox } from './hub-on-sandbox.ts'
import { approvedWrite } from './kill-processes.ts'

export interface Filled {
  /** What was tried, in words; also what this machine does not allow. */
  done: string[]
  faults: Record<string, number>
  failures: string[]
}

/** A way in which the disk under a running hub fails, and is well again. */
interface DiskFault {
  name: string
  /** Where the home has to be. */
  home: string
  spoil(hub: HubOnSandbox): void
  mend(hub: HubOnSandbox): void
  remove(): void
}

/** Under a disk that takes nothing, nothing is sent that is not written down, and the hub says so; then it goes on. */
export async function fillDisk(folder: string): Promise<Filled> {
  const filled: Filled = { done: [], faults: {}, failures: [] }
  mkdirSync(folder, { recursive: true })
  for (const prepare of [failingWrites, fullDisk]) {
    const fault = prepare(folder)
    if (typeof fault === 'string') filled.done.push(fault)
    else {
      try {
        filled.failures.push(...(await underFault(join(folder, fault.name), fault)))
        filled.done.push(`${fault.name}: refused, nothing sent, went on afterwards`)
        addAll(filled.faults, { [fault.name]: ROUNDS * 2 })
      } finally {
        fault.remove()
      }
    }
  }
  return filled
}

const ROUNDS = 2

async function underFault(folder: string, fault: DiskFault): Promise<string[]> {
  const random = createRandom(1)
  const hub = await startHubOnSandbox(folder, fault.home)
  const failures: string[] = []
  const written: Written[] = []
  const expect = (is: boolean, promise: string, where: unknown): void => {
    if (!is) failures.push(`${fault.name}: ${promise}: ${JSON.stringify(where)}`)
  }
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const before = await approvedWrite(hub, random)
      written.push(before)
      fault.spoil(hub)
      const refused = await hub.device.call(before.tool, { confirmation: before.confirmation })
      expect(refused.status === 503, 'the hub says that it cannot write the log', refused)
      const { states } = await compareLedger(hub, [before])
      expect(states['approved'] === 1, 'what was refused stays approved', states)
      fault.mend(hub)
      const accepted = await hub.device.call(before.tool, { confirmation: before.confirmation })
      expect(accepted.status === 200, 'the hub goes on when there is room', accepted)

      // Now while it is under way: the outcome cannot be written down.
      const during = await approvedWrite(hub, random)
      written.push(during)
      await hub.orderFault('delay=700', during)
      const call = hub.device.call(during.tool, { confirmation: during.confirmation }).catch(() => undefined)
      await leaves(hub, during)
      fault.spoil(hub)
      await call
      await hub.clearFaults()
      const open = await compareLedger(hub, [during])
      expect(open.states['sending'] === 1, 'what could not be written down is still open', open.states)
      fault.mend(hub)
      await hub.kill()
      await hub.start()
      const settled = await hub.device.request('GET', `/confirmations/${during.confirmation}?wait_seconds=20`)
      const { state } = settled.body as { state: string }
      expect(['succeeded', 'reconciling'].includes(state), 'it is taken up again', settled.body)
    }
    failures.push(...(await compareLedger(hub, written)).failures)
    return failures
  } finally {
    await hub.stop()
  }
}

/** The fault that delays it has been taken: it has left the hub. */
async function leaves(hub: HubOnSandbox, { confirmation }: Written): Promise<void> {
  const path = `/confirmations/${confirmation}`
  for (;;) {
    const { body } = await hub.device.request('GET', path)
    if ((body as { state: string }).state === 'sending') return
  }
}

/** Every write beyond the first page of a file fails, with the error of a file that is too large. */
function failingWrites(folder: string): DiskFault | string {
  const limit = (pid: number, bytes: string): boolean =>
    spawnSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]).status === 0
  if (!limit(process.pid, 'unlimited')) return 'failing writes: not possible here, for want of prlimit'
  const must = (done: boolean): void => {
    if (!done) throw new Error('prlimit failed')
  }
  return {
    name: 'failing writes',
    home: join(folder, 'home'),
    spoil: (hub) => must(limit(hub.pid(), '4096')),
    mend: (hub) => must(limit(hub.pid(), 'unlimited')),
    remove: () => undefined,
  }
}

/** A small file system of its own, filled to the last byte. */
function fullDisk(folder: string): DiskFault | string {
  const place = join(folder, 'small')
  mkdirSync(place)
  if (spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', place]).status !== 0)
    return 'a full disk: not possible here, for want of the right to mount'
  const filler = join(place, 'filler')
  return {
    name: 'a full disk',
    home: join(place, 'home'),
    spoil(hub) {
      const file = openSync(filler, 'w')
      try {
        for (;;) writeSync(file, Buffer.alloc(4096))
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error
      } finally {
        closeSync(file)
      }
      // What the log has left of its last page is not room for a row.
      void readFileSync(hub.database)
    },
    mend: () => rmSync(filler),
    remove: () => void spawnSync('umount', ['-l', place]),
  }
}
