import { z } from 'zod'
import type { Context } from '../audit/context.ts'
import type { Actor } from '../contract/actor.ts'
import { isoTime, type ConnectionId, type WorkspaceId } from '../contract/ids.ts'
import type { Mode } from '../contract/effects.ts'
import { Problem } from '../contract/problem.ts'
import type { Secret } from '../contract/secret.ts'
import type { Tx } from '../storage/storage.ts'
import { type Place, type Vault } from '../vault/vault.ts'
import { connectionOf, type Connection, type ConnectionKind } from './connection.ts'

export interface AddConnection {
  integration: string
  alias: string
  account: string
  mode: Mode
  kind: ConnectionKind
  displayName: string
  credential: Secret
  /** Only ever what a person chose, or the sandbox of a fresh hub. */
  makeDefault: boolean
}

export interface Connections {
  /** Seals a credential as a new connection. Whose it is was checked before. */
  add(actor: Actor, input: AddConnection): Promise<Connection>
  /** All but the removed ones, oldest first. */
  list(workspace: WorkspaceId): Promise<Connection[]>
  /** The connection a call means: the named one (alias or id), else the default; never a guess. */
  choose(workspace: WorkspaceId, integration: string, named: string | undefined): Promise<Connection>
  get(workspace: WorkspaceId, id: ConnectionId): Promise<Connection>
  /** Opens the credential for the time of one callback, if the connection is active. */
  withCredential<T>(connection: Connection, use: (credential: Secret) => Promise<T>): Promise<T>
  /** Stops every use until a person has looked. Inside the transaction of whatever found the fault. */
  freeze(tx: Tx, actor: Actor, id: ConnectionId, reason: string): Promise<void>
  /** Ends a connection for good and destroys its sealed credential. */
  remove(actor: Actor, id: ConnectionId): Promise<void>
}

export const connectionAlias = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,39}$/, 'an alias holds lower-case letters, digits, - and _, at most 40')

const LISTED = [
  'id',
  'workspace',
  'integration',
  'account',
  'mode',
  'alias',
  'state',
  'state_reason',
  'kind',
  'display_name',
  'is_default',
  'created_at',
] as const

/** A credential is never replaced yet: a new key is a new connection. */
const FIRST_VERSION = 1

/** Called in the transaction that stops a connection: what was approved for it is void. */
export type WhenStopped = (tx: Tx, actor: Actor, id: ConnectionId) => Promise<unknown>

