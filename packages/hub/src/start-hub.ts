import { randomBytes } from 'node:crypto'
import { once, setMaxListeners } from 'node:events'
import { mkdirSync } from 'node:fs'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout } from 'node:timers/promises'
import { createSandbox, type Sandbox } from '@clawlink/stripe-sandbox'
import { createAdaptorServer, type HttpBindings } from '@hono/node-server'
import pino from 'pino'
import { createAccess } from './access/access.ts'
import type { Calls } from './calls/calls.ts'
import { reconcileCalls } from './calls/reconcile-calls.ts'
import { recoverCalls } from './calls/recover-calls.ts'
import { forgetOldIds } from './calls/seen-ids.ts'
import { revokeWaiting } from './confirmations/revoke-waiting.ts'
import type { Actor } from './contract/actor.ts'
import { DEFAULT_WORKSPACE, randomId } from './contract/ids.ts'
import { Problem } from './contract/problem.ts'
import { Secret } from './contract/secret.ts'
import { codeOf, homePaths, openHome, prepareHome, rememberUrl, type Home } from './home.ts'
import { identifyAccount } from './identify-account.ts'
import { forgetOldUsage } from './policy/usage.ts'
import { createProviders, loopbackOrigin, type Providers } from './providers.ts'
import { takeHomeLock } from './storage/home-lock.ts'
import { StartError, type RunningHub } from './surfaces/cli/cli.ts'
import { createApp } from './surfaces/http/app.ts'
import type { Hub } from './surfaces/hub.ts'

export interface StartOptions {
  home: string
  port: number
  host: string
  env: Record<string, string | undefined>
  version: string
}

/** Writes in flight get this long to end; what does not is taken over by the next start. */
const SHUTDOWN_GRACE_MS = 10_000
const SWEEP_EVERY_MS = 60 * 60 * 1000
/** How soon a write is taken up again whose outcome could not be written down, once its lease has lapsed. */
const RECOVER_EVERY_MS = 60 * 1000
/** How soon a checkpoint of the audit log is written once it is due. */
const CHECKPOINT_EVERY_MS = 10 * 1000
/** Of the hub's own log, while its disk is full; what comes then is dropped. */
const MAX_UNWRITTEN_LOG_BYTES = 1024 * 1024
/** Slow senders of headers hold a socket no longer than this. */
const HEADERS_TIMEOUT_MS = 10_000
const REQUEST_TIMEOUT_MS = 30_000

