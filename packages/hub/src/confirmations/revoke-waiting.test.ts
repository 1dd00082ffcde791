import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEVICE, openTestCalls, type TestCalls } from '../calls/test-calls.ts'
import { runCall } from '../calls/run-call.ts'
import type { ConnectionId, DeviceId } from '../contract/ids.ts'
import { CONFIRMATION_TTL_SECONDS } from './reducer.ts'
import { revokeWaiting } from './revoke-waiting.ts'

const CUSTOMER = 'stripe_create_customer'

let one: TestCalls
beforeEach(async () => {
  one = await openTestCalls()
})
afterEach(() => one.close())

const revoke = (of: Parameters<typeof revokeWaiting>[4]) =>
  one.home.storage.transaction((tx) => revokeWaiting(one.calls.context, tx, DEVICE, 'device_revoked', of))
const stateOf = async (id: string) => (await one.load(id)).progress.state

test('a fault that freezes a connection makes void what waits for it, in the same moment', async () => {
  // The home of the test runs on the machine's clock.
  one.now = Date.now()
  const faulty = await one.approved(CUSTOMER, { name: 'Faulty' })
  const waiting = await one.approved(CUSTOMER, { name: 'Waiting' })
  one.fate = ({ method }) =>
    method === 'GET'
      ? 'arrives'
      : {
          kind: 'answer',
          status: 400,
          body: { error: { type: 'idempotency_error', message: 'other parameters' } },
          requestId: undefined,
          replayed: false,
          shouldRetry: undefined,
          retryAfterSeconds: undefined,
        }
  await expect(runCall(one.calls, DEVICE, { tool: CUSTOMER, confirmation: faulty })).rejects.toThrow()
  expect(await one.calls.connections.get(DEVICE.workspace, one.connection.id)).toMatchObject({
    state: 'frozen',
  })
  expect((await one.load(waiting)).progress).toMatchObject({ state: 'revoked', reason: 'connection_changed' })
  expect((await one.log(waiting)).at(-1)).toBe('revoked')
})

test('only what is of that device or connection, and still waits, is revoked', async () => {
  const done = await one.approved(CUSTOMER, { name: 'Done' })
  await runCall(one.calls, DEVICE, { tool: CUSTOMER, confirmation: done })
  const waiting = await one.approved(CUSTOMER, { name: 'Waiting' })
  expect(await revoke({ device: 'device_2' as DeviceId })).toBe(0)
  expect(await revoke({ connection: 'conn_2' as ConnectionId })).toBe(0)
  expect(await stateOf(waiting)).toBe('approved')
  expect(await revoke({ device: DEVICE.deviceId, connection: one.connection.id })).toBe(1)
  expect([await stateOf(waiting), await stateOf(done)]).toEqual(['revoked', 'succeeded'])
  expect(await revoke({})).toBe(0)
})

test('what has expired meanwhile is left alone', async () => {
  const id = await one.approved(CUSTOMER, { name: 'Late' })
  one.now += CONFIRMATION_TTL_SECONDS * 1000
  expect(await revoke({})).toBe(0)
  expect((await one.log(id)).at(-1)).not.toBe('revoked')
})
