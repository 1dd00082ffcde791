import { NotPaired, readCredentials } from '@clawlink/client'
import { isObject, type Answer } from './answer.ts'
import type { Endpoint, Hub } from './hub.ts'
import type { Command } from './openclaw-api.ts'
import { logout, type Pairing, type PairingOptions } from './pairing.ts'
import { DEFAULT_HUB, type Settings } from './settings.ts'
import { agentTool } from './tool-table.ts'

export interface CommandDeps {
  hub: Hub
  pairing: Pairing
  files: Pick<PairingOptions, 'credentialsFile' | 'pendingFile'>
  settings: Settings
}

/** For the person, not for the model: so it is no tool. */
const LIST_WAITING: Endpoint = { method: 'GET', path: '/confirmations' }

const USAGE = `/clawlink pair      pair this gateway with the hub
/clawlink status    the hub, this device and its connections
/clawlink pending   what waits for a person
/clawlink logout    end the pairing (--force if the hub is gone for good)`

export function createCommand(deps: CommandDeps): Command {
  const commands: Record<string, (flag: string) => Promise<string>> = {
    pair: () => pair(deps),
    status: () => status(deps),
    pending: () => pending(deps),
    logout: (flag) => endPairing(deps, flag === '--force'),
  }
  return {
    name: 'clawlink',
    description: 'Stripe through ClawLink: pair | status | pending | logout',
    acceptsArgs: true,
    requiredScopes: ['operator.admin'],
    async handler({ args = '' }) {
      const [name = '', flag = ''] = args.trim().split(/\s+/)
      const command = Object.hasOwn(commands, name) ? commands[name] : undefined
      return { text: command === undefined ? USAGE : await command(flag) }
    },
  }
}

async function pair({ pairing }: CommandDeps): Promise<string> {
  const answer = await pairing.begin()
  if (!answer.ok) return told(answer)
  const { status: state, user_code: code, verification_uri_complete: link, hub } = answer.body
  if (state === 'paired') return `This gateway is paired with ${String(hub)}.`
  return `Open ${String(link)}\nCompare the code ${String(code)} with the page before you approve it. After that, the tools work.`
}

async function status({ hub, files, settings }: CommandDeps): Promise<string> {
  const answer = await hub.ask(agentTool('clawlink_list_integrations'), {})
  if (!answer.ok) return `Hub: ${settings.hubUrl ?? DEFAULT_HUB}\n${told(answer)}`
  const paired = await readCredentials(files.credentialsFile)
  const connections = objects(answer.body['integrations']).flatMap((integration) =>
    objects(integration['connections']).map(
      ({ alias, account_name: account, mode, state }) =>
        `  ${String(alias)}: ${String(account)} (${mode === 'live' ? 'LIVE' : String(mode)}, ${String(state)})`,
    ),
  )
  return [
    `Hub: ${paired.hub}`,
    `Paired as: ${paired.label}`,
    ...(connections.length === 0
      ? ['No connection yet: connect Stripe on the hub.']
      : ['Connections:', ...connections]),
  ].join('\n')
}

async function pending({ hub }: CommandDeps): Promise<string> {
  const answer = await hub.ask(LIST_WAITING, {})
  if (!answer.ok) return told(answer)
  const waiting = objects(answer.body['confirmations'])
  if (waiting.length === 0) return 'Nothing waits for a person.'
  return waiting.map(({ summary, approval_url: url }) => `${String(summary)}\n  ${String(url)}`).join('\n')
}

async function endPairing({ files }: CommandDeps, force: boolean): Promise<string> {
  try {
    await logout(files, force)
    return 'The pairing has ended, and the credentials are deleted.'
  } catch (error) {
    if (error instanceof NotPaired) return 'This gateway is not paired.'
    return 'The hub cannot be reached, so the pairing is still valid there, and the credentials stay. Try again when it runs; `/clawlink logout --force` deletes them here, and the device has to be revoked on the hub.'
  }
}

function told(answer: Answer & { ok: false }): string {
  const { code, message } = answer.error
  return code === 'not_paired' ? `${message}\nPair it with /clawlink pair.` : message
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}
