import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Stripe } from 'stripe'
import { becomeOwner, type Person } from '../../packages/hub/demo/person.ts'
import {
  CLAWLINK,
  freePort,
  SANDBOX,
  startProcess,
  type Running,
} from '../../packages/hub/test/support/processes.ts'
import { createWire } from '../../packages/hub/test/support/wire.ts'
import { pairDevice, sdkFor, type TestDevice } from '../../packages/hub/test/support/test-hub.ts'
import { addAll } from '../simulation/first-failure.ts'

/** A hub and a sandbox, each a process of its own, an owner and a paired device. */
export interface HubOnSandbox {
  home: string
  database: string
  sandboxUrl: string
  stripe: Stripe
  owner: Person
  device: TestDevice
  pid(): number
  /** `kill -9`. */
  kill(): Promise<void>
  start(): Promise<void>
  /** Orders a fault of the network for the next requests that it fits. */
  orderFault(fault: string, match: { method: string; path: string }): Promise<void>
  /** Calls off what was ordered; answers which faults came. */
  clearFaults(): Promise<Record<string, number>>
  stop(): Promise<void>
}

/** `home`: on another file system, say. */
export async function startHubOnSandbox(folder: string, home = join(folder, 'home')): Promise<HubOnSandbox> {
  mkdirSync(folder, { recursive: true })
  const port = await freePort()
  const sandbox = await startProcess(SANDBOX, [
    '--port',
    '0',
    '--data',
    join(folder, 'sandbox'),
    '--faults',
    '--json',
  ])
  const sandboxUrl = String(sandbox.line['url'])
  const startHub = (stripe = sandboxUrl): Promise<Running> =>
    startProcess(CLAWLINK, ['serve', '--home', home, '--port', String(port), '--json'], {
      CLAWLINK_SANDBOX_URL: stripe,
    })
  // The hub makes the key of its sandbox account itself: it is seen on the wire, once.
  const wire = await createWire(sandboxUrl)
  let hub = await startHub(wire.url)
  const [key = ''] = wire.sent.map((sent) => sent.key)
  const url = String(hub.line['url'])
  const owner = await becomeOwner(url, String(hub.line['setup_link']))
  const device = await pairDevice(url, folder, owner, 'Torture agent')
  await hub.kill()
  await wire.close()
  hub = await startHub()
  const admin = async (method: string, body?: unknown): Promise<unknown> => {
    const response = await fetch(`${sandboxUrl}/_sandbox/faults`, {
      method,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
    if (!response.ok) throw new Error(`the sandbox refused: ${response.status} ${await response.text()}`)
    return response.json()
  }
  let ordered: string[] = []
  return {
    home,
    database: join(home, 'data', 'hub.db'),
    sandboxUrl,
    stripe: sdkFor(sandboxUrl, key),
    owner,
    device,
    pid: () => hub.pid,
    kill: () => hub.kill(),
    async start() {
      hub = await startHub()
    },
    async orderFault(fault, match) {
      ordered.push(fault)
      await admin('POST', { fault, ...match, times: 1 })
    },
    async clearFaults() {
      const { data } = (await admin('GET')) as { data: Array<{ fault: string }> }
      await admin('DELETE')
      const came: Record<string, number> = {}
      const left = data.map(({ fault }) => fault)
      for (const fault of ordered) {
        const unused = left.indexOf(fault)
        if (unused === -1) addAll(came, { [(fault.split(/[=;]/)[0] ?? fault).replaceAll('-', '_')]: 1 })
        else left.splice(unused, 1)
      }
      ordered = []
      return came
    },
    async stop() {
      await hub.kill()
      await sandbox.stop()
    },
  }
}
