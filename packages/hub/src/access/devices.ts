import type { Actor, DeviceScope } from '../contract/actor.ts'
import { isoTime, type DeviceId, type PersonId, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Tx } from '../storage/storage.ts'
import type { PairingContext } from './pairings.ts'

export interface DeviceRow {
  id: DeviceId
  label: string
  /** Where the pairing was asked from. */
  address: string
  scope: DeviceScope
  state: 'active' | 'expired' | 'revoked'
  approvedBy: PersonId
  /** The name of that person now, if they are still here. */
  approvedByName: string | undefined
  createdAt: string
  expiresAt: string | undefined
  revokedAt: string | undefined
  lastSeenAt: string | undefined
}

/** Newest first; revoked ones stay in the list, since confirmations and audit rows name them. */
export async function listDevices(context: PairingContext, workspace: WorkspaceId): Promise<DeviceRow[]> {
  const now = isoTime(context.now())
  const rows = await context.storage.db
    .selectFrom('devices')
    .leftJoin('people', 'people.id', 'devices.approved_by')
    .selectAll('devices')
    .select('people.name as approved_by_name')
    .where('devices.workspace', '=', workspace)
    .orderBy('devices.created_at', 'desc')
    .orderBy('devices.id')
    .execute()
  return rows.map((row) => ({
    id: row.id as DeviceId,
    label: row.label,
    address: row.address,
    scope: parseScope(row.scope),
    state: row.revoked_at !== null ? 'revoked' : (row.expires_at ?? now) < now ? 'expired' : 'active',
    approvedBy: row.approved_by as PersonId,
    approvedByName: row.approved_by_name ?? undefined,
    createdAt: row.created_at,
    expiresAt: row.expires_at ?? undefined,
    revokedAt: row.revoked_at ?? undefined,
    lastSeenAt: row.last_seen_at ?? undefined,
  }))
}

/** Ends a device: its grant and every token are gone when the promise resolves. Again is not an error. */
export async function revokeDevice(context: PairingContext, actor: Actor, deviceId: DeviceId): Promise<void> {
  if (actor.type === 'device' || (actor.type === 'person' && actor.role === 'viewer')) {
    throw new Problem('forbidden', 'Only an owner or an approver can revoke a device.')
  }
  await context.storage.transaction(async (tx) => {
    const device = await tx
      .selectFrom('devices')
      .select('grant_id')
      .where('workspace', '=', actor.workspace)
      .where('id', '=', deviceId)
      .executeTakeFirst()
    if (device === undefined) {
      throw new Problem('device_not_found', 'This hub has no such device.', {
        nextStep: 'Look at the list of devices.',
      })
    }
    await endDevice(context, tx, device.grant_id, { actor })
  })
}

/** The provider gave the grant up: a used token came back (a copy is about), or the device unpaired itself. */
export async function revokeByGrant(
  context: PairingContext,
  grantHash: string,
  reason: string,
): Promise<void> {
  await context.storage.transaction((tx) => endDevice(context, tx, grantHash, { reason }))
}

async function endDevice(
  context: PairingContext,
  tx: Tx,
  grantHash: string,
  by: { actor: Actor } | { reason: string },
): Promise<void> {
  await context.records.destroyGrant(tx, grantHash)
  const ended = await tx
    .updateTable('devices')
    .set({ revoked_at: isoTime(context.now()) })
    .where('grant_id', '=', grantHash)
    .where('revoked_at', 'is', null)
    .returning(['id', 'workspace', 'label'])
    .executeTakeFirst()
  if (ended === undefined) return
  const workspace = ended.workspace as WorkspaceId
  const actor: Actor = 'actor' in by ? by.actor : { type: 'system', workspace, part: 'hub' }
  await context.audit.append(tx, {
    actor,
    action: 'device.revoked',
    subject: ended.id,
    detail: { label: ended.label, ...('reason' in by ? { reason: by.reason } : {}) },
  })
  await context.whenDeviceEnds(tx, actor, ended.id as DeviceId)
}

/** Whether this device may have tokens. */
export async function isDeviceActive(context: PairingContext, deviceId: string): Promise<boolean> {
  const row = await context.storage.db
    .selectFrom('devices')
    .select('id')
    .where('id', '=', deviceId)
    .where('revoked_at', 'is', null)
    .where((where) =>
      where.or([where('expires_at', 'is', null), where('expires_at', '>', isoTime(context.now()))]),
    )
    .executeTakeFirst()
  return row !== undefined
}

/** A scope as it is stored. What an older hub stored says nothing of a right that it did not know. */
export function parseScope(stored: string): DeviceScope {
  const scope = JSON.parse(stored) as Omit<DeviceScope, 'chatApprovals'> & Partial<DeviceScope>
  return { ...scope, chatApprovals: scope.chatApprovals ?? false }
}
