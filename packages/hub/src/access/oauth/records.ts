import { AsyncLocalStorage } from 'node:async_hooks'
import { createHmac } from 'node:crypto'
import type { Adapter, AdapterPayload } from 'oidc-provider'
import { isoTime, type Now } from '../../contract/ids.ts'
import type { Db, Storage, Tx } from '../../storage/storage.ts'
import { openBytes, sealBytes, type Vault } from '../../vault/vault.ts'
import type { OAuthLibrary } from './library.ts'
import type { PollPacer } from './poll-pacer.ts'

/** Found by a second key, so the row must tell its own id. Every other id is known to whoever asks, and to no one else. */
const KEEPS_ITS_ID = new Set(['DeviceCode'])
/** Anyone can register a client; one that no person says yes to is soon forgotten. */
const UNUSED_CLIENT_TTL_SECONDS = 24 * 60 * 60

export interface OAuthRecords {
  /** The provider's adapter: its records as sealed rows under hashed ids. */
  adapter: (kind: string) => Adapter
  /** The only form in which an id is stored. */
  hashId(id: string): string
  /** Runs `work` in one transaction that the provider's own reads and writes inside it take part in. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>
  /** Makes whoever else decides about this code wait for the end of `tx`. */
  lockUserCode(tx: Tx, userCode: string): Promise<void>
  /** The same for what a client asks for in a browser. */
  lockInteraction(tx: Tx, id: string): Promise<void>
  /** Remembers a client that registered itself until then: it has a grant. */
  keepClient(tx: Tx, clientId: string, until: string): Promise<void>
  /** Whether this proof is new. Atomic, so of two at once exactly one is. */
  takeProof(proofId: string, expiresAt: number): Promise<boolean>
  /** Deletes the grant and every token and code under it. */
  destroyGrant(tx: Tx, grantHash: string): Promise<void>
  sweep(): Promise<void>
}

export type RevocationReason = 'token_reused' | 'unpaired'

export interface OAuthRecordsOptions {
  library: OAuthLibrary
  storage: Storage
  vault: Vault
  now: Now
  pacer: PollPacer
  /** The provider gave a grant up by itself: a token was used twice, or the device unpaired. */
  onGrantRevoked: (grantHash: string, reason: RevocationReason) => Promise<void>
}

