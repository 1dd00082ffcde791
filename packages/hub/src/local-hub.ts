import { existsSync, statSync } from 'node:fs'
import { createChain } from './audit/chain.ts'
import type { VerifyOptions } from './audit/verify.ts'
import { verifyExport, type ExportVerdict } from './audit/verify-export.ts'
import type { Actor } from './contract/actor.ts'
import { unfreezeConnection } from './connections/unfreeze-connection.ts'
import { DEFAULT_WORKSPACE, type ConnectionId } from './contract/ids.ts'
import { Problem } from './contract/problem.ts'
import { Secret } from './contract/secret.ts'
import { createAccess } from './access/access.ts'
import { dryRunPolicy } from './calls/policy/dry-run-policy.ts'
import { setPolicy } from './calls/policy/set-policy.ts'
import { showPolicy } from './calls/policy/show-policy.ts'
import { homePaths, openHome, openVault, recallUrl } from './home.ts'
import { identifyAccount } from './identify-account.ts'
import { createProviders } from './providers.ts'
import { StartError, type LocalHub } from './surfaces/cli/cli.ts'
import type { Diagnosis } from './surfaces/cli/deps.ts'
import { DEFAULT_HUB } from './surfaces/cli/settings.ts'

const TERMINAL: Actor = { type: 'system', workspace: DEFAULT_WORKSPACE, part: 'terminal' }

/** What the auditor of an export does, where the key is. */
export function verifyExportIn(
  options: { home: string },
  env: Record<string, string | undefined>,
  source: AsyncIterable<Uint8Array | string>,
  how: VerifyOptions,
): Promise<ExportVerdict> {
  const vault = openVault(homePaths(options.home).masterKey, env, false)
  return verifyExport(createChain(vault.branchKey('audit')), source, how)
}

/** The home's database for the operator of this machine, with or without a hub running on it. */
export async function openLocal(
  options: { home: string },
  env: Record<string, string | undefined>,
): Promise<LocalHub> {
  const paths = homePaths(options.home)
  if (!existsSync(paths.database)) {
    throw new StartError(`There is no hub in ${options.home} yet. Start one there with: clawlink serve`)
  }
  const home = await openHome(options.home, env)
  const { connections, audit } = home
  const idOf = async (alias: string): Promise<ConnectionId> => {
    const found = (await connections.list(DEFAULT_WORKSPACE)).find((one) => one.alias === alias)
    if (found !== undefined) return found.id
    throw new Problem('connection_not_found', `There is no connection called "${alias}".`, {
      nextStep: 'List them with: clawlink connections',
    })
  }

  return {
    listConnections: () => connections.list(DEFAULT_WORKSPACE),

    async addConnection({ alias, key: text, makeDefault }) {
      const key = new Secret(text)
      const providers = await createProviders(env, undefined)
      const { stripe } = providers
      try {
        const { kind, mode } = stripe.readKey(key)
        const account = await identifyAccount(home, providers, TERMINAL, kind, key)
        return await connections.add(TERMINAL, {
          integration: stripe.id,
          alias,
          account: account.account,
          mode,
          kind,
          displayName: account.displayName,
          credential: key,
          makeDefault,
        })
      } finally {
        await providers.sender.close()
      }
    },

    async removeConnection(alias) {
      await connections.remove(TERMINAL, await idOf(alias))
    },

    async unfreezeConnection(alias) {
      await unfreezeConnection(home.context, TERMINAL, await idOf(alias))
    },

    verifyAudit: (how) => audit.verify(DEFAULT_WORKSPACE, how),
    exportAudit: (how) => audit.export(DEFAULT_WORKSPACE, how),
    sealAudit: (input) => audit.seal(TERMINAL, input),

    async checkpointAudit() {
      const checkpoint = await audit.checkpoint(DEFAULT_WORKSPACE)
      if (checkpoint === undefined) return undefined
      const isKept = await audit.keepCheckpoint(DEFAULT_WORKSPACE, { evenIfFew: true }).then(
        () => true,
        () => false,
      )
      return { checkpoint, isKept }
    },
    showPolicy: () => showPolicy(home.context, TERMINAL, {}),
    setPolicy: (input) => setPolicy(home.context, TERMINAL, input),
    dryRunPolicy: (input) => dryRunPolicy(home.context, TERMINAL, input),

    async newSetupLink() {
      const publicUrl = (await recallUrl(home.storage)) ?? DEFAULT_HUB
      const access = await createAccess({
        ...home.context,
        vault: home.vault,
        publicUrl,
        // No device is ended from here.
        whenDeviceEnds: () => Promise.resolve(),
        log: () => undefined,
      })
      return (await access.hasOwner(DEFAULT_WORKSPACE)) ? undefined : access.startSetup(DEFAULT_WORKSPACE)
    },

    async diagnose() {
      const verdict = await audit.verify(DEFAULT_WORKSPACE)
      const list = await connections.list(DEFAULT_WORKSPACE)
      const broken = list.filter((connection) => connection.state !== 'active')
      const open = (statSync(options.home).mode & 0o077) === 0 || process.platform === 'win32'
      const diagnoses: Diagnosis[] = [
        {
          check: 'home',
          ok: open,
          detail: options.home,
          ...(open ? {} : { fix: `Others can look into it. Run: chmod 700 ${options.home}` }),
        },
        { check: 'master key', ok: true, detail: `opens this home (key ${home.vault.keyId})` },
        { check: 'database', ok: true, detail: paths.database },
        verdict.ok
          ? { check: 'audit log', ok: true, detail: `${verdict.rows} rows, unbroken` }
          : {
              check: 'audit log',
              ok: false,
              detail:
                verdict.seq === null ? verdict.reason : `broken at row ${verdict.seq}: ${verdict.reason}`,
              fix: 'Somebody changed it, or put older data in place. Keep a copy, and compare it with a backup.',
            },
        {
          check: 'connections',
          ok: list.length > 0 && broken.length === 0,
          detail:
            list
              .map((connection) => `${connection.alias} (${connection.mode}, ${connection.state})`)
              .join(', ') || 'none',
          ...(list.length > 0 && broken.length === 0
            ? {}
            : { fix: 'Add one with: clawlink connections add --alias NAME' }),
        },
      ]
      return diagnoses
    },

    close: () => home.close(),
  }
}