export function createConnections(context: Context, vault: Vault, whenStopped: WhenStopped): Connections {
  const { storage, audit, now, newId } = context

  const list: Connections['list'] = async (workspace) => {
    const rows = await storage.db
      .selectFrom('connections')
      .select(LISTED)
      .where('workspace', '=', workspace)
      .where('state', '!=', 'removed')
      .orderBy('created_at')
      .orderBy('id')
      .execute()
    return rows.map(connectionOf)
  }

  const get: Connections['get'] = async (workspace, id) => {
    const row = await storage.db
      .selectFrom('connections')
      .select(LISTED)
      .where('workspace', '=', workspace)
      .where('id', '=', id)
      .executeTakeFirst()
    if (row === undefined) throw notFound()
    return connectionOf(row)
  }

  return {
    list,
    get,

    async add(actor, input) {
      const alias = connectionAlias.safeParse(input.alias)
      if (!alias.success)
        throw new Problem('invalid_params', alias.error.issues[0]?.message ?? 'That is no alias.')
      const id = newId('conn') as ConnectionId
      const { workspace } = actor
      const place = placeOf({ workspace, id, account: input.account, mode: input.mode })
      const wrappedKey = vault.newDataKey(place)
      const sealed = vault.seal(wrappedKey, place, input.credential)
      await storage.transaction(async (tx) => {
        const taken = await tx
          .selectFrom('connections')
          .select('id')
          .where('workspace', '=', workspace)
          .where('alias', '=', input.alias)
          .executeTakeFirst()
        if (taken !== undefined) {
          throw new Problem('alias_taken', `The alias "${input.alias}" is taken.`, {
            nextStep: 'Choose another alias.',
          })
        }
        if (input.makeDefault) {
          await tx
            .updateTable('connections')
            .set({ is_default: 0 })
            .where('workspace', '=', workspace)
            .where('integration', '=', input.integration)
            .execute()
        }
        await tx
          .insertInto('connections')
          .values({
            id,
            workspace,
            integration: input.integration,
            account: input.account,
            mode: input.mode,
            alias: input.alias,
            state: 'active',
            state_reason: null,
            kind: input.kind,
            display_name: input.displayName,
            is_default: input.makeDefault ? 1 : 0,
            wrapped_key: wrappedKey,
            sealed_credential: sealed,
            created_at: isoTime(now()),
          })
          .execute()
        await audit.append(tx, {
          actor,
          action: 'connection.added',
          subject: id,
          detail: {
            alias: input.alias,
            account: input.account,
            mode: input.mode,
            kind: input.kind,
            default: input.makeDefault,
          },
        })
      })
      return get(workspace, id)
    },

    async choose(workspace, integration, named) {
      const all = (await list(workspace)).filter((connection) => connection.integration === integration)
      if (all.length === 0) {
        throw new Problem('missing_connection', `No ${integration} account is connected.`, {
          nextStep: 'The owner connects one, for example with: clawlink connections add --alias NAME',
        })
      }
      const chosen =
        named === undefined
          ? all.find((connection) => connection.isDefault)
          : all.find((connection) => connection.alias === named || connection.id === named)
      if (chosen !== undefined) return chosen
      const aliases = all.map((connection) => connection.alias)
      if (named !== undefined) {
        throw new Problem('connection_not_found', 'There is no connection of this name.', {
          nextStep: 'Name one of the connections listed, or call clawlink_list_integrations.',
          details: { connections: aliases },
        })
      }
      throw new Problem(
        'connection_ambiguous',
        'There is no default connection: say which account is meant.',
        {
          nextStep: 'Ask the user which account is meant, and pass its alias as connection.',
          details: { connections: aliases },
        },
      )
    },

    async withCredential(connection, use) {
      const row = await storage.db
        .selectFrom('connections')
        .select(['state', 'state_reason', 'wrapped_key', 'sealed_credential'])
        .where('workspace', '=', connection.workspace)
        .where('id', '=', connection.id)
        .executeTakeFirst()
      if (row === undefined || row.state === 'removed') throw notFound()
      if (row.state !== 'active') {
        throw new Problem(
          'connection_frozen',
          `The connection ${connection.alias} is frozen: ${row.state_reason ?? 'unknown'}.`,
          {
            nextStep: 'A person has to look at it; nothing is sent over it until then.',
          },
        )
      }
      return use(vault.open(row.wrapped_key, placeOf(connection), row.sealed_credential))
    },

    async freeze(tx, actor, id, reason) {
      const frozen = await tx
        .updateTable('connections')
        .set({ state: 'frozen', state_reason: reason })
        .where('workspace', '=', actor.workspace)
        .where('id', '=', id)
        .where('state', '=', 'active')
        .executeTakeFirst()
      if (frozen.numUpdatedRows !== 1n) return
      await audit.append(tx, { actor, action: 'connection.frozen', subject: id, detail: { reason } })
      await whenStopped(tx, actor, id)
    },

    async remove(actor, id) {
      await storage.transaction(async (tx) => {
        const removed = await tx
          .updateTable('connections')
          .set({
            state: 'removed',
            is_default: 0,
            wrapped_key: new Uint8Array(),
            sealed_credential: new Uint8Array(),
            // The alias is free again; the row stays for the audit log's sake.
            alias: `${id} (removed)`,
          })
          .where('workspace', '=', actor.workspace)
          .where('id', '=', id)
          .where('state', '!=', 'removed')
          .executeTakeFirst()
        if (removed.numUpdatedRows !== 1n) throw notFound()
        await audit.append(tx, { actor, action: 'connection.removed', subject: id })
        await whenStopped(tx, actor, id)
      })
    },
  }
}

function notFound(): Problem {
  return new Problem('connection_not_found', 'There is no such connection.', {
    nextStep: 'Call clawlink_list_integrations for the connections there are.',
  })
}

function placeOf(connection: { workspace: string; id: string; account: string; mode: string }): Place {
  return {
    schema: 1,
    workspace: connection.workspace,
    record: connection.id,
    account: connection.account,
    mode: connection.mode,
    field: 'credential',
    version: FIRST_VERSION,
  }
}
