import type { Command } from 'commander'
import { wholeNumber } from './agent-options.ts'
import type { RunCommand } from './command.ts'
import type { RunningHub } from './deps.ts'
import { UsageError } from './errors.ts'
import { EXIT } from './exit-codes.ts'
import type { Output } from './print.ts'
import { aligned, safe } from './safe-text.ts'
import { DEFAULT_HOST, DEFAULT_HUB, DEFAULT_PORT } from './settings.ts'

const MAX_PORT = 65_535

export function addServe(program: Command, run: RunCommand): void {
  const command = program
    .command('serve')
    .description('Starts the hub and says how to set it up and use it.')
    .option('--port <number>', `the port to listen on (default: ${DEFAULT_PORT})`, wholeNumber('--port'))
    .option('--host <address>', `the address to listen on (default: ${DEFAULT_HOST}: this machine alone)`)
  run(command, { piped: 'text' }, async ({ deps, out, settings, options }) => {
    const { port = DEFAULT_PORT, host = DEFAULT_HOST, home } = options
    if (typeof port !== 'number' || port > MAX_PORT) throw new UsageError('--port is not a port.')
    // Heard from the first moment: whoever reads the announcement may stop the hub at once.
    const signal = listenForStop()
    try {
      const hub = await deps.startHub({ home: settings.home, port, host: String(host) })
      const commands = nextCommands(hub, typeof home === 'string' ? settings.home : undefined)
      if (out.json) out.data(announcement(hub, commands))
      else announce(out, hub, commands)

      const why = await Promise.race([signal.came, hub.closed])
      if (why === 'signal') {
        out.aside(safe`Stopping: what is being sent is finished first.`)
        await hub.stop()
      }
    } finally {
      signal.stopListening()
    }
    if (out.json) out.data({ event: 'stopped' })
    return EXIT.done
  })
}

function announcement(hub: RunningHub, commands: string[]): Record<string, unknown> {
  return {
    event: 'listening',
    url: hub.url,
    ...(hub.setupLink === undefined ? {} : { setup_link: hub.setupLink }),
    ...(hub.sandboxUrl === undefined ? {} : { sandbox_url: hub.sandboxUrl }),
    home: hub.home,
    commands,
  }
}

function announce(out: Output, hub: RunningHub, commands: string[]): void {
  out.line(safe`${out.style('bold', 'ClawLink is running at')} ${out.style(['bold', 'cyan'], hub.url)}`)
  if (hub.sandboxUrl !== undefined) {
    out.line(safe`  A practice Stripe is at ${hub.sandboxUrl}: no account needed, no real money.`)
  }
  out.line(safe`  Data: ${hub.home}`)
  if (hub.setupLink !== undefined) {
    out.line(safe``)
    out.line(safe`${out.style('bold', 'Open this once to become the owner:')}`)
    out.line(safe`  ${out.style('cyan', hub.setupLink)}`)
  }
  out.line(safe``)
  out.line(safe`Then, in another terminal:`)
  for (const command of commands) out.line(safe`  ${aligned(command)}`)
  out.line(safe``)
  out.line(safe`${out.style('dim', 'Ctrl-C stops the hub.')}`)
}

/** Pair, read, and see a write coming: three lines to paste, right for this hub's address and home. */
function nextCommands(hub: RunningHub, home: string | undefined): string[] {
  const at = home === undefined ? '' : ` --home ${quoted(home)}`
  const hubOption = hub.url === DEFAULT_HUB ? '' : ` --hub ${quoted(hub.url)}`
  const clawlink = (rest: string): string => `npm run clawlink -- ${rest}`
  return [
    clawlink(`pair${hubOption}${at}`),
    clawlink(`call --tool stripe_list_customers --params '{"limit": 3}'${at}`),
    clawlink(
      `preview --tool stripe_create_payment_intent --params '{"amount": 2500, "currency": "usd"}'${at}`,
    ),
  ]
}

function quoted(text: string): string {
  return /^[\w./:@-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`
}

const SIGNALS = ['SIGINT', 'SIGTERM'] as const

interface StopSignal {
  came: Promise<'signal'>
  stopListening(): void
}

/** Hears the signals from now on. A second one finds no listener and ends the process at once. */
function listenForStop(): StopSignal {
  const { promise, resolve } = Promise.withResolvers<'signal'>()
  const stopListening = (): void => {
    for (const name of SIGNALS) process.removeListener(name, onSignal)
  }
  const onSignal = (): void => {
    stopListening()
    resolve('signal')
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return { came: promise, stopListening }
}
