import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Figures } from './run.ts'
import { startHubProcess } from './hub-process.ts'

const STARTS = 5

/** A first start makes the home and seeds the demo business; the later ones find them. Memory is Linux's VmRSS. */
export async function start(): Promise<Figures> {
  const home = mkdtempSync(join(tmpdir(), 'clawlink-bench-'))
  const first = await startHubProcess(home)
  const firstMilliseconds = first.startMilliseconds
  await first.stop()
  const again: number[] = []
  let megabytes = 0
  for (let index = 0; index < STARTS; index += 1) {
    const hub = await startHubProcess(home)
    again.push(hub.startMilliseconds)
    megabytes = hub.residentMegabytes()
    await hub.stop()
  }
  rmSync(home, { recursive: true, force: true })
  const median = again.toSorted((a, b) => a - b)[Math.floor(STARTS / 2)] ?? 0
  return {
    first_start_ms: Math.round(firstMilliseconds),
    start_ms_median: Math.round(median),
    resident_mb_idle: megabytes,
    first_over_later: Number((firstMilliseconds / median).toFixed(2)),
  }
}
