import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunningHub } from './deps.ts'
import { startTestCli, type TestCli } from './test-cli.ts'

let cli: TestCli
let stopped = 0
beforeEach(async () => {
  stopped = 0
  cli = await startTestCli()
})
afterEach(() => cli.close())

function runningHub(more: Partial<RunningHub> = {}): RunningHub {
  const closed = Promise.withResolvers<void>()
  return {
    url: 'http://127.0.0.1:4747',
    setupLink: 'http://127.0.0.1:4747/setup?token=t',
    home: cli.home,
    sandboxUrl: undefined,
    closed: closed.promise,
    stop: () => {
      stopped += 1
      return Promise.resolve(closed.resolve())
    },
    ...more,
  }
}

/** Serves until `signal`, which comes when the hub is up. */
async function serveUntil(signal: 'SIGINT' | 'SIGTERM', argv: string[], hub: RunningHub) {
  const running = cli.run(['serve', ...argv], {
    startHub: () => {
      setTimeout(() => process.emit(signal, signal), 50)
      return Promise.resolve(hub)
    },
  })
  return running
}

test('serve says where it is, how to become the owner, and three commands; a signal stops it cleanly', async () => {
  const hub = runningHub()
  const { exit, stdout } = await serveUntil('SIGTERM', [], hub)
  expect(exit).toBe(0)
  expect(stopped).toBe(1)
  expect(stdout).toContain('http://127.0.0.1:4747/setup?token=t')
  expect(stdout.match(/^ {2}npm run clawlink -- \w+/gm)).toEqual([
    '  npm run clawlink -- pair',
    '  npm run clawlink -- call',
    '  npm run clawlink -- preview',
  ])
})

test('serve --json is JSON lines, without a set-up link once there is an owner', async () => {
  const { stdout } = await serveUntil('SIGINT', ['--json'], runningHub({ setupLink: undefined }))
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  expect(lines).toMatchObject([{ event: 'listening', url: 'http://127.0.0.1:4747' }, { event: 'stopped' }])
  expect(lines[0]).not.toHaveProperty('setup_link')
})

test('the commands fit a hub with another address and home', async () => {
  const { stdout } = await serveUntil(
    'SIGINT',
    ['--json', '--home', `${cli.home}/my data`, '--port', '5000'],
    runningHub({ url: 'http://127.0.0.1:5000' }),
  )
  const [first = ''] = stdout.split('\n')
  expect(JSON.parse(first)).toMatchObject({
    commands: [
      `npm run clawlink -- pair --hub http://127.0.0.1:5000 --home '${cli.home}/my data'`,
      expect.stringContaining(`--home '${cli.home}/my data'`),
      expect.stringContaining(`--home '${cli.home}/my data'`),
    ],
  })
})

test('a hub that closes by itself ends serve, which leaves no listeners behind', async () => {
  const before = process.listenerCount('SIGTERM')
  const hub = runningHub({ closed: Promise.resolve() })
  expect((await cli.run(['serve'], { startHub: () => Promise.resolve(hub) })).exit).toBe(0)
  expect(process.listenerCount('SIGTERM')).toBe(before)
  expect(stopped).toBe(0)
})
