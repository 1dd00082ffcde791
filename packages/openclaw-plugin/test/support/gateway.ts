import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { OPENCLAW } from './host.ts'

export const TOKEN = 'a-token-of-this-test'

/** Its own home, state and port: nothing of the machine's OpenClaw is touched. */
export interface Gateway {
  home: string
  stateDir: string
  url: string
  start(): Promise<void>
  stop(): Promise<void>
  /** An `openclaw …` command in this home; its output. */
  cli(...args: string[]): Promise<string>
  /** Calls a tool over HTTP, where nobody can be asked. */
  invoke(tool: string, args: unknown): Promise<{ status: number; body: unknown }>
  log(): string
  remove(): Promise<void>
}

/** Ten seconds on a machine that does nothing else, and a minute on one where other tests run. */
const READY_TIMEOUT_MS = 180_000
const POLL_MS = 100
const CLI_TIMEOUT_MS = 120_000

export async function createGateway(options: { model: string; clawhub: string }): Promise<Gateway> {
  const home = mkdtempSync(join(tmpdir(), 'clawlink-openclaw-'))
  const stateDir = join(home, '.openclaw')
  const port = await freePort()
  mkdirSync(stateDir, { mode: 0o700 })
  writeFileSync(join(stateDir, 'openclaw.json'), JSON.stringify(configOf(port, options.model, home), null, 2))
  const env = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    OPENCLAW_STATE_DIR: stateDir,
    OPENCLAW_DISABLE_BONJOUR: '1',
    OPENCLAW_CLAWHUB_URL: options.clawhub,
    NO_COLOR: '1',
  }
  const url = `http://127.0.0.1:${port}`
  let running: ChildProcess | undefined
  let output = ''

  const gateway: Gateway = {
    home,
    stateDir,
    url,
    log: () => output,
    async start() {
      const child = spawn(
        process.execPath,
        [OPENCLAW, 'gateway', 'run', '--port', String(port), '--bind', 'loopback'],
        {
          env,
          cwd: home,
        },
      )
      running = child
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk.toString('utf8')
        })
      }
      const deadline = Date.now() + READY_TIMEOUT_MS
      while (!(await isReady(url))) {
        if (child.exitCode !== null || Date.now() > deadline) {
          throw new Error(`the gateway did not start:\n${output.slice(-4_000)}`)
        }
        await sleep(POLL_MS)
      }
    },
    async stop() {
      const child = running
      running = undefined
      if (child === undefined || child.exitCode !== null) return
      const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
      child.kill('SIGTERM')
      await Promise.race([ended, sleep(10_000, undefined, { ref: false }).then(() => child.kill('SIGKILL'))])
      await ended
    },
    cli: (...args) =>
      new Promise((resolve, reject) => {
        const child = execFile(
          process.execPath,
          [OPENCLAW, ...args],
          { env, cwd: home, timeout: CLI_TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024 },
          (error, stdout, stderr) => {
            if (error === null) resolve(stdout + stderr)
            else reject(new Error(`openclaw ${args.join(' ')}\n${stdout}${stderr}`, { cause: error }))
          },
        )
        child.stdin?.end()
      }),
    async invoke(tool, args) {
      const response = await fetch(`${url}/tools/invoke`, {
        method: 'POST',
        headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' },
        body: JSON.stringify({ tool, args }),
      })
      return { status: response.status, body: await response.json() }
    },
    async remove() {
      await gateway.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
  return gateway
}

function configOf(port: number, model: string, home: string): object {
  return {
    gateway: { mode: 'local', bind: 'loopback', port, auth: { mode: 'token', token: TOKEN } },
    tools: { profile: 'coding' },
    models: {
      mode: 'merge',
      providers: {
        fake: {
          baseUrl: model,
          apiKey: 'none',
          api: 'openai-completions',
          models: [{ id: 'scripted', name: 'Scripted', contextWindow: 128_000, maxTokens: 4_096 }],
        },
      },
    },
    agents: { defaults: { model: { primary: 'fake/scripted' }, workspace: join(home, 'workspace') } },
  }
}

/** Its own `readyz` says when everything, plugins included, has started. */
async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`)).ok
  } catch {
    return false
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}

export function readConfig({ stateDir }: Gateway): Record<string, unknown> {
  return JSON.parse(readFileSync(join(stateDir, 'openclaw.json'), 'utf8')) as Record<string, unknown>
}
