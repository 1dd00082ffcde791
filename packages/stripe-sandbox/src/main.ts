import { parseArgs } from 'node:util'
import { momentOf } from './admin/control.ts'

const DEFAULT_PORT = 12111
const DEMO_KEY = 'sk_test_demo'

const HELP = `stripe-sandbox: a stateful Stripe on your own machine, for tests and agents

  stripe-sandbox [--port ${DEFAULT_PORT}] [--host 127.0.0.1] [--seed demo] [--data DIR | --memory]
                 [--clock TIME] [--faults] [--json]

  --port PORT   where to listen; 0 takes a free port
  --host HOST   the address to listen on; anything but 127.0.0.1 lets other machines in
  --seed demo   opens the key ${DEMO_KEY} with a small business in it
  --data DIR    keeps the state in this directory, across restarts
  --memory      keeps nothing (this is the default)
  --clock TIME  where the sandbox's clock starts: an ISO date or Unix seconds; it ticks from there
  --faults      lets requests ask for faults with the header Sandbox-Fault
  --json        prints one JSON line {"url": …} instead of text
  --help        prints this
`

interface Settings {
  port: number
  host: string
  demo: boolean
  data: string | undefined
  clock: number | undefined
  faults: boolean
  json: boolean
  help: boolean
}

/** @throws Error with one line that says what is wrong */
function readSettings(args: string[]): Settings {
  const { values } = parseArgs({
    args,
    strict: true,
    allowPositionals: false,
    options: {
      port: { type: 'string' },
      host: { type: 'string' },
      seed: { type: 'string' },
      data: { type: 'string' },
      memory: { type: 'boolean' },
      clock: { type: 'string' },
      faults: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const port = values.port === undefined ? DEFAULT_PORT : Number(values.port)
  if (values.port === '' || !Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port takes a number from 0 to 65535, not '${values.port ?? ''}'`)
  }
  if (values.seed !== undefined && values.seed !== 'demo')
    throw new Error(`--seed knows only 'demo', not '${values.seed}'`)
  if (values.data === '') throw new Error('--data takes a directory')
  if (values.data !== undefined && values.memory) throw new Error('--data and --memory exclude each other')
  const clock = values.clock === undefined ? undefined : momentOf(values.clock)
  if (clock !== undefined && !(clock > 0))
    throw new Error(`--clock takes an ISO date or Unix seconds, not '${values.clock ?? ''}'`)
  return {
    port,
    host: values.host ?? '127.0.0.1',
    demo: values.seed === 'demo',
    data: values.data,
    clock,
    faults: values.faults ?? false,
    json: values.json ?? false,
    help: values.help ?? false,
  }
}

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2))
  if (settings.help) {
    process.stdout.write(HELP)
    return
  }
  // Only now: a wrong flag or --help need not wait for the definitions.
  const { createSandbox } = await import('./sandbox.ts')
  const sandbox = await createSandbox({
    faults: settings.faults,
    ...(settings.data === undefined ? {} : { data: settings.data }),
    ...(settings.clock === undefined ? {} : { clock: settings.clock / 1000 }),
  })
  if (settings.demo) await sandbox.openAccount(DEMO_KEY, { seed: 'demo' })
  const { url } = await sandbox
    .listen({ port: settings.port, hostname: settings.host })
    .catch(async (error: unknown) => {
      await sandbox.close()
      throw error
    })
  const stop = () => {
    void sandbox.close().then(() => process.exit(0))
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  if (settings.json) {
    process.stdout.write(`${JSON.stringify({ url })}\n`)
    return
  }
  const key = settings.demo ? DEMO_KEY : 'sk_test_anything'
  process.stdout.write(
    `The Stripe sandbox listens on ${url}\n` +
      `Its state is ${settings.data === undefined ? 'in memory and ends with this process' : `kept in ${settings.data}`}. ` +
      `Every sk_test_… key opens an account of its own.\n\n` +
      `Try: curl "${url}/v1/customers?limit=3" -u ${key}:\n`,
  )
}

/** One line for a person, whatever went wrong. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error ? error.code : undefined
  switch (code) {
    case 'EADDRINUSE':
      return 'the port is taken; choose another with --port'
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return 'this machine does not have the address given with --host'
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
    case 'ENOTDIR':
    case 'EEXIST':
    case 'EISDIR':
    case 'ENOENT':
    case 'ENOSPC':
      return `cannot use the data directory: ${error.message}`
    default:
      return error.message.split('\n')[0] ?? 'unknown error'
  }
}

try {
  await main()
} catch (error) {
  process.stderr.write(`stripe-sandbox: ${explain(error)}\n`)
  process.exitCode = 1
}
