import type { AuditVerdict } from '../../audit/audit.ts'
import type { Checkpoint } from '../../audit/checkpoint.ts'
import type { ExportOptions } from '../../audit/export.ts'
import type { Seal, SealedSegment } from '../../audit/seal.ts'
import type { VerifyOptions } from '../../audit/verify.ts'
import type { ExportVerdict } from '../../audit/verify-export.ts'
import type { Changed } from '../../calls/policy/change-policy.ts'
import type { DryRun } from '../../calls/policy/dry-run-policy.ts'
import type { ChosenPolicy } from '../../calls/policy/set-policy.ts'
import type { Connection } from '../../connections/connection.ts'
import type { StoredPolicy } from '../../policy/policies.ts'

/** What the CLI is given by main: the process it runs in, and the two ways into a hub that only main can wire. */
export interface CliDeps {
  version: string
  env: Record<string, string | undefined>
  stdin: NodeJS.ReadStream
  stdout: NodeJS.WriteStream
  stderr: NodeJS.WriteStream
  /** Starts the hub in this process. Rejects with a `StartError` whose message is the one line to print. */
  startHub(options: { home: string; port: number; host: string }): Promise<RunningHub>
  /** Opens the home's database directly, for the operator of this machine; works beside a running hub. */
  openLocal(options: { home: string }): Promise<LocalHub>
  /** Proves an export of the audit log by the home's key alone: there need be no database. */
  verifyExport(
    options: { home: string },
    source: AsyncIterable<Uint8Array | string>,
    how: VerifyOptions,
  ): Promise<ExportVerdict>
}

export interface RunningHub {
  url: string
  /** Only while the hub has no owner. */
  setupLink: string | undefined
  home: string
  sandboxUrl: string | undefined
  closed: Promise<void>
  stop(): Promise<void>
}

export interface LocalHub {
  listConnections(): Promise<Connection[]>
  /** Checks the key against the account and seals it; throws a `Problem`. */
  addConnection(input: { alias: string; key: string; makeDefault: boolean }): Promise<Connection>
  removeConnection(alias: string): Promise<void>
  /** Lets a connection be used again that a fault has frozen. */
  unfreezeConnection(alias: string): Promise<void>
  verifyAudit(options?: VerifyOptions): Promise<AuditVerdict>
  exportAudit(options: ExportOptions): AsyncGenerator<string>
  sealAudit(input: Seal): Promise<SealedSegment[]>
  /** Of the log as it stands, and whether it could be written beside the database; `undefined` while it is empty. */
  checkpointAudit(): Promise<{ checkpoint: Checkpoint; isKept: boolean } | undefined>
  showPolicy(): Promise<StoredPolicy>
  setPolicy(input: ChosenPolicy & { replaces: number }): Promise<Changed>
  dryRunPolicy(input: ChosenPolicy & { days: number }): Promise<DryRun>
  /** `undefined` when there is an owner. */
  newSetupLink(): Promise<string | undefined>
  diagnose(): Promise<Diagnosis[]>
  close(): Promise<void>
}

export interface Diagnosis {
  check: string
  ok: boolean
  detail: string
  fix?: string
}

/** A start-up failure that we know: its message is one line that says what to do. */
export class StartError extends Error {
  override name = 'StartError'
}
