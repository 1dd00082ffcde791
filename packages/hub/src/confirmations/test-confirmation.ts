import type { Context } from '../audit/context.ts'
import { createAudit } from '../audit/audit.ts'
import type { Actor, PersonActor } from '../contract/actor.ts'
import type { Assurance } from '../contract/effects.ts'
import type { ConfirmationId, ConnectionId, DeviceId, PersonId, WorkspaceId } from '../contract/ids.ts'
import { isoTime, randomId } from '../contract/ids.ts'
import type { Storage } from '../storage/storage.ts'
import { hashRequest, type Intent } from './confirmation.ts'
import { firstProgress } from './reducer.ts'
import { insertConfirmation } from './store.ts'

/** What the tests of confirmations work with. For tests alone. */
export const AUDIT_KEY = Buffer.alloc(32, 7)
export const START = Date.UTC(2026, 10, 1)
export const WORKSPACE = 'ws_default' as WorkspaceId
export const OTHER_WORKSPACE = 'ws_other' as WorkspaceId

export const DEVICE: Actor = {
  type: 'device',
  workspace: WORKSPACE,
  deviceId: 'device_1' as DeviceId,
  label: 'Studio Mac',
  scope: { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false },
}

export const SYSTEM: Actor = { type: 'system', workspace: WORKSPACE, part: 'hub' }

export function person(role: PersonActor['role'], workspace = WORKSPACE): PersonActor {
  return { type: 'person', workspace, personId: `person_${role}` as PersonId, name: role, role }
}

export function contextOf(storage: Storage, now: () => number): Context {
  return { storage, audit: createAudit(storage.db, AUDIT_KEY, now), now, newId: randomId }
}

export function intentOf(changes: Partial<Intent> = {}): Intent {
  const request = { method: 'POST', path: '/v1/refunds', body: 'charge=ch_1&amount=1000' } as const
  return {
    id: randomId('conf') as ConfirmationId,
    workspace: WORKSPACE,
    device: 'device_1' as DeviceId,
    deviceLabel: 'Studio Mac',
    connection: 'conn_1' as ConnectionId,
    connectionAlias: 'main',
    account: 'acct_1',
    accountName: 'Jane’s Shop',
    mode: 'live',
    integration: 'stripe',
    tool: 'stripe_create_refund',
    catalogHash: 'catalog',
    apiVersion: '2026-10-28.endive',
    params: { charge: 'ch_1', amount: 1000 },
    paramsHash: 'params',
    request,
    requestHash: hashRequest(request),
    facts: { refunded: 0 },
    description: {
      summary: 'Refund $10.00 of $50.00 on ch_1',
      changes: [],
      warnings: [],
      irreversible: 'A refund cannot be taken back.',
      alsoSends: [],
      uninterpreted: [],
    },
    effect: 'money',
    needed: 'dashboard',
    raisedBy: [],
    policyVersion: 1,
    agentNote: null,
    createdAt: isoTime(START),
    idempotencyKey: 'idem_1',
    ...changes,
  }
}

/** Stores a pending confirmation. */
export async function insertPending(
  context: Context,
  changes: Partial<Intent> & { needed?: Assurance } = {},
): Promise<Intent> {
  const intent = intentOf({ createdAt: isoTime(context.now()), ...changes })
  const progress = firstProgress(intent.needed, context.now())
  await context.storage.transaction((tx) =>
    insertConfirmation(context, tx, { ...DEVICE, workspace: intent.workspace }, intent, progress),
  )
  return intent
}
