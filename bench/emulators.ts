import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { AT_ONCE } from './per-second.ts'

const START_TIMEOUT_MS = 20_000
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
  /** The answer's text. Rejects when it is not 200. */
  request: (method: 'GET' | 'POST', path: string, body?: string) => Promise<string>
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
    const answer = await pool.request({
      method,
      path,
      headers: {
        authorization: `Bearer sk_test_benchmark_${key}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200)
      throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`)
    return text
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
  return { name: emulator.name, request, stop }
}

/** On a core of its own where the machine has one to give. */
function startProgram({ file, args, env }: Program): ChildProcess {
  const pinned = availableParallelism() > 1 && existsSync(TASKSET)
  const command = pinned ? [TASKSET, '-c', '0', process.execPath, file] : [process.execPath, file]
  const [program = process.execPath, ...rest] = command
  return spawn(program, [...rest, ...args], { stdio: 'ignore', env: { ...process.env, ...env } })
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