/** Starts the hub: home, sandbox, recovery, then the surfaces. Throws `StartError` with the one line to print. */
export async function startHub(options: StartOptions): Promise<RunningHub> {
  const { env, version } = options
  const undo: Array<() => Promise<unknown> | void> = []
  const cleanUp = async (): Promise<void> => {
    const failed: unknown[] = []
    // Each step is tried, whatever the one before it did: a half-closed hub would hold its home for ever.
    for (const step of undo.splice(0).toReversed())
      await Promise.try(step).catch((error: unknown) => failed.push(error))
    if (failed.length > 0) throw new AggregateError(failed, 'the hub did not close cleanly')
  }
  try {
    prepareHome(options.home)
    const paths = homePaths(options.home)
    const lock = takeHomeLock(paths.lock)
    if (lock === undefined) {
      throw new StartError(
        `Another hub is running in ${options.home}. Stop it, or choose another home with --home.`,
      )
    }
    undo.push(() => lock.release())

    // The port is taken first: a hub that cannot be reached must not touch anything.
    let answer = (_request: Request, _env: HttpBindings): Response | Promise<Response> =>
      Response.json({ ready: false }, { status: 503 })
    const server = createAdaptorServer({
      fetch: (request, bindings) => answer(request, bindings as HttpBindings),
      serverOptions: { headersTimeout: HEADERS_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    }) as Server
    const port = await listen(server, options.port, options.host)
    undo.push(() => closeServer(server))
    const publicUrl = publicUrlOf(options, port)
    const mcpOrigins = originsOf(env['CLAWLINK_MCP_ORIGINS'])

    const destination = pino.destination({
      dest: paths.log,
      sync: false,
      mode: 0o600,
      maxLength: MAX_UNWRITTEN_LOG_BYTES,
    })
    await once(destination, 'ready')
    // This log is for the operator alone: a disk that is full stops what must be audited, and nothing else.
    destination.on('error', () => undefined)
    const logger = pino({ base: null }, destination)
    undo.push(() => {
      try {
        destination.flushSync()
      } catch {
        // Nor does it keep a hub from stopping.
      }
    })
    const log = (event: string, detail: Record<string, unknown>): void => logger.info(detail, event)

    const home = await openHome(options.home, env)
    undo.push(() => home.close())
    await keepCheckpoints(home, log, undo)
    const external = loopbackOrigin(env, 'CLAWLINK_SANDBOX_URL')
    const sandbox = external === undefined ? await createSandboxIn(paths.sandbox) : undefined
    if (sandbox !== undefined) undo.push(() => sandbox.close())
    const sandboxUrl = external ?? (await sandbox?.listen({ port: 0 }))?.url
    const providers = await createProviders(env, sandboxUrl)
    undo.push(() => providers.sender.close())
    await connectSandbox(home, providers, sandbox)

    const stopping = new AbortController()
    setMaxListeners(0, stopping.signal)
    const calls: Calls = {
      context: home.context,
      integrations: providers.integrations,
      connections: home.connections,
      originOf: providers.originOf,
      publicUrl,
      node: randomId('node'),
      sleep: (milliseconds) =>
        setTimeout(milliseconds, undefined, { signal: stopping.signal, ref: false }).catch(() => undefined),
      isShuttingDown: () => stopping.signal.aborted,
      inFlight: new Map(),
      reconciling: new Map(),
      log,
    }
    undo.push(async () => {
      stopping.abort()
      const settled = Promise.allSettled([...calls.inFlight.values(), ...calls.reconciling.values()])
      await Promise.race([settled, setTimeout(SHUTDOWN_GRACE_MS, undefined, { ref: false })])
    })

    const access = await createAccess({
      ...home.context,
      vault: home.vault,
      publicUrl,
      whenDeviceEnds: (tx, actor, device) =>
        revokeWaiting(home.context, tx, actor, 'device_revoked', { device }),
      log,
      ...(env['CLAWLINK_ALLOW_CLIENT_METADATA'] === '1' ? { fetchClientMetadata: fetch } : {}),
    })
    // The lock says that nobody else can be alive, so what an earlier process was sending is ours at once.
    const recovered = await recoverCalls(calls, DEFAULT_WORKSPACE, true)
    const reconciling = await reconcileCalls(calls, DEFAULT_WORKSPACE)
    const hub: Hub = {
      workspace: DEFAULT_WORKSPACE,
      publicUrl,
      version,
      mcpOrigins,
      context: home.context,
      calls,
      access,
      isReady: () => !stopping.signal.aborted,
      log,
    }
    const app = createApp(hub)
    await rememberUrl(home.storage, publicUrl)
    const setupLink = (await access.hasOwner(DEFAULT_WORKSPACE))
      ? undefined
      : await access.startSetup(DEFAULT_WORKSPACE)
    const sweep = async (): Promise<void> => {
      await access.sweep()
      await forgetOldIds(home.context)
      await forgetOldUsage(home.storage.db, home.context.now())
    }
    const sweeper = repeat(sweep, SWEEP_EVERY_MS, log)
    undo.push(() => clearInterval(sweeper))
    const recover = async (): Promise<void> => {
      await recoverCalls(calls, DEFAULT_WORKSPACE, false)
      await reconcileCalls(calls, DEFAULT_WORKSPACE)
    }
    const recoverer = repeat(recover, RECOVER_EVERY_MS, log)
    undo.push(() => clearInterval(recoverer))
    answer = (request, bindings) => app.fetch(request, bindings)
    // First of all when it stops: what comes now would find the database closed under it.
    undo.push(() => {
      answer = refuseWhileStopping
    })
    log('started', { url: publicUrl, version, recovered, reconciling })

    const closed = Promise.withResolvers<void>()
    let stopped: Promise<void> | undefined
    return {
      url: publicUrl,
      setupLink,
      home: options.home,
      sandboxUrl,
      closed: closed.promise,
      stop: () => (stopped ??= cleanUp().then(closed.resolve, closed.reject)),
    }
  } catch (error) {
    await cleanUp()
    throw error
  }
}

/** Nothing waits for a checkpoint: one that cannot be written is logged, and tried again. */
async function keepCheckpoints(
  { audit }: Home,
  log: (event: string, detail: Record<string, unknown>) => void,
  undo: Array<() => Promise<unknown> | void>,
): Promise<void> {
  const failed = (error: unknown): void => log('audit_checkpoint_failed', { error: String(error) })
  await audit.beginCheckpoints(DEFAULT_WORKSPACE).catch(failed)
  undo.push(() => audit.keepCheckpoint(DEFAULT_WORKSPACE, { evenIfFew: true }).catch(failed))
  const keeper = repeat(() => audit.keepCheckpoint(DEFAULT_WORKSPACE).catch(failed), CHECKPOINT_EVERY_MS, log)
  undo.push(() => clearInterval(keeper))
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      const code = codeOf(error)
      const why = code === 'EADDRINUSE' ? 'is taken: another hub may be running' : `cannot be used (${code})`
      reject(new StartError(`Port ${port} on ${host} ${why}. Choose another with --port.`))
    })
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const cut = globalThis.setTimeout(() => server.closeAllConnections(), SHUTDOWN_GRACE_MS)
  await closed
  clearTimeout(cut)
}

