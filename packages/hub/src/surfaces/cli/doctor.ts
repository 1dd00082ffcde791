import type { Command } from 'commander'
import { agentEndpoints } from '../agent-endpoints.ts'
import { connectToHub } from './ask-hub.ts'
import { withLocalHub, type CommandContext, type RunCommand } from './command.ts'
import type { Diagnosis } from './deps.ts'
import { NotPaired } from '@clawlink/client'
import { HubRefusal, isNetworkError, networkReason } from './errors.ts'
import { EXIT } from './exit-codes.ts'
import { withoutKeys } from './key-arguments.ts'
import { safe } from './safe-text.ts'
import { DEFAULT_HUB, pairedHub } from './settings.ts'

const NEEDED_NODE = 26
const ANSWER_TIMEOUT_MS = 5_000

export function addDoctor(program: Command, run: RunCommand): void {
  const command = program
    .command('doctor')
    .description(
      'Checks this machine, its home, its hub and its pairing, and says how to mend what is wrong.',
    )
  run(command, { piped: 'json' }, async (context) => {
    const { out } = context
    const checks = [checkNode(), ...(await checkHome(context)), ...(await checkHub(context))]
    const ok = checks.every((check) => check.ok)
    if (out.json) out.data({ ok, checks })
    else {
      for (const { check, ok: isFine, detail, fix } of checks) {
        out.line(safe`${isFine ? out.style('green', '✓') : out.style('red', '✗')} ${check}: ${detail}`)
        if (!isFine && fix !== undefined) out.line(safe`    ${out.style('dim', 'Fix:')} ${fix}`)
      }
    }
    return ok ? EXIT.done : EXIT.failed
  })
}

function checkNode(): Diagnosis {
  const { node } = process.versions
  return {
    check: 'node',
    ok: Number(node.split('.')[0]) >= NEEDED_NODE,
    detail: `version ${node}`,
    fix: `Start through npm in the repository, which brings Node ${NEEDED_NODE} along, or install it.`,
  }
}

/** A home that does not open is a finding like any other. */
async function checkHome(context: CommandContext): Promise<Diagnosis[]> {
  try {
    return await withLocalHub(context, (hub) => hub.diagnose())
  } catch (error) {
    return [
      {
        check: 'home',
        ok: false,
        detail: messageOf(error),
        fix: `Start the hub once with this home (${context.settings.home}), or name another one with --home.`,
      },
    ]
  }
}

async function checkHub({ settings }: CommandContext): Promise<Diagnosis[]> {
  const hub = settings.askedHub ?? (await pairedHub(settings)) ?? DEFAULT_HUB
  const reachable = await checkReachable(hub)
  return [reachable, await checkPairing(settings)]
}

async function checkReachable(hub: string): Promise<Diagnosis> {
  const check = 'hub'
  const fix = 'Start it with `npm start`, or name another one with --hub.'
  try {
    const response = await fetch(`${hub}/healthz`, { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) })
    const { status } = response
    await response.body?.cancel()
    return { check, ok: response.ok, detail: `${hub} answers${response.ok ? '' : ` HTTP ${status}`}`, fix }
  } catch (error) {
    const reason = isNetworkError(error) ? networkReason(error) : messageOf(error)
    return { check, ok: false, detail: `${hub} does not answer (${reason})`, fix }
  }
}

async function checkPairing(settings: CommandContext['settings']): Promise<Diagnosis> {
  const check = 'pairing'
  const fix = 'Run `clawlink pair` and approve the device on the hub.'
  const list = agentEndpoints.find(({ name }) => name === 'clawlink_list_integrations')
  try {
    const paired = await pairedHub(settings)
    if (paired === undefined) return { check, ok: false, detail: 'this device is not paired', fix }
    const ask = await connectToHub(settings)
    if (list !== undefined) await ask(list, {})
    return { check, ok: true, detail: `paired with ${paired}` }
  } catch (error) {
    const isOver = error instanceof NotPaired || error instanceof HubRefusal
    return {
      check,
      ok: false,
      detail: isNetworkError(error) ? 'not known while the hub does not answer' : messageOf(error),
      fix: isOver ? fix : 'Start the hub first.',
    }
  }
}

function messageOf(error: unknown): string {
  return withoutKeys(error instanceof Error ? error.message : String(error))
}
