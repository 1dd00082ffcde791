import type { Context } from 'hono'
import type { Access } from '../../access/access.ts'
import type { DeviceActor } from '../../contract/actor.ts'
import { Problem } from '../../contract/problem.ts'

/** Requests of one device that may run at once; a hub has one database to write to. */
const MAX_CONCURRENT_PER_DEVICE = 32

/** What devices ask for, by whichever route: who it is, and how much of it at once. */
export interface DeviceCalls {
  deviceOf(c: Context): Promise<DeviceActor>
  /** Throws `rate_limited` where too much of this device's is running already. */
  run<T>(device: DeviceActor, work: () => Promise<T>): Promise<T>
}

export function createDeviceCalls(access: Access, addressOf: (c: Context) => string): DeviceCalls {
  const running = new Map<string, number>()
  return {
    deviceOf(c) {
      const url = new URL(c.req.url)
      return access.deviceOf({
        method: c.req.method,
        url: url.pathname + url.search,
        authorization: c.req.header('authorization'),
        dpop: c.req.header('dpop'),
        address: addressOf(c),
      })
    },
    async run({ deviceId }, work) {
      const count = running.get(deviceId) ?? 0
      if (count >= MAX_CONCURRENT_PER_DEVICE) {
        throw new Problem(
          'rate_limited',
          `A device may have ${MAX_CONCURRENT_PER_DEVICE} requests running at once.`,
          { nextStep: 'Wait for answers before sending more.' },
        )
      }
      running.set(deviceId, count + 1)
      try {
        return await work()
      } finally {
        const left = (running.get(deviceId) ?? 1) - 1
        if (left > 0) running.set(deviceId, left)
        else running.delete(deviceId)
      }
    },
  }
}