function publicUrlOf(options: StartOptions, port: number): string {
  const configured = options.env['CLAWLINK_PUBLIC_URL']
  if (configured !== undefined && configured !== '') {
    const url = URL.parse(configured)
    if (url === null || !['http:', 'https:'].includes(url.protocol)) {
      throw new StartError('CLAWLINK_PUBLIC_URL must be an address such as https://hub.example.com.')
    }
    return url.origin
  }
  if (!['127.0.0.1', 'localhost', '::1'].includes(options.host)) {
    throw new StartError(
      'A hub that others can reach needs its address: set CLAWLINK_PUBLIC_URL to https://….',
    )
  }
  // A name, though the socket is bound to the address: browsers give no passkeys to an address in numbers.
  if (options.host === '127.0.0.1') return `http://localhost:${port}`
  return `http://${options.host.includes(':') ? `[${options.host}]` : options.host}:${port}`
}

/** `https://inspector.example, http://localhost:6274` */
function originsOf(list: string | undefined): string[] {
  const origins = (list ?? '').split(/[\s,]+/).filter((origin) => origin !== '')
  const wrong = origins.find((origin) => URL.parse(origin)?.origin !== origin)
  if (wrong !== undefined) {
    throw new StartError(`CLAWLINK_MCP_ORIGINS has origins such as https://app.example.com, not ${wrong}.`)
  }
  return origins
}

function createSandboxIn(data: string): Promise<Sandbox> {
  mkdirSync(data, { recursive: true, mode: 0o700 })
  return createSandbox({ data })
}

/** A fresh hub gets an account in the sandbox, with a key of its own that is sealed like any other. */
async function connectSandbox(home: Home, providers: Providers, sandbox: Sandbox | undefined): Promise<void> {
  const existing = await home.connections.list(DEFAULT_WORKSPACE)
  if (existing.length > 0) return
  const actor: Actor = { type: 'system', workspace: DEFAULT_WORKSPACE, part: 'hub' }
  const key = new Secret(`sk_test_${randomBytes(24).toString('hex')}`)
  await sandbox?.openAccount(key.reveal(), { seed: 'demo' })
  const account = await identifyAccount(home, providers, actor, 'sandbox', key)
  await home.connections.add(actor, {
    integration: providers.stripe.id,
    alias: 'sandbox',
    account: account.account,
    mode: account.mode,
    kind: 'sandbox',
    displayName: account.displayName,
    credential: key,
    makeDefault: true,
  })
}

function refuseWhileStopping(): Response {
  const problem = new Problem('shutting_down', 'The hub is stopping. Nothing was done.', {
    nextStep: 'Ask again when it is back.',
  })
  return Response.json(problem.toWire(), { status: problem.status })
}

function repeat(
  work: () => Promise<unknown>,
  milliseconds: number,
  log: (event: string, detail: Record<string, unknown>) => void,
): NodeJS.Timeout {
  return setInterval(() => {
    work().catch((error: unknown) => log('repeated_work_failed', { error: String(error) }))
  }, milliseconds).unref()
}
