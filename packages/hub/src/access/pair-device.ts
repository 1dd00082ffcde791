import type { DeviceScope, PersonActor } from '../contract/actor.ts'
import { isoTime, type DeviceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Tx } from '../storage/storage.ts'
import { ATTEST_SCOPE, resourceFor, SCOPES } from './oauth/names.ts'
import { DEVICE_TTL_SECONDS } from './oauth/provider.ts'
import type { PairingContext } from './pairings.ts'

export interface NewDevice {
  clientId: string
  label: string
  /** Where the pairing was asked from. */
  address: string
  scope: DeviceScope
}

export interface PairedDevice {
  deviceId: DeviceId
  grantId: string
  /** For which its tokens are, and what they may do there. */
  resource: string
  oauthScope: string
}

/** What a person's yes makes, however the device asked: its grant, its row and the audit's, all in one transaction. */
export async function pairDevice(
  context: PairingContext,
  tx: Tx,
  person: PersonActor,
  { clientId, label, address, scope }: NewDevice,
): Promise<PairedDevice> {
  const { provider, records, now, publicUrl } = context
  const deviceId = context.newId('device') as DeviceId
  const resource = resourceFor(publicUrl, clientId)
  const oauthScope = [
    scope.readOnly ? SCOPES.readOnly : SCOPES.full,
    ...(scope.chatApprovals ? [ATTEST_SCOPE] : []),
  ].join(' ')
  const grant = new provider.Grant({ accountId: deviceId, clientId })
  grant.addResourceScope(resource, oauthScope)
  // The provider would ask again for what was asked for and neither given nor refused.
  if (scope.readOnly) grant.rejectResourceScope(resource, 'write')
  const grantId = await grant.save()
  const expiresAt = isoTime(now() + DEVICE_TTL_SECONDS * 1000)
  await records.keepClient(tx, clientId, expiresAt)
  await tx
    .insertInto('devices')
    .values({
      id: deviceId,
      workspace: person.workspace,
      label,
      address,
      grant_id: records.hashId(grantId),
      client_id: clientId,
      scope: JSON.stringify(scope),
      approved_by: person.personId,
      created_at: isoTime(now()),
      expires_at: expiresAt,
      revoked_at: null,
      last_seen_at: null,
    })
    .execute()
  await context.audit.append(tx, {
    actor: person,
    action: 'device.paired',
    subject: deviceId,
    detail: { label, address, scope },
  })
  return { deviceId, grantId, resource, oauthScope }
}

/** The same for a no, which makes nothing but the row. */
export async function auditDenial(
  context: PairingContext,
  tx: Tx,
  person: PersonActor,
  { label, address }: { label: string; address: string },
): Promise<void> {
  await context.audit.append(tx, {
    actor: person,
    action: 'device.pairing_denied',
    subject: person.personId,
    detail: { label, address },
  })
}

export function mayDecide(person: PersonActor): void {
  if (person.role === 'owner' || person.role === 'approver') return
  throw new Problem('forbidden', 'Only an owner or an approver can decide about a device.', {
    nextStep: 'Ask the owner of this hub.',
  })
}
