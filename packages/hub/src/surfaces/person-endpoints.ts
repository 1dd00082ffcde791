import { z } from 'zod'
import type { ConnectionId, DeviceId } from '../contract/ids.ts'
import { denyConfirmation } from '../confirmations/decide-confirmation.ts'
import { resolveConfirmation } from '../confirmations/resolve-confirmation.ts'
import { loadConfirmation, listConfirmations } from '../confirmations/store.ts'
import { STATES } from '../confirmations/reducer.ts'
import { viewConfirmation } from '../confirmations/view.ts'
import { unfreezeConnection } from '../connections/unfreeze-connection.ts'
import { approve } from './approve.ts'
import { personEndpoint, type PersonEndpoint } from './endpoint.ts'
import { policyEndpoints } from './policy-endpoints.ts'

const id = z.string().min(1).max(120)

/** What signed-in people can do. A device has no way in: these ask for a session, which it cannot hold. */
export const personEndpoints: PersonEndpoint[] = [
  ...policyEndpoints,
  personEndpoint({
    name: 'list_approvals',
    method: 'GET',
    path: '/approvals',
    summary: 'Confirmations, newest first; by default those that wait for a person.',
    input: z.strictObject({
      state: z.enum(STATES).default('pending'),
      limit: z.int().min(1).max(100).default(50),
    }),
    async run(hub, person, input) {
      const found = await listConfirmations(hub.context, person.workspace, {
        states: [input.state],
        limit: input.limit,
      })
      return { confirmations: found.map((one) => viewConfirmation(one, hub.publicUrl, hub.context.now())) }
    },
  }),
  personEndpoint({
    name: 'show_approval',
    method: 'GET',
    path: '/approvals/{confirmation}',
    summary: 'One confirmation as a person judges it, with the exact request.',
    input: z.strictObject({ confirmation: id }),
    async run(hub, person, input) {
      const found = await loadConfirmation(hub.context.storage.db, person.workspace, input.confirmation)
      return { ...viewConfirmation(found, hub.publicUrl, hub.context.now()), request: found.intent.request }
    },
  }),
  personEndpoint({
    name: 'approve',
    method: 'POST',
    path: '/approvals/{confirmation}/approve',
    summary: 'Says yes to exactly the intent of this hash. Live money asks for the password again.',
    input: z.strictObject({
      confirmation: id,
      intent_hash: z.string().length(64),
      password: z.string().max(1_000).optional(),
    }),
    async run(hub, person, input) {
      return viewConfirmation(await approve(hub, person, input), hub.publicUrl, hub.context.now())
    },
  }),
  personEndpoint({
    name: 'deny',
    method: 'POST',
    path: '/approvals/{confirmation}/deny',
    summary: 'Says no, with a reason for the agent.',
    input: z.strictObject({ confirmation: id, reason: z.string().max(300).optional() }),
    async run(hub, person, input) {
      const denied = await denyConfirmation(hub.context, person, {
        id: input.confirmation,
        reason: input.reason ?? null,
      })
      return viewConfirmation(denied, hub.publicUrl, hub.context.now())
    },
  }),
  personEndpoint({
    name: 'resolve',
    method: 'POST',
    path: '/approvals/{confirmation}/resolve',
    summary:
      'Says how a write ended that nobody could prove, after looking in Stripe. Nothing is sent again.',
    input: z.strictObject({ confirmation: id, happened: z.boolean(), reason: z.string().min(1).max(300) }),
    async run(hub, person, { confirmation, happened, reason }) {
      const resolved = await resolveConfirmation(hub.context, person, { id: confirmation, happened, reason })
      return viewConfirmation(resolved, hub.publicUrl, hub.context.now())
    },
  }),
  personEndpoint({
    name: 'list_devices',
    method: 'GET',
    path: '/devices',
    summary: 'Paired devices.',
    input: z.strictObject({}),
    run: async (hub, person) => ({ devices: await hub.access.listDevices(person.workspace) }),
  }),
  personEndpoint({
    name: 'revoke_device',
    method: 'POST',
    path: '/devices/{device}/revoke',
    summary: 'Ends a pairing at once.',
    input: z.strictObject({ device: id }),
    async run(hub, person, input) {
      await hub.access.revokeDevice(person, input.device as DeviceId)
      return { revoked: input.device }
    },
  }),
  personEndpoint({
    name: 'list_connections',
    method: 'GET',
    path: '/connections',
    summary: 'Connections of the workspace.',
    input: z.strictObject({}),
    run: async (hub, person) => ({ connections: await hub.calls.connections.list(person.workspace) }),
  }),
  personEndpoint({
    name: 'unfreeze_connection',
    method: 'POST',
    path: '/connections/{connection}/unfreeze',
    summary: 'Lets a connection be used again that a fault has frozen; for an owner who has looked at it.',
    input: z.strictObject({ connection: id }),
    async run(hub, person, input) {
      await unfreezeConnection(hub.context, person, input.connection as ConnectionId)
      return { unfrozen: input.connection }
    },
  }),
  personEndpoint({
    name: 'list_audit',
    method: 'GET',
    path: '/audit',
    summary: 'The latest rows of the audit log, or those about one subject; oldest first.',
    input: z.strictObject({ subject: id.optional(), limit: z.int().min(1).max(500).default(100) }),
    run: async (hub, person, input) => ({
      rows: await hub.context.audit.list(person.workspace, {
        limit: input.limit,
        ...(input.subject === undefined ? {} : { subject: input.subject }),
      }),
    }),
  }),
  personEndpoint({
    name: 'verify_audit',
    method: 'GET',
    path: '/audit/verify',
    summary: 'Walks the whole chain of the audit log.',
    input: z.strictObject({}),
    run: (hub, person) => hub.context.audit.verify(person.workspace),
  }),
]
