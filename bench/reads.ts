import { Pool } from 'undici'
import { becomeOwner } from '../packages/hub/demo/person.ts'
import { createDeviceClient, finishPairing, startPairing } from '@clawlink/client'
import type { Figures } from './run.ts'
import { startHubProcess } from './hub-process.ts'
import { AT_ONCE, perSecond } from './per-second.ts'

/** The sandbox alone is the yardstick: what stands over it is the price of the gate and the audit log. */
export async function reads(): Promise<Figures> {
  const hub = await startHubProcess()
  const owner = await becomeOwner(hub.url, hub.setupLink)
  const credentialsFile = `${hub.home}/device.json`
  const pending = await startPairing({ hub: hub.url, label: 'Benchmark' })
  await owner.post('/pair', { code: pending.userCode, decision: 'approve' }, '/devices')
  await finishPairing(pending, { credentialsFile })
  const device = createDeviceClient({ credentialsFile })
  const callTool = async (): Promise<void> => {
    const answer = await device.request('POST', '/api/v1/call', {
      tool: 'stripe_list_customers',
      params: { limit: 1 },
    })
    if (answer.status !== 200) throw new Error(`the hub answered ${answer.status}: ${await answer.text()}`)
    await answer.arrayBuffer()
  }

  const sandbox = new Pool(hub.sandboxUrl, { connections: AT_ONCE })
  const headers = {
    authorization: 'Bearer sk_test_benchmark',
    'content-type': 'application/x-www-form-urlencoded',
  }
  await (
    await sandbox.request({ method: 'POST', path: '/v1/customers', headers, body: 'name=Bench' })
  ).body.dump()
  const readSandbox = async (): Promise<void> => {
    const { statusCode, body } = await sandbox.request({
      method: 'GET',
      path: '/v1/customers?limit=1',
      headers,
    })
    if (statusCode !== 200) throw new Error(`the sandbox answered ${statusCode}`)
    await body.dump()
  }
  const listTools = async (): Promise<void> => {
    const answer = await device.request('GET', '/api/v1/tools')
    if (answer.status !== 200) throw new Error(`the hub answered ${answer.status}`)
    await answer.arrayBuffer()
  }

  const perSecondSandbox = await perSecond(readSandbox)
  const perSecondTools = await perSecond(listTools)
  const perSecondHub = await perSecond(callTool)
  const megabytes = hub.residentMegabytes()
  await sandbox.close()
  await hub.stop()
  return {
    sandbox_reads_per_second: perSecondSandbox,
    hub_tool_lists_per_second: perSecondTools,
    hub_reads_per_second: perSecondHub,
    sandbox_over_hub: Number((perSecondSandbox / perSecondHub).toFixed(2)),
    resident_mb_loaded: megabytes,
  }
}
