import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DeviceScope } from '../contract/actor.ts'
import { createDeviceClient, finishPairing, startPairing } from '../surfaces/cli/device-client.ts'
import { startTestAccess, type TestAccess } from './test-access.ts'

const ALL: DeviceScope = { connections: ['*'], tools: ['*'], readOnly: false }
let hub: TestAccess
beforeEach(async () => {
  hub = await startTestAccess()
})
afterEach(() => hub.close())

test('a device is paired by its code and then recognised by its key', async () => {
  const owner = await hub.owner()
  const pending = await startPairing({ hub: hub.hub, label: 'Studio Mac' })
  console.log(pending, await hub.access.findPairing(pending.userCode, '127.0.0.1'))
  const { deviceId } = await hub.access.approvePairing(owner, pending.userCode, ALL)
  const credentialsFile = join(hub.folder, 'device.json')
  expect(await finishPairing(pending, { credentialsFile })).toBe('paired')
  const client = createDeviceClient({ credentialsFile })
  const response = await client.request('GET', '/api/v1/x?y=1')
  expect(await response.json()).toMatchObject({ deviceId, label: 'Studio Mac' })
  console.log(hub.logged, await (await fetch(hub.hub + '/.well-known/oauth-authorization-server')).json())
})
