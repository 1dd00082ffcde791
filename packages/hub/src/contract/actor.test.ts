import { expect, test } from 'vitest'
import { actorName } from './actor.ts'
import type { DeviceId, PersonId, WorkspaceId } from './ids.ts'

test('the audit log names an actor by kind and id, and by nothing that can be chosen', () => {
  const workspace = 'ws_1' as WorkspaceId
  const scope = { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false }
  const label = 'person:owner'
  expect(actorName({ type: 'device', workspace, deviceId: 'device_1' as DeviceId, label, scope })).toBe(
    'device:device_1',
  )
  expect(
    actorName({ type: 'person', workspace, personId: 'person_1' as PersonId, name: 'x', role: 'viewer' }),
  ).toBe('person:person_1')
  expect(actorName({ type: 'system', workspace, part: 'terminal' })).toBe('system:terminal')
})
