/**
 * The stored schema. Moments are ISO 8601 text in UTC, structured values are JSON text, sealed values are
 * bytes; nothing else, so that the same statements run on SQLite and PostgreSQL.
 */
export interface Database {
  hub_facts: HubFactsTable
  workspaces: WorkspacesTable
  people: PeopleTable
  sessions: SessionsTable
  setup_links: SetupLinksTable
  passkeys: PasskeysTable
  passkey_challenges: PasskeyChallengesTable
  devices: DevicesTable
  oauth_records: OAuthRecordsTable
  oauth_replays: OAuthReplaysTable
  connections: ConnectionsTable
  policies: PoliciesTable
  policy_usage: PolicyUsageTable
  confirmations: ConfirmationsTable
  seen_ids: SeenIdsTable
  audit: AuditTable
  audit_heads: AuditHeadsTable
  audit_segments: AuditSegmentsTable
}

export interface HubFactsTable {
  name: string
  value: string
}

export interface WorkspacesTable {
  id: string
  name: string
  created_at: string
}

export interface PeopleTable {
  id: string
  workspace: string
  name: string
  email: string
  role: string
  /** `argon2id$…`; null when the person has no password. */
  password_hash: string | null
  created_at: string
}

export interface SessionsTable {
  /** SHA-256 of the cookie's token. */
  id_hash: string
  workspace: string
  person: string
  created_at: string
  expires_at: string
}

export interface SetupLinksTable {
  /** SHA-256 of the link's token. */
  token_hash: string
  workspace: string
  role: string
  created_at: string
  expires_at: string
  used_at: string | null
}

export interface PasskeysTable {
  /** The authenticator's id of the credential, base64url. */
  credential: string
  workspace: string
  person: string
  /** COSE. */
  public_key: Uint8Array
  /** Grows with each use where the authenticator counts; 0 where it does not. */
  sign_count: number
  /** JSON: how browsers reach the authenticator, as they said. */
  transports: string
  label: string
  created_at: string
  last_used_at: string | null
}

/** What an authenticator was asked to sign: for one person, one subject, one time. */
export interface PasskeyChallengesTable {
  /** SHA-256 of (what is agreed to, nonce), base64url. */
  challenge: string
  workspace: string
  person: string
  /** A confirmation's id, or `passkeys` where one is added. */
  subject: string
  nonce: string
  expires_at: string
  used_at: string | null
}

export interface DevicesTable {
  id: string
  workspace: string
  label: string
  address: string
  /** The OAuth grant behind every token of this device. */
  grant_id: string
  client_id: string
  scope: string
  approved_by: string
  created_at: string
  expires_at: string | null
  revoked_at: string | null
  last_seen_at: string | null
}

export interface OAuthRecordsTable {
  kind: string
  /** HMAC-SHA-256 of the record's id: a copy of the database holds no usable token. */
  id_hash: string
  grant_hash: string | null
  user_code_hash: string | null
  uid_hash: string | null
  sealed: Uint8Array
  consumed_at: string | null
  expires_at: string | null
}

export interface OAuthReplaysTable {
  proof_hash: string
  expires_at: string
}

export interface ConnectionsTable {
  id: string
  workspace: string
  integration: string
  /** Stripe's `acct_…`. */
  account: string
  mode: string
  alias: string
  /** `active`, `frozen` (an integrity fault, or the provider refused the key) or `removed`. */
  state: string
  state_reason: string | null
  /** What kind of credential: `sandbox`, `restricted_key` or `secret_key`. */
  kind: string
  display_name: string
  /** 1 for the one a call without `connection` uses; a new connection never becomes it by itself. */
  is_default: number
  wrapped_key: Uint8Array
  sealed_credential: Uint8Array
  created_at: string
}

export interface PoliciesTable {
  workspace: string
  version: number
  document: string
  created_by: string
  created_at: string
}

/** Writes that were let out lately: what caps, velocities and allowances count. */
export interface PolicyUsageTable {
  confirmation: string
  workspace: string
  /** When it was taken to be sent. */
  at: string
  device: string
  connection: string
  mode: string
  tool: string
  effect: string
  customer: string | null
  /** JSON: `[{ amount, currency }]`, or `"unknown"`. */
  money: string
  /** The allowance that lowered what was needed, if one did. */
  allowance: string | null
}

export interface ConfirmationsTable {
  id: string
  workspace: string
  device: string
  connection: string
  state: string
  /** The intent: written once at preview, never changed. */
  intent: string
  tool: string
  /** Hash of (account, tool, request): the same write asked for again has the same one. */
  repeat_hash: string
  /** The reducer's whole state as JSON; `state` repeats what queries need. */
  progress: string
  /** Grows with every change: the compare of compare-and-set. */
  version: number
  created_at: string
  expires_at: string
  updated_at: string
}

/** Ids of the provider's objects that a device was answered with; for the warning about one that it never was. */
export interface SeenIdsTable {
  workspace: string
  device: string
  object: string
  seen_at: string
}

export interface AuditTable {
  workspace: string
  seq: number
  at: string
  actor: string
  action: string
  /** What it is about: an id of ours, or a tool's name. */
  subject: string
  detail: string
  previous_hash: string
  hash: string
}

export interface AuditHeadsTable {
  workspace: string
  seq: number
  hash: string
  /** Of (seq, hash), so that rows cut off the end are noticed. */
  mac: string
}

/** Rows that left the database for a file, which is named by their range; the chain goes on from `last_hash`. */
export interface AuditSegmentsTable {
  workspace: string
  first_seq: number
  last_seq: number
  previous_hash: string
  last_hash: string
  /** SHA-256 of the compressed file. */
  file_hash: string
  sealed_at: string
  /** Of all the above, under the key of the chain. */
  mac: string
}
