import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline/promises'
import { createSandbox } from '../packages/stripe-sandbox/src/index.ts'
import { SANDBOX_BIN } from './emulators.ts'
import type { Figures } from './run.ts'

/** Each customer comes with the event that it was created. */
const CUSTOMERS = 50_000
const KEY = 'sk_test_benchmark'
const STARTS = 5

/** From the start of the process to its first answer, out of a journal as requests have left it. */
export async function sandboxRestart(): Promise<Figures> {
  const data = mkdtempSync(join(tmpdir(), 'sandbox-bench-'))
  try {
    await fill(data)
    const full = await middleStart(['--data', data])
    const empty = await middleStart(['--memory'])
    return {
      objects: 2 * CUSTOMERS,
      journal_mb: Math.round(statSync(join(data, 'journal.jsonl')).size / 1e6),
      restart_ms_median: full,
      start_ms_median_empty: empty,
    }
  } finally {
    rmSync(data, { recursive: true, force: true })
  }
}

async function fill(data: string): Promise<void> {
  const sandbox = await createSandbox({ data })
  for (let made = 0; made < CUSTOMERS; made += 1) {
    const { status } = await sandbox.fetch(
      new Request('http://127.0.0.1/v1/customers', {
        method: 'POST',
        headers: { authorization: `Bearer ${KEY}` },
        body: new URLSearchParams({ name: `Customer ${made}`, email: `customer-${made}@example.com` }),
      }),
    )
    if (status !== 200) throw new Error(`a customer was answered ${status}`)
  }
  await sandbox.close()
}

async function middleStart(args: string[]): Promise<number> {
  const times: number[] = []
  for (let started = 0; started < STARTS; started += 1) times.push(await timeStart(args))
  return Math.round(times.sort((left, right) => left - right)[STARTS >> 1] ?? 0)
}

async function timeStart(args: string[]): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, [SANDBOX_BIN, '--port', '0', '--json', ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const closed = once(child, 'close')
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string]
  const { url } = JSON.parse(line) as { url: string }
  const answer = await fetch(`${url}/v1/customers?limit=1`, { headers: { authorization: `Bearer ${KEY}` } })
  if (answer.status !== 200) throw new Error(`the first request was answered ${answer.status}`)
  await answer.arrayBuffer()
  const milliseconds = performance.now() - started
  child.kill('SIGTERM')
  await closed
  return milliseconds
}
