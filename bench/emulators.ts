import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import type { Dispatcher } from 'undici'
import { AT_ONCE } from './per-second.ts'

const START_TIMEOUT_MS = 20_000
/** Linux's USER_HZ, everywhere that Node runs. */
const TICKS_PER_SECOND = 100
/** Where other emulators are installed; they are no dependencies of ours. */
const MODULES = join(process.env.BENCH_PEERS ?? join(import.meta.dirname, '..'), 'node_modules')
const TASKSET = '/usr/bin/taskset'

export const SANDBOX_BIN = join(
  import.meta.dirname,
  '..',
  'packages',
  'stripe-sandbox',
  'bin',
  'stripe-sandbox.js',
)

export interface Program {
  file: string
  args: string[]
  env?: Record<string, string>
}

export interface Emulator {
  /** As in the figures' names. */
  name: string
  /** The package under node_modules; absent for our own. */
  package?: string
  /** It refuses a key after so many requests in an hour, and no setting lifts that: then the next key. */
  requestsPerKey?: number
  command: (port: number, data: string) => Program
}

export const emulators: readonly Emulator[] = [
  {
    name: 'sandbox',
    command: (port) => ({ file: SANDBOX_BIN, args: ['--port', String(port), '--memory'] }),
  },
  {
    name: 'sandbox_journal',
    command: (port, data) => ({ file: SANDBOX_BIN, args: ['--port', String(port), '--data', data] }),
  },
  {
    name: 'emulate',
    package: 'emulate',
    requestsPerKey: 4_000,
    command: (port) => ({ file: binOf('emulate'), args: ['--service', 'stripe', '--port', String(port)] }),
  },
  {
    name: 'stripe_stateful_mock',
    package: 'stripe-stateful-mock',
    command: (port) => ({ file: binOf('stripe-stateful-mock'), args: [], env: { PORT: String(port) } }),
  },
  {
    name: 'localstripe',
    package: 'localstripe',
    command: (port) => ({ file: binOf('localstripe'), args: ['--port', String(port)] }),
  },
]

export function isInstalled({ package: name }: Emulator): boolean {
  return name === undefined || existsSync(join(MODULES, name))
}

export interface Running {
  name: string
  /** The answer's body. Rejects when it is not 200. */
  request: (method: 'GET' | 'POST', path: string, body?: string) => Promise<Buffer>
  /** How long it has had a processor, all its threads together. Linux tells. */
  cpuSeconds: () => number
  stop: () => Promise<void>
}

/** Rejects when it does not answer in time. */
export async function startEmulator(emulator: Emulator): Promise<Running> {
  const data = mkdtempSync(join(tmpdir(), 'sandbox-bench-'))
  const port = await freePort()
  const child = startProgram(emulator.command(port, data))
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE })
  let requests = 0
  const request: Running['request'] = async (method, path, body) => {
    const key = Math.floor(requests++ / (emulator.requestsPerKey ?? Infinity))
    const headers = {
      authorization: `Bearer sk_test_benchmark_${key}`,
      'content-type': 'application/x-www-form-urlencoded',
    }
    const { status, bytes } = await exchange(pool, { method, path, headers, body: body ?? null })
    if (status !== 200) throw new Error(`${method} ${path} was answered ${status}: ${bytes.toString('utf8')}`)
    return bytes
  }
  const stop = async () => {
    await pool.destroy()
    child.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  }
  try {
    await untilReady(child, () => request('GET', '/v1/customers?limit=1'))
  } catch (error) {
    await stop()
    throw error
  }
  return { name: emulator.name, request, cpuSeconds: () => cpuSecondsOf(child.pid), stop }
}

/** With no more ado than there must be: what asks shares the machine with what answers. */
function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
): Promise<{ status: number; bytes: Buffer }> {
  return new Promise((resolve, reject) => {
    let status = 0
    const chunks: Buffer[] = []
    pool.dispatch(request, {
      // The pool insists on one.
      onRequestStart: () => undefined,
      onResponseStart(_, code) {
        status = code
      },
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd: () => resolve({ status, bytes: Buffer.concat(chunks) }),
      onResponseError: (_, error) => reject(error),
    })
  })
}

/** On a core of its own where the machine has one to give. */
function startProgram({ file, args, env }: Program): ChildProcess {
  const pinned = availableParallelism() > 1 && existsSync(TASKSET)
  const command = pinned ? [TASKSET, '-c', '0', process.execPath, file] : [process.execPath, file]
  const [program = process.execPath, ...rest] = command
  return spawn(program, [...rest, ...args], { stdio: 'ignore', env: { ...process.env, ...env } })
}

function cpuSecondsOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // After the program's name, which may hold anything: fields 14 and 15 are ticks in user and system mode.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
}

async function untilReady(child: ChildProcess, ask: () => Promise<unknown>): Promise<void> {
  const giveUpAt = performance.now() + START_TIMEOUT_MS
  for (;;) {
    const problem = await ask().then(
      () => undefined,
      (error: unknown) => error,
    )
    if (problem === undefined) return
    if (child.exitCode !== null || performance.now() > giveUpAt) throw problem
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

/** What the package itself calls its program. */
function binOf(name: string): string {
  const root = join(MODULES, name)
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    bin?: string | Record<string, string>
  }
  const file = typeof bin === 'string' ? bin : Object.values(bin ?? {})[0]
  if (file === undefined) throw new Error(`${name} has no program`)
  return join(root, file)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}
