import { z } from 'zod'
import type { ConnectionId, DeviceId } from '../contract/ids.ts'
import { unfreezeConnection } from '../connections/unfreeze-connection.ts'
import { approvalEndpoints } from './approval-endpoints.ts'
import { auditEndpoints } from './audit-endpoints.ts'
import { personEndpoint, type PersonEndpoint } from './endpoint.ts'
import { passkeyEndpoints } from './passkey-endpoints.ts'
import { policyEndpoints } from './policy-endpoints.ts'

const id = z.string().min(1).max(120)

/** What signed-in people can do. A device has no way in: these ask for a session, which it cannot hold. */
export const personEndpoints: PersonEndpoint[] = [
  ...policyEndpoints,
  ...auditEndpoints,
  ...approvalEndpoints,
  ...passkeyEndpoints,
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
]
