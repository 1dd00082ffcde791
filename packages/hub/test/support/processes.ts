import { spawn, type ChildProcess } from 'node:child_process'
import { createServer, type AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export const CLAWLINK = fileURLToPath(new URL('../../bin/clawlink.js', import.meta.url))
export const SANDBOX = fileURLToPath(
  new URL('../../../stripe-sandbox/bin/stripe-sandbox.js', import.meta.url),
)

export interface Running {
  /** The line in which it said that it listens. */
  line: Record<string, unknown>
  pid: number
  /** `kill -9`; resolves when it is gone. */
  kill(): Promise<void>
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>
  /** Resolves with the exit code when it ends by itself. */
  ended: Promise<number | null>
}

/** Starts a real process and waits for its first JSON line; rejects with what it said if it ends before. */
export async function startProcess(
  script: string,
  args: string[],
  env: Record<string, string> = {},
): Promise<Running> {
  const child = spawn(process.execPath, [script, ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let errors = ''
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const gone = new Promise<number | null>((resolve) => child.once('exit', resolve))
  const line = await new Promise<string>((resolve, reject) => {
    createInterface(child.stdout).once('line', resolve)
    void gone.then((code) => reject(new Error(`${script} ended with ${code}: ${errors}`)))
  })
  const end = async (child_: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
    child_.kill(signal)
    return gone
  }
  return {
    line: JSON.parse(line) as Record<string, unknown>,
    pid: child.pid ?? 0,
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
    ended: gone,
  }
}

export interface Finished {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a command to its end. */
export async function runProcess(
  script: string,
  args: string[],
  options: { env?: Record<string, string | undefined>; stdin?: string; node?: string } = {},
): Promise<Finished> {
  const child = spawn(options.node ?? process.execPath, [script, ...args], {
    env: { ...process.env, ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
  // A command may end before it has read what it was given.
  child.stdin.on('error', () => undefined)
  child.stdin.end(options.stdin ?? '')
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  return { code, stdout, stderr }
}

/** A port that was free a moment ago: for a hub that must come back at the same address. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise<void>((resolve) => server.close(() => resolve()))
  return port
}
