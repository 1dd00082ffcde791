import { rename, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import type { Command } from 'commander'
import { agentEndpoints } from '../agent-endpoints.ts'
import { connectToHub } from './ask-hub.ts'
import type { CommandContext, RunCommand } from './command.ts'
import {
  createDeviceClient,
  finishPairing,
  forgetPairing,
  NotPaired,
  startPairing,
  type PairingOutcome,
} from '@clawlink/client'
import { HubRefusal, UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { safe } from './safe-text.ts'
import { pairedHub, usualHub, type Settings } from './settings.ts'

export function addPair(program: Command, run: RunCommand): void {
  const command = program
    .command('pair')
    .description('Pairs this device with a hub: shows a code, and waits until a person approves it there.')
    .option('--label <text>', 'what the person will see (default: CLI on this machine)')
    .option('--read-only', 'ask for reads alone')
    .option('--force', 'pair again, even if paired already')
  run(command, { piped: 'text' }, pair)
}

async function pair(context: CommandContext): Promise<ExitCode> {
  const { out, settings, options } = context
  const already = options['force'] === true ? undefined : await pairedAlready(settings)
  if (already !== undefined) {
    if (out.json) out.data({ status: 'paired', already: true, hub: already })
    else out.line(safe`Already paired with ${already}. --force pairs again.`)
    return EXIT.done
  }

  const hub = await usualHub(settings)
  const label = typeof options['label'] === 'string' ? options['label'] : `CLI on ${hostname()}`
  const pending = await startPairing({ hub, label, readOnly: options['readOnly'] === true })
  if (out.json) {
    out.data({
      user_code: pending.userCode,
      verification_uri: pending.verificationUri,
      verification_uri_complete: pending.verificationUriComplete,
      expires_in: pending.expiresIn,
    })
  } else {
    out.line(safe`Open  ${out.style('underline', pending.verificationUriComplete)}`)
    out.line(safe`Code  ${out.style('bold', pending.userCode)}  compare it with the page before approving`)
  }

  // Apart until it is approved, so that a pairing that comes to nothing leaves the present one as it is.
  const fresh = `${settings.credentialsFile}.new`
  const done = out.json ? () => {} : out.waiting(safe`Waiting for a person to approve it`)
  let outcome: PairingOutcome
  try {
    outcome = await finishPairing(pending, { credentialsFile: fresh })
    if (outcome === 'paired') await replacePairing(settings, fresh)
  } finally {
    done()
    await rm(fresh, { force: true })
  }
  if (out.json) out.data({ status: outcome, hub: pending.hub, label })
  else tell(context, outcome, pending.hub)
  return outcome === 'paired' ? EXIT.done : EXIT.rejected
}

function tell({ out }: CommandContext, outcome: PairingOutcome, hub: string): void {
  switch (outcome) {
    case 'paired':
      out.line(safe`${out.style('green', 'Paired')} with ${hub}. Next: clawlink integrations`)
      return
    case 'denied':
      out.aside(safe`clawlink: a person said no to this device.`)
      return
    case 'expired':
      out.aside(safe`clawlink: the code has expired. Run \`clawlink pair\` again.`)
  }
}

/** The hub that this device is paired with; `undefined` if it is with none any more. It is not moved to another unasked. */
export async function pairedAlready(settings: Settings): Promise<string | undefined> {
  const before = await pairedHub(settings)
  if (before === undefined) return undefined
  if (settings.askedHub !== undefined && settings.askedHub !== before) {
    throw new UsageError(
      `This device is paired with ${before}; --force pairs it with ${settings.askedHub} instead.`,
    )
  }
  return (await isStillPaired(settings)) ? before : undefined
}

/** The old device is ended on its hub if that can be reached: nobody holds its key any more either way. */
export async function replacePairing(settings: Settings, fresh: string): Promise<void> {
  const { credentialsFile, pendingFile } = settings
  await createDeviceClient({ credentialsFile })
    .unpair()
    .catch(() => {})
  await rename(fresh, credentialsFile)
  await forgetPairing(pendingFile)
}

/** Whether the hub still knows this device. */
async function isStillPaired(settings: Settings): Promise<boolean> {
  const list = agentEndpoints.find(({ name }) => name === 'clawlink_list_integrations')
  try {
    const ask = await connectToHub(settings)
    if (list !== undefined) await ask(list, {})
    return true
  } catch (error) {
    if (error instanceof NotPaired) return false
    if (error instanceof HubRefusal && error.exit === EXIT.unauthenticated) return false
    throw error
  }
}
