import { accessSync, chmodSync, constants, existsSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { createAudit, type Audit } from './audit/audit.ts'
import type { Context } from './audit/context.ts'
import { revokeWaiting } from './confirmations/revoke-waiting.ts'
import { createConnections, type Connections } from './connections/connections.ts'
import { DEFAULT_WORKSPACE, isoTime, randomId } from './contract/ids.ts'
import { createPolicy } from './policy/policies.ts'
import { openStorage, type Storage } from './storage/storage.ts'
import { StartError } from './surfaces/cli/cli.ts'
import { loadMasterKey } from './vault/master-key.ts'
import { createVault, VaultError, type Vault } from './vault/vault.ts'

/** Where a hub keeps what. The key is apart from the data, so that a backup of the data alone opens nothing. */
export function homePaths(home: string) {
  return {
    masterKey: join(home, 'keys', 'master.key'),
    database: join(home, 'data', 'hub.db'),
    sandbox: join(home, 'data', 'sandbox'),
    // Apart from the data, too: an older database put in place does not bring older checkpoints with it.
    audit: join(home, 'audit'),
    lock: join(home, 'hub.lock'),
    log: join(home, 'hub.log'),
  }
}

export interface Home {
  storage: Storage
  vault: Vault
  audit: Audit
  context: Context
  connections: Connections
  close(): Promise<void>
}

/** Makes the home's folder, or says in one line why it cannot be used. */
export function prepareHome(home: string): void {
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 })
    chmodSync(home, 0o700)
    accessSync(home, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (error) {
    throw new StartError(
      `The home ${home} cannot be used (${codeOf(error)}). Choose another with --home or CLAWLINK_HOME, or mend its permissions.`,
    )
  }
}

/** Opens what a home holds; a first start makes it. Throws `StartError` with one line. */
export async function openHome(home: string, env: Record<string, string | undefined>): Promise<Home> {
  prepareHome(home)
  const paths = homePaths(home)
  const isNew = !existsSync(paths.database)
  const vault = openVault(paths.masterKey, env, isNew)
  const storage = await openStorage(paths.database).catch((error: unknown) => {
    throw new StartError(`The database ${paths.database} cannot be opened (${codeOf(error)}).`)
  })
  try {
    const now = Date.now
    const audit = createAudit(storage.db, vault.branchKey('audit'), now, paths.audit)
    const context: Context = { storage, audit, now, newId: randomId }
    await createWorkspace(context, vault)
    return {
      storage,
      vault,
      audit,
      context,
      connections: createConnections(context, vault, (tx, actor, connection) =>
        revokeWaiting(context, tx, actor, 'connection_changed', { connection }),
      ),
      close: () => storage.close(),
    }
  } catch (error) {
    await storage.close()
    throw error
  }
}

export function openVault(file: string, env: Record<string, string | undefined>, isNew: boolean): Vault {
  try {
    return createVault(loadMasterKey({ file, env, mayCreate: isNew }))
  } catch (error) {
    if (error instanceof VaultError) throw new StartError(error.message)
    throw new StartError(`The master key ${file} cannot be read (${codeOf(error)}).`)
  }
}

const KEY_ID_FACT = 'master_key_id'

/** The one workspace of a fresh hub and its policy; and the check that this is the key the home was made with. */
async function createWorkspace(context: Context, vault: Vault): Promise<void> {
  await context.storage.transaction(async (tx) => {
    const known = await tx
      .selectFrom('hub_facts')
      .select('value')
      .where('name', '=', KEY_ID_FACT)
      .executeTakeFirst()
    if (known !== undefined) {
      if (known.value === vault.keyId) return
      throw new StartError('The master key is not the one this home was made with. Put the right one back.')
    }
    await tx.insertInto('hub_facts').values({ name: KEY_ID_FACT, value: vault.keyId }).execute()
    await tx
      .insertInto('workspaces')
      .values({ id: DEFAULT_WORKSPACE, name: 'Default', created_at: isoTime(context.now()) })
      .execute()
    await createPolicy(tx, DEFAULT_WORKSPACE, context.now)
    await context.audit.append(tx, {
      actor: { type: 'system', workspace: DEFAULT_WORKSPACE, part: 'hub' },
      action: 'workspace.created',
      subject: DEFAULT_WORKSPACE,
      detail: { policy_version: 1 },
    })
  })
}

const PUBLIC_URL_FACT = 'public_url'

/** Where the hub of this home was last reached: the terminal's links go there. */
export async function rememberUrl(storage: Storage, url: string): Promise<void> {
  await storage.db
    .insertInto('hub_facts')
    .values({ name: PUBLIC_URL_FACT, value: url })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: url }))
    .execute()
}

export async function recallUrl(storage: Storage): Promise<string | undefined> {
  const fact = await storage.db
    .selectFrom('hub_facts')
    .select('value')
    .where('name', '=', PUBLIC_URL_FACT)
    .executeTakeFirst()
  return fact?.value
}

export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown }).code
  return typeof code === 'string' ? code : error instanceof Error ? error.message : String(error)
}
