import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { runCli } from './cli.ts'
import type { CliDeps, LocalHub, RunningHub } from './deps.ts'
import { newDeviceKey, writeCredentials } from '@clawlink/client'

/** What the hub was asked, as it came over the wire. */
export interface Asked {
  method: string
  url: string
  body: unknown
}

export type Answer = (asked: Asked) => { status?: number; body: unknown } | 'hang up'

export interface Ran {
  exit: number
  stdout: string
  stderr: string
  /** Standard output, which must be one JSON text on one line. */
  json(): unknown
}

export interface RunOptions {
  stdin?: string
  /** All three streams are a terminal. */
  terminal?: boolean
  env?: Record<string, string>
  startHub?: () => Promise<RunningHub>
  /** Told of all standard output so far, whenever there is more. */
  onOutput?: (stdout: string) => void
  local?: Partial<LocalHub>
  verifyExport?: CliDeps['verifyExport']
}

/** The CLI as a process would run it, against a hub that answers on a socket what the test says. For tests alone. */
export interface TestCli {
  hub: string
  home: string
  asked: Asked[]
  answer: (next: Answer) => void
  pair(): Promise<void>
  run(argv: string[], options?: RunOptions): Promise<Ran>
  closeHub(): Promise<void>
  close(): Promise<void>
}

export async function startTestCli(): Promise<TestCli> {
  const home = mkdtempSync(join(tmpdir(), 'clawlink-cli-'))
  const asked: Asked[] = []
  let answer: Answer = () => ({ body: { ok: true } })
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request)
      const one = {
        method: request.method ?? '',
        url: request.url ?? '',
        body: body === '' ? undefined : (JSON.parse(body) as unknown),
      }
      asked.push(one)
      const given = answer(one)
      if (given === 'hang up') return request.socket.destroy()
      const { status = 200, body: answered } = given
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(typeof answered === 'string' ? answered : JSON.stringify(answered))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hub = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  const closeHub = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }

  return {
    hub,
    home,
    asked,
    answer: (next) => {
      answer = next
    },
    pair: async () =>
      writeCredentials(join(home, 'cli', 'device.json'), {
        version: 1,
        hub,
        label: 'Test',
        key: await newDeviceKey(),
        accessToken: 'access-token-of-the-test',
        accessTokenExpiresAt: Date.now() + 600_000,
        refreshToken: 'refresh-token-of-the-test',
      }),
    run: (argv, options = {}) => runIn(home, argv, options),
    closeHub,
    close: async () => {
      await closeHub()
      rmSync(home, { recursive: true })
    },
  }
}

async function runIn(home: string, argv: string[], options: RunOptions): Promise<Ran> {
  const isTTY = options.terminal === true
  const stdin = Object.assign(new PassThrough(), { isTTY, setRawMode: () => {} })
  stdin.end(options.stdin ?? '')
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 120 })
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 120 })
  let out = ''
  let errors = ''
  stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
    options.onOutput?.(out)
  })
  stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  const deps: CliDeps = {
    version: '1.2.3',
    env: { CLAWLINK_HOME: home, NO_COLOR: '1', ...options.env },
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    stderr: stderr as unknown as NodeJS.WriteStream,
    startHub: options.startHub ?? (() => Promise.reject(new Error('not in this test'))),
    openLocal: () => Promise.resolve({ ...NO_LOCAL_HUB, ...options.local }),
    verifyExport: options.verifyExport ?? unexpected,
  }
  const exit = await runCli(argv, deps)
  return {
    exit,
    stdout: out,
    stderr: errors,
    json() {
      if (out.trimEnd().includes('\n')) throw new Error(`more than one line: ${out}`)
      return JSON.parse(out)
    },
  }
}

const unexpected = (): Promise<never> => Promise.reject(new Error('not in this test'))
const NO_LOCAL_HUB: LocalHub = {
  listConnections: unexpected,
  addConnection: unexpected,
  removeConnection: unexpected,
  unfreezeConnection: unexpected,
  verifyAudit: unexpected,
  exportAudit: () => {
    throw new Error('not in this test')
  },
  sealAudit: unexpected,
  checkpointAudit: unexpected,
  showPolicy: unexpected,
  setPolicy: unexpected,
  dryRunPolicy: unexpected,
  newSetupLink: unexpected,
  diagnose: unexpected,
  close: () => Promise.resolve(),
}
