import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { callTool, ERAS, startBridge } from '../support/mcp.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub

beforeAll(async () => {
  hub = await startTestHub()
})
afterAll(() => hub.stop())

describe.each(ERAS)('$era', (era) => {
  test('a bridge that is not paired starts, says so, and pairs in the steps of a conversation', async () => {
    const home = mkdtempSync(join(tmpdir(), 'clawlink-bridge-'))
    const client = await startBridge({ home, hub: hub.url }, { era })
    expect(client.getNegotiatedProtocolVersion()).toBe(era.era)
    expect(await callTool(client, 'clawlink_get_pairing_status')).toMatchObject({ status: 'not_paired' })
    const refused = await callTool(client, 'clawlink_list_integrations')
    expect(refused).toMatchObject({ isError: true, error: { code: 'not_paired' } })

    const begun = await callTool(client, 'clawlink_begin_pairing', { deviceLabel: 'My editor' })
    expect(await callTool(client, 'clawlink_get_pairing_status')).toMatchObject({ status: 'pending' })
    expect(await callTool(client, 'clawlink_begin_pairing')).toMatchObject({ user_code: begun.user_code })
    await hub.owner.post('/pair', { code: begun.user_code, decision: 'approve' }, '/devices')
    await expect
      .poll(async () => (await callTool(client, 'clawlink_get_pairing_status')).status, {
        timeout: 20_000,
        interval: 500,
      })
      .toBe('paired')
    expect(await callTool(client, 'clawlink_list_integrations')).toMatchObject({
      integrations: [{ integration: 'stripe' }],
    })
    await client.close()
  })
})
