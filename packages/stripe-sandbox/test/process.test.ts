import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:http'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { pay, sdk } from './harness.ts'

const BIN = join(import.meta.dirname, '..', 'bin', 'stripe-sandbox.js')
const KEY = 'sk_test_secret_of_alice_0123456789'

const running: ChildProcess[] = []
const directories: string[] = []

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL')
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true })
})

function temporary(): string {
  const directory = mkdtempSync(join(tmpdir(), 'stripe-sandbox-'))
  directories.push(directory)
  return directory
}

function launch(args: string[]) {
  const child = spawn(process.execPath, [BIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  running.push(child)
  const output = { text: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.text += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.text += text))
  const ended = new Promise<{ code: number | null; signal: string | null; text: string }>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, text: output.text }))
  })
  return { child, output, ended }
}

async function start(args: string[]) {
  const launched = launch(['--port', '0', '--json', ...args])
  for (let tries = 0; !launched.output.text.includes('\n'); tries++) {
    if (tries > 400 || launched.child.exitCode !== null)
      throw new Error(`did not start: ${launched.output.text}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
  const { url } = JSON.parse(launched.output.text) as { url: string }
  return { ...launched, url, stripe: sdk(Number(new URL(url).port), KEY) }
}

test('killed with -9 in the middle of its work, it comes back with every answered effect and its answer', async () => {
  const data = temporary()
  let before = await start(['--data', data])
  const answered = new Map<string, string>()
  let asked = 0
  for (let round = 0; round < 3; round++) {
    const asking = Array.from({ length: 4 }, async () => {
      for (;;) {
        const key = `key-${asked++}`
        const made = await before.stripe.customers.create({ name: key }, { idempotencyKey: key })
        answered.set(key, made.id)
      }
    })
    for (const enough = answered.size + 20; answered.size < enough;)
      await new Promise((resolve) => setTimeout(resolve, 1))
    before.child.kill('SIGKILL')
    await Promise.allSettled(asking)
    before = await start(['--data', data])
  }
  const { stripe } = before
  const names = new Map<string, string>()
  for await (const customer of stripe.customers.list({ limit: 100 }))
    names.set(customer.name ?? '', customer.id)
  for (const [key, id] of answered) expect(names.get(key)).toBe(id)
  // Asked again, even those whose answer was lost on the way happen once.
  for (let number = 0; number < asked; number++) {
    const key = `key-${number}`
    const again = await stripe.customers.create({ name: key }, { idempotencyKey: key })
    const known = names.get(key)
    if (known !== undefined) {
      expect(again.id).toBe(known)
      expect(again.lastResponse.headers['idempotent-replayed']).toBe('true')
    }
  }
  let count = 0
  for await (const _ of stripe.customers.list({ limit: 100 })) count++
  expect(count).toBe(asked)
})

test('no key is in the log or the journal', async () => {
  const data = temporary()
  const { child, ended, stripe } = await start(['--data', data])
  await pay(stripe)
  await stripe.products.list().catch(() => undefined)
  child.kill('SIGTERM')
  const { code, text } = await ended
  expect(code).toBe(0)
  for (const written of [text, readFileSync(join(data, 'journal.jsonl'), 'utf8')]) {
    expect(written).not.toContain(KEY.slice(8))
    expect(written).not.toContain(KEY.slice(-8))
  }
})

test.each(['SIGTERM', 'SIGINT'] as const)(
  '%s ends it cleanly and gives the directory back',
  async (signal) => {
    const data = temporary()
    const { child, ended, stripe } = await start(['--data', data])
    await stripe.customers.create()
    child.kill(signal)
    expect(await ended).toMatchObject({ code: 0, signal: null })
    const again = await start(['--data', data])
    expect((await again.stripe.customers.list()).data).toHaveLength(1)
  },
)

test('--seed demo opens a business, and only once', async () => {
  const data = temporary()
  const first = await start(['--seed', 'demo', '--data', data])
  const demo = sdk(Number(new URL(first.url).port), 'sk_test_demo')
  await demo.customers.create()
  first.child.kill('SIGTERM')
  await first.ended
  const second = await start(['--seed', 'demo', '--data', data])
  const again = sdk(Number(new URL(second.url).port), 'sk_test_demo')
  expect((await again.customers.list({ limit: 100 })).data).toHaveLength(31)
})

test('it prints its address and a line to try', async () => {
  const { output, child, ended } = launch(['--port', '0', '--seed', 'demo'])
  for (let tries = 0; !output.text.includes('Try:') && tries < 400; tries++)
    await new Promise((resolve) => setTimeout(resolve, 25))
  child.kill('SIGTERM')
  expect((await ended).text).toMatch(
    /listens on http:\/\/127\.0\.0\.1:\d+\n[^]*curl "http:\/\/127\.0\.0\.1:\d+\/v1\/customers\?limit=3" -u sk_test_demo:\n/,
  )
})

test.each([
  [['--bogus'], /Unknown option '--bogus'/],
  [['extra'], /Unexpected argument 'extra'/],
  [['--port', 'x'], /--port takes a number/],
  [['--port', '70000'], /--port takes a number/],
  [['--clock', 'yesterday'], /--clock takes an ISO date or Unix seconds/],
  [['--seed', 'other'], /--seed knows only 'demo'/],
  [['--data', '/tmp', '--memory'], /exclude each other/],
  [['--port', '0', '--data', '/proc/nothing'], /cannot use the data directory/],
  [['--port', '0', '--data', BIN], /cannot use the data directory/],
])('%j is refused in one line', async (args, message) => {
  const { code, text } = await launch(args).ended
  expect(code).toBe(1)
  expect(text).toMatch(message)
  expect(text.trimEnd().split('\n')).toHaveLength(1)
})

test('a taken port and a taken directory are said so', async () => {
  const data = temporary()
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const taken = await launch(['--port', String(port), '--data', data]).ended
  server.close()
  expect(taken).toMatchObject({
    code: 1,
    text: 'stripe-sandbox: the port is taken; choose another with --port\n',
  })
  await start(['--data', data])
  const second = await launch(['--port', '0', '--data', data]).ended
  expect(second.code).toBe(1)
  expect(second.text).toMatch(/^stripe-sandbox: another sandbox uses .*\(process \d+\)\n$/)
})

test('--clock sets the time that ticks, and --faults lets requests go wrong', async () => {
  const { stripe, url } = await start(['--clock', '2030-01-01T00:00:00Z', '--faults'])
  const { created } = await stripe.customers.create()
  const started = Date.UTC(2030, 0, 1) / 1000
  expect(created).toBeGreaterThanOrEqual(started)
  expect(created).toBeLessThan(started + 60)
  const answer = await fetch(`${url}/v1/customers`, { headers: { 'sandbox-fault': '500' } })
  expect(answer.status).toBe(500)
  expect((await fetch(`${url}/_sandbox/state`)).status).toBe(200)
})

test('--help explains itself', async () => {
  const { code, text } = await launch(['--help']).ended
  expect(code).toBe(0)
  expect(text).toContain('--seed demo')
})
