import type { Kysely } from 'kysely'
import type { Migration } from 'kysely/migration'

/** In order, and never edited once released: a hub's database remembers which it has run.
 * `binary` is the one type whose name differs between the engines. */
export function migrations(binary: 'blob' | 'bytea'): Record<string, Migration> {
  return {
    '0001_first': {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable('hub_facts')
          .addColumn('name', 'text', (c) => c.primaryKey())
          .addColumn('value', 'text', (c) => c.notNull())
          .execute()
        await db.schema
          .createTable('workspaces')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .execute()
        await db.schema
          .createTable('people')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('name', 'text', (c) => c.notNull())
          .addColumn('email', 'text', (c) => c.notNull())
          .addColumn('role', 'text', (c) => c.notNull())
          .addColumn('password_hash', 'text')
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addUniqueConstraint('people_email', ['workspace', 'email'])
          .execute()
        await db.schema
          .createTable('sessions')
          .addColumn('id_hash', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('person', 'text', (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'text', (c) => c.notNull())
          .execute()
        await db.schema
          .createTable('setup_links')
          .addColumn('token_hash', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('role', 'text', (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'text', (c) => c.notNull())
          .addColumn('used_at', 'text')
          .execute()
        await db.schema
          .createTable('devices')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('label', 'text', (c) => c.notNull())
          .addColumn('address', 'text', (c) => c.notNull())
          .addColumn('grant_id', 'text', (c) => c.notNull().unique())
          .addColumn('client_id', 'text', (c) => c.notNull())
          .addColumn('scope', 'text', (c) => c.notNull())
          .addColumn('approved_by', 'text', (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'text')
          .addColumn('revoked_at', 'text')
          .addColumn('last_seen_at', 'text')
          .execute()
        await db.schema
          .createTable('oauth_records')
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('id_hash', 'text', (c) => c.notNull())
          .addColumn('grant_hash', 'text')
          .addColumn('user_code_hash', 'text')
          .addColumn('uid_hash', 'text')
          .addColumn('sealed', binary, (c) => c.notNull())
          .addColumn('consumed_at', 'text')
          .addColumn('expires_at', 'text')
          .addPrimaryKeyConstraint('oauth_records_key', ['kind', 'id_hash'])
          .execute()
        await index(db, 'oauth_records', ['grant_hash'])
        await index(db, 'oauth_records', ['user_code_hash'])
        await index(db, 'oauth_records', ['expires_at'])
        await db.schema
          .createTable('oauth_replays')
          .addColumn('proof_hash', 'text', (c) => c.primaryKey())
          .addColumn('expires_at', 'text', (c) => c.notNull())
          .execute()
        await db.schema
          .createTable('connections')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('integration', 'text', (c) => c.notNull())
          .addColumn('account', 'text', (c) => c.notNull())
          .addColumn('mode', 'text', (c) => c.notNull())
          .addColumn('alias', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('state_reason', 'text')
          .addColumn('kind', 'text', (c) => c.notNull())
          .addColumn('display_name', 'text', (c) => c.notNull())
          .addColumn('is_default', 'integer', (c) => c.notNull())
          .addColumn('wrapped_key', binary, (c) => c.notNull())
          .addColumn('sealed_credential', binary, (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addUniqueConstraint('connections_alias', ['workspace', 'alias'])
          .execute()
        await db.schema
          .createTable('policies')
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('version', 'integer', (c) => c.notNull())
          .addColumn('document', 'text', (c) => c.notNull())
          .addColumn('created_by', 'text', (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('policies_key', ['workspace', 'version'])
          .execute()
        await db.schema
          .createTable('confirmations')
          .addColumn('id', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('device', 'text', (c) => c.notNull())
          .addColumn('connection', 'text', (c) => c.notNull())
          .addColumn('state', 'text', (c) => c.notNull())
          .addColumn('intent', 'text', (c) => c.notNull())
          .addColumn('repeat_hash', 'text', (c) => c.notNull())
          .addColumn('progress', 'text', (c) => c.notNull())
          .addColumn('version', 'integer', (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'text', (c) => c.notNull())
          .addColumn('updated_at', 'text', (c) => c.notNull())
          .execute()
        await index(db, 'confirmations', ['workspace', 'state', 'created_at'])
        await index(db, 'confirmations', ['workspace', 'repeat_hash', 'created_at'])
        await db.schema
          .createTable('audit')
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('seq', 'integer', (c) => c.notNull())
          .addColumn('at', 'text', (c) => c.notNull())
          .addColumn('actor', 'text', (c) => c.notNull())
          .addColumn('action', 'text', (c) => c.notNull())
          .addColumn('subject', 'text', (c) => c.notNull())
          .addColumn('detail', 'text', (c) => c.notNull())
          .addColumn('previous_hash', 'text', (c) => c.notNull())
          .addColumn('hash', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('audit_key', ['workspace', 'seq'])
          .execute()
        await index(db, 'audit', ['workspace', 'subject', 'seq'])
        await db.schema
          .createTable('audit_heads')
          .addColumn('workspace', 'text', (c) => c.primaryKey())
          .addColumn('seq', 'integer', (c) => c.notNull())
          .addColumn('hash', 'text', (c) => c.notNull())
          .addColumn('mac', 'text', (c) => c.notNull())
          .execute()
      },
    },
    '0002_seen_ids': {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable('seen_ids')
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('device', 'text', (c) => c.notNull())
          .addColumn('object', 'text', (c) => c.notNull())
          .addColumn('seen_at', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('seen_ids_key', ['workspace', 'device', 'object'])
          .execute()
        await index(db, 'seen_ids', ['seen_at'])
      },
    },
    '0003_policy_usage': {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable('policy_usage')
          .addColumn('confirmation', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('at', 'text', (c) => c.notNull())
          .addColumn('device', 'text', (c) => c.notNull())
          .addColumn('connection', 'text', (c) => c.notNull())
          .addColumn('mode', 'text', (c) => c.notNull())
          .addColumn('tool', 'text', (c) => c.notNull())
          .addColumn('effect', 'text', (c) => c.notNull())
          .addColumn('customer', 'text')
          .addColumn('money', 'text', (c) => c.notNull())
          .addColumn('allowance', 'text')
          .execute()
        await index(db, 'policy_usage', ['workspace', 'at'])
      },
    },
    '0004_audit_segments': {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable('audit_segments')
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('first_seq', 'integer', (c) => c.notNull())
          .addColumn('last_seq', 'integer', (c) => c.notNull())
          .addColumn('previous_hash', 'text', (c) => c.notNull())
          .addColumn('last_hash', 'text', (c) => c.notNull())
          .addColumn('file_hash', 'text', (c) => c.notNull())
          .addColumn('sealed_at', 'text', (c) => c.notNull())
          .addColumn('mac', 'text', (c) => c.notNull())
          .addPrimaryKeyConstraint('audit_segments_key', ['workspace', 'first_seq'])
          .execute()
      },
    },
    '0005_passkeys': {
      async up(db: Kysely<unknown>) {
        await db.schema
          .createTable('passkeys')
          .addColumn('credential', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('person', 'text', (c) => c.notNull())
          .addColumn('public_key', binary, (c) => c.notNull())
          .addColumn('sign_count', 'integer', (c) => c.notNull())
          .addColumn('transports', 'text', (c) => c.notNull())
          .addColumn('label', 'text', (c) => c.notNull())
          .addColumn('created_at', 'text', (c) => c.notNull())
          .addColumn('last_used_at', 'text')
          .execute()
        await index(db, 'passkeys', ['workspace', 'person'])
        await db.schema
          .createTable('passkey_challenges')
          .addColumn('challenge', 'text', (c) => c.primaryKey())
          .addColumn('workspace', 'text', (c) => c.notNull())
          .addColumn('person', 'text', (c) => c.notNull())
          .addColumn('subject', 'text', (c) => c.notNull())
          .addColumn('nonce', 'text', (c) => c.notNull())
          .addColumn('expires_at', 'text', (c) => c.notNull())
          .addColumn('used_at', 'text')
          .execute()
        await index(db, 'passkey_challenges', ['expires_at'])
      },
    },
    '0006_tool_of_a_confirmation': {
      async up(db: Kysely<unknown>) {
        await db.schema
          .alterTable('confirmations')
          .addColumn('tool', 'text', (c) => c.notNull().defaultTo(''))
          .execute()
        const then = db as Kysely<{ confirmations: { id: string; intent: string; tool: string } }>
        for (const { id, intent } of await then
          .selectFrom('confirmations')
          .select(['id', 'intent'])
          .execute()) {
          const { tool } = JSON.parse(intent) as { tool: string }
          await then.updateTable('confirmations').set({ tool }).where('id', '=', id).execute()
        }
        await index(db, 'confirmations', ['workspace', 'created_at'])
      },
    },
  }
}

function index(db: Kysely<unknown>, table: string, columns: string[]): Promise<void> {
  return db.schema
    .createIndex(`${table}_by_${columns.join('_')}`)
    .on(table)
    .columns(columns)
    .execute()
}
