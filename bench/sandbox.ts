import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { Pool } from 'undici'
import { AT_ONCE, perSecond } from './per-second.ts'
import type { Figures } from './run.ts'

const START_TIMEOUT_MS = 20_000
const MODULES = join(import.meta.dirname, '..', 'node_modules')
const HEADERS = {
  authorization: 'Bearer sk_test_benchmark',
  'content-type': 'application/x-www-form-urlencoded',
}

interface Emulator {
  /** As in the figures' names. */
  name: string
  /** The package under node_modules; absent for our own. */
  package?: string
  command: (port: number, data: string) => { file: string; args: string[]; env?: Record<string, string> }
}

const emulators: readonly Emulator[] = [
  {
    name: 'sandbox',
    command: (port, data) => ({
      file: join(import.meta.dirname, '..', 'packages', 'stripe-sandbox', 'bin', 'stripe-sandbox.js'),
      args: ['--port', String(port), '--data', data],
    }),
  },
  {
    name: 'emulate',
    package: 'emulate',
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

/** Ours with its journal on disk, and beside it whichever other emulators are installed. */
export async function sandbox(): Promise<Figures> {
  const figures: Figures = {}
  for (const emulator of emulators) {
    if (emulator.package !== undefined && !existsSync(join(MODULES, emulator.package))) {
      process.stderr.write(`${emulator.package} is not installed: skipped\n`)
      continue
    }
    const measured = await measure(emulator).catch((error: unknown) => {
      if (emulator.package === undefined) throw error
      process.stderr.write(`${emulator.package} cannot be measured: ${String(error)}\n`)
      return undefined
    })
    for (const [what, rate] of Object.entries(measured ?? {})) {
      figures[`${emulator.name}_${what}_per_second`] = rate
      const ours = figures[`sandbox_${what}_per_second`]
      if (emulator.package !== undefined && ours !== undefined) {
        figures[`sandbox_over_${emulator.name}_${what}`] = Number((ours / rate).toFixed(2))
      }
    }
  }
  return figures
}

async function measure(emulator: Emulator): Promise<Record<'get' | 'list' | 'create', number>> {
  const data = mkdtempSync(join(tmpdir(), 'sandbox-bench-'))
  const port = await freePort()
  const child = start(emulator.command(port, data))
  const pool = new Pool(`http://127.0.0.1:${port}`, { connections: AT_ONCE })
  const request = async (method: 'GET' | 'POST', path: string, body?: string): Promise<string> => {
    const answer = await pool.request({
      method,
      path,
      headers: HEADERS,
      ...(body === undefined ? {} : { body }),
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200)
      throw new Error(`${method} ${path} was answered ${answer.statusCode}: ${text}`)
    return text
  }
  const create = () => request('POST', '/v1/customers', 'name=Bench&email=bench%40example.com')
  try {
    await untilReady(child, () => request('GET', '/v1/customers?limit=1'))
    for (let made = 0; made < 100; made += 1) await create()
    const { id } = JSON.parse(await create()) as { id: string }
    return {
      get: await perSecond(() => request('GET', `/v1/customers/${id}`)),
      list: await perSecond(() => request('GET', '/v1/customers?limit=10')),
      create: await perSecond(create),
    }
  } finally {
    await pool.destroy()
    child.kill('SIGKILL')
    rmSync(data, { recursive: true, force: true })
  }
}

/** On a core of its own where the machine has one to give: this process takes the rest. */
function start({ file, args, env }: ReturnType<Emulator['command']>): ChildProcess {
  const pinned = availableParallelism() > 1 && existsSync('/usr/bin/taskset')
  const command = pinned ? ['/usr/bin/taskset', '-c', '0', process.execPath, file] : [process.execPath, file]
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