export function createOAuthRecords(options: OAuthRecordsOptions): OAuthRecords {
  const { storage, now, pacer } = options
  const { errors, Provider } = options.library
  const idKey = options.vault.branchKey('oauth ids')
  const recordKey = options.vault.branchKey('oauth records')
  const current = new AsyncLocalStorage<Tx>()

  const db = (): Db | Tx => current.getStore() ?? storage.db
  const hashId = (id: string): string => createHmac('sha256', idKey).update(id).digest('hex')
  const maybeHash = (id: string | undefined): string | null => (id === undefined ? null : hashId(id))

  const seal = (kind: string, idHash: string, payload: AdapterPayload): Uint8Array =>
    sealBytes(recordKey, Buffer.from(JSON.stringify(payload), 'utf8'), place(kind, idHash))
  const open = (kind: string, row: { id_hash: string; sealed: Uint8Array }): AdapterPayload => {
    const text = Buffer.from(openBytes(recordKey, row.sealed, place(kind, row.id_hash))).toString('utf8')
    return JSON.parse(text) as AdapterPayload
  }

  const findBy = async (
    kind: string,
    column: 'id_hash' | 'user_code_hash' | 'uid_hash',
    id: string,
  ): Promise<(AdapterPayload & { idHash: string }) | undefined> => {
    const row = await db()
      .selectFrom('oauth_records')
      .select(['id_hash', 'sealed', 'consumed_at'])
      .where('kind', '=', kind)
      .where(column, '=', hashId(id))
      .where((where) => where.or([where('expires_at', 'is', null), where('expires_at', '>', isoTime(now()))]))
      .executeTakeFirst()
    if (row === undefined) return undefined
    const consumed = row.consumed_at === null ? {} : { consumed: Date.parse(row.consumed_at) / 1000 }
    return { ...open(kind, row), ...consumed, idHash: row.id_hash }
  }

  const takeProof = async (proofId: string, expiresAt: number): Promise<boolean> => {
    const insert = (on: Db | Tx) =>
      on
        .insertInto('oauth_replays')
        .values({ proof_hash: hashId(proofId), expires_at: isoTime(expiresAt) })
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst()
    // A transaction, though it is one statement: then it shares its wait for the disk with others.
    const tx = current.getStore()
    const inserted = tx === undefined ? await storage.transaction(insert) : await insert(tx)
    return inserted.numInsertedOrUpdatedRows === 1n
  }

  const recordAdapter = (kind: string): Adapter => ({
    async upsert(id, payload, expiresIn) {
      const { jti, ...rest } = payload
      const idHash = hashId(id)
      const ttl = expiresIn ?? (kind === 'Client' ? UNUSED_CLIENT_TTL_SECONDS : undefined)
      const row = {
        grant_hash: maybeHash(payload.grantId),
        user_code_hash: maybeHash(payload.userCode),
        uid_hash: maybeHash(payload.uid),
        sealed: seal(kind, idHash, KEEPS_ITS_ID.has(kind) ? { ...rest, jti: jti ?? id } : rest),
        expires_at: ttl === undefined ? null : isoTime(now() + ttl * 1000),
      }
      await db()
        .insertInto('oauth_records')
        .values({ kind, id_hash: idHash, consumed_at: null, ...row })
        // `consumed_at` stays: nothing that was used becomes unused by being saved again.
        .onConflict((conflict) => conflict.columns(['kind', 'id_hash']).doUpdateSet(row))
        .execute()
    },
    async find(id) {
      const found = await findBy(kind, 'id_hash', id)
      if (found === undefined) return undefined
      const { idHash, ...payload } = found
      // The provider looks a device code up by its id only when a device polls with it.
      if (kind === 'DeviceCode' && !pacer.mayPoll(idHash)) throw new errors.SlowDown()
      return { ...payload, jti: id }
    },
    async findByUserCode(userCode) {
      return without(await findBy(kind, 'user_code_hash', userCode))
    },
    async findByUid(uid) {
      return without(await findBy(kind, 'uid_hash', uid))
    },
    async consume(id) {
      const used = await db()
        .updateTable('oauth_records')
        .set({ consumed_at: isoTime(now()) })
        .where('kind', '=', kind)
        .where('id_hash', '=', hashId(id))
        .where('consumed_at', 'is', null)
        .returning('id_hash')
        .executeTakeFirst()
      if (used !== undefined) return
      // Another request used it after the provider had looked: the same as reuse, so it ends the same.
      const row = await db()
        .selectFrom('oauth_records')
        .select('grant_hash')
        .where('kind', '=', kind)
        .where('id_hash', '=', hashId(id))
        .executeTakeFirst()
      if (row?.grant_hash !== undefined && row.grant_hash !== null)
        await options.onGrantRevoked(row.grant_hash, 'token_reused')
      throw new errors.InvalidGrant('already used')
    },
    async destroy(id) {
      if (kind === 'Grant') {
        const unpaired = Provider.ctx?.oidc.route === 'revocation'
        await options.onGrantRevoked(hashId(id), unpaired ? 'unpaired' : 'token_reused')
        return
      }
      await db()
        .deleteFrom('oauth_records')
        .where('kind', '=', kind)
        .where('id_hash', '=', hashId(id))
        .execute()
    },
    async revokeByGrantId(grantId) {
      await db()
        .deleteFrom('oauth_records')
        .where('kind', '=', kind)
        .where('grant_hash', '=', hashId(grantId))
        .execute()
    },
  })

  /** The provider asks whether it saw a proof, then saves it; between the two a second copy would slip through. */
  const replayAdapter: Adapter = {
    ...recordAdapter('ReplayDetection'),
    find: () => Promise.resolve(undefined),
    async upsert(id, _payload, expiresIn = 0) {
      if (!(await takeProof(`token ${id}`, now() + expiresIn * 1000))) {
        throw new errors.InvalidDpopProof('DPoP proof was used before')
      }
    },
  }

  const lock =
    (kind: string, column: 'id_hash' | 'user_code_hash') =>
    async (tx: Tx, id: string): Promise<void> => {
      await tx
        .updateTable('oauth_records')
        .set({ [column]: hashId(id) })
        .where('kind', '=', kind)
        .where(column, '=', hashId(id))
        .execute()
    }

  /** Who is signed in here is the hub's own session's to say; one of the provider's would outlive a sign-out. */
  const sessionAdapter: Adapter = {
    ...recordAdapter('Session'),
    find: () => Promise.resolve(undefined),
    upsert: () => Promise.resolve(),
  }

  const adapters = new Map([
    ['ReplayDetection', replayAdapter],
    ['Session', sessionAdapter],
  ])

  return {
    adapter: (kind) => adapters.get(kind) ?? recordAdapter(kind),
    hashId,
    transaction: (work) => storage.transaction((tx) => current.run(tx, () => work(tx))),
    lockUserCode: lock('DeviceCode', 'user_code_hash'),
    lockInteraction: lock('Interaction', 'id_hash'),
    async keepClient(tx, clientId, until) {
      await tx
        .updateTable('oauth_records')
        .set({ expires_at: until })
        .where('kind', '=', 'Client')
        .where('id_hash', '=', hashId(clientId))
        .where('expires_at', '<', until)
        .execute()
    },
    takeProof,
    async destroyGrant(tx, grantHash) {
      await tx.deleteFrom('oauth_records').where('grant_hash', '=', grantHash).execute()
      await tx
        .deleteFrom('oauth_records')
        .where('kind', '=', 'Grant')
        .where('id_hash', '=', grantHash)
        .execute()
    },
    async sweep() {
      const cutoff = isoTime(now())
      await storage.db.deleteFrom('oauth_records').where('expires_at', '<=', cutoff).execute()
      await storage.db.deleteFrom('oauth_replays').where('expires_at', '<=', cutoff).execute()
    },
  }
}

function without(found: (AdapterPayload & { idHash: string }) | undefined): AdapterPayload | undefined {
  if (found === undefined) return undefined
  const { idHash: _idHash, ...payload } = found
  return payload
}

function place(kind: string, idHash: string): Uint8Array {
  return Buffer.from(JSON.stringify(['oauth record', 1, kind, idHash]), 'utf8')
}
