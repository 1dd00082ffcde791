import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { LEASE_SECONDS, RESEND_BOUND_SECONDS } from '../confirmations/reducer.ts'
import { applyEvent } from '../confirmations/store.ts'
import type { WireAnswer } from '../integrations/define.ts'
import { ATTEMPT_TIMEOUT_MS } from '../integrations/stripe/wire/send.ts'
import { recoverCalls } from './recover-calls.ts'
import type { CallResult } from './answer-of.ts'
import { runCall } from './run-call.ts'
import { sendConfirmation } from './send-confirmation.ts'
import { DEVICE, openTestCalls, type Fate, type TestCalls } from './test-calls.ts'

let one: TestCalls
beforeEach(async () => {
  one = await openTestCalls()
})
afterEach(() => one.close())

type Answer = Extract<WireAnswer, { kind: 'answer' }>

const answer = (status: number, type: string, more: Partial<Answer> = {}): Answer => ({
  kind: 'answer',
  status,
  body: { error: { type, message: 'No.' } },
  requestId: 'req_test',
  replayed: false,
  shouldRetry: undefined,
  retryAfterSeconds: undefined,
  ...more,
})

const approvedCustomer = () => one.approved('stripe_create_customer', { name: 'Jane Doe' })

const call = (id: string): Promise<CallResult> =>
  runCall(one.calls, DEVICE, { tool: 'stripe_create_customer', confirmation: id })

/** The writes fare so, one after the other; then they arrive. */
function writesFare(...fates: Array<Fate | (() => Fate | Promise<Fate>)>): void {
  const left = [...fates]
  one.fate = ({ method }) => {
    if (method === 'GET') return 'arrives'
    const next = left.shift() ?? 'arrives'
    return typeof next === 'function' ? next() : next
  }
}

const customers = async (): Promise<unknown[]> => (await one.ask('GET', '/v1/customers'))['data'] as unknown[]

describe('sending again', () => {
  test('waits as long as Stripe asks for, if that is longer than it would have waited', async () => {
    const busy = (retryAfterSeconds: number) => answer(429, 'invalid_request_error', { retryAfterSeconds })
    writesFare(busy(30), busy(0.1), busy(600), busy(100_000))
    await call(await approvedCustomer())
    expect(one.slept).toEqual([30_000, 1000, 600_000, 3_600_000])
    expect(await customers()).toHaveLength(1)
  })

  test('renews the lease each time', async () => {
    const leases: Array<number | null> = []
    const id = await approvedCustomer()
    const note = async (): Promise<Fate> => {
      leases.push((await one.load(id)).progress.leaseUntil)
      one.now += 60_000
      return 'lost_before'
    }
    writesFare(note, note, note)
    await call(id)
    expect(leases.map((lease, index) => (lease ?? 0) - (leases[0] ?? 0) - index * 60_000)).toEqual([0, 0, 0])
  })

  test('ends twenty hours after the first time: then proof is looked for', async () => {
    const id = await approvedCustomer()
    writesFare(() => {
      one.now += RESEND_BOUND_SECONDS * 1000 + 1
      return 'lost_after'
    })
    await expect(call(id)).rejects.toMatchObject({ code: 'confirmation_unresolved' })
    await Promise.all(one.calls.reconciling.values())
    expect((await one.load(id)).progress.state).toBe('succeeded')
    expect(one.writes()).toHaveLength(1)
  })

  test('does not happen over a connection that was frozen meanwhile: then proof is looked for', async () => {
    const id = await approvedCustomer()
    writesFare(async (): Promise<Fate> => {
      await one.home.storage.transaction((tx) =>
        one.calls.connections.freeze(tx, DEVICE, one.connection.id, 'a fault'),
      )
      return 'lost_before'
    })
    await expect(call(id)).rejects.toMatchObject({ code: 'confirmation_unresolved' })
    expect(await one.log(id)).toContain('uncertain')
    expect(await one.log(id)).not.toContain('resent')
    expect(one.writes()).toHaveLength(1)
    one.isStopping = true
    await Promise.all(one.calls.reconciling.values())
  })

  test('is left to the next start when the hub stops while it waits', async () => {
    const id = await approvedCustomer()
    writesFare(() => {
      one.isStopping = true
      return 'lost_before'
    })
    await expect(call(id)).rejects.toMatchObject({ code: 'confirmation_in_progress' })
    expect((await one.load(id)).progress).toMatchObject({ state: 'sending', attempts: 1 })
    expect(one.calls.inFlight.size).toBe(0)
    one.isStopping = false
    expect(await recoverCalls(one.calls, DEFAULT_WORKSPACE, true)).toBe(1)
    await Promise.all(one.calls.inFlight.values())
    expect((await one.load(id)).progress).toMatchObject({ state: 'succeeded', attempts: 2 })
    expect(await customers()).toHaveLength(1)
  })
})

describe('a holder whose lease has lapsed', () => {
  test('does not begin an attempt that could outlive the lease, and whoever takes over sends it', async () => {
    const id = await approvedCustomer()
    const { connections } = one.calls
    // The machine sleeps between the audit row and the bytes.
    one.calls.connections = {
      ...connections,
      get: (...place) => {
        one.now += LEASE_SECONDS * 1000 - ATTEMPT_TIMEOUT_MS + 1
        return connections.get(...place)
      },
    }
    const { confirmation } = await sendTaken(id)
    expect(confirmation.progress.state).toBe('sending')
    expect(one.writes()).toEqual([])
    one.calls.connections = connections
    one.now += ATTEMPT_TIMEOUT_MS
    expect(await recoverCalls(one.calls, DEFAULT_WORKSPACE, false)).toBe(1)
    await Promise.all(one.calls.inFlight.values())
    expect((await one.load(id)).progress.state).toBe('succeeded')
    expect(one.writes()).toHaveLength(1)
  })

  test('changes nothing with a late answer, which the log keeps', async () => {
    const other = await one.newNode('node_b')
    const id = await approvedCustomer()
    writesFare(async () => {
      // While the first node waits for its answer, the second takes over and finishes.
      one.now += LEASE_SECONDS * 1000
      expect(await recoverCalls(other.calls, DEFAULT_WORKSPACE, false)).toBe(1)
      await Promise.all(other.calls.inFlight.values())
      return answer(400, 'invalid_request_error')
    })
    const result = await call(id)
    expect(result).toMatchObject({ stored: true, result: { name: 'Jane Doe' } })
    expect((await one.load(id)).progress).toMatchObject({ state: 'succeeded', fencing: 2 })
    expect(await one.log(id)).toEqual(['created', 'sending', 'taken_over', 'succeeded', 'late_answer'])
    const [late] = (await one.home.audit.list(DEFAULT_WORKSPACE, { subject: id, limit: 100 })).slice(-1)
    expect(late?.detail).toMatchObject({ as: 'rejected', refused: 'wrong_state', fencing: 1, status: 400 })
    expect(await customers()).toHaveLength(1)
    await other.home.close()
  })

  test('stops silently if another node took over while it waited to send again', async () => {
    const other = await one.newNode('node_b')
    const id = await approvedCustomer()
    writesFare('lost_before')
    const sleep = one.calls.sleep.bind(one.calls)
    one.calls.sleep = async (milliseconds) => {
      if (milliseconds === 500) {
        one.now += LEASE_SECONDS * 1000
        expect(await recoverCalls(other.calls, DEFAULT_WORKSPACE, false)).toBe(1)
        await Promise.all(other.calls.inFlight.values())
      }
      return sleep(milliseconds)
    }
    expect(await call(id)).toMatchObject({ stored: true, result: { name: 'Jane Doe' } })
    expect(await one.log(id)).toEqual(['created', 'sending', 'taken_over', 'succeeded'])
    expect(one.writes()).toHaveLength(2)
    await other.home.close()
  })

  test('freezes the connection all the same, if its late answer shows a fault of it', async () => {
    const other = await one.newNode('node_b')
    const id = await approvedCustomer()
    writesFare(async () => {
      one.now += LEASE_SECONDS * 1000
      await recoverCalls(other.calls, DEFAULT_WORKSPACE, false)
      await Promise.all(other.calls.inFlight.values())
      return { ...answer(200, ''), body: { id: 'cus_live', object: 'customer', livemode: true } }
    })
    await call(id)
    expect((await one.load(id)).progress.state).toBe('succeeded')
    const [connection] = await one.home.connections.list(DEFAULT_WORKSPACE)
    expect(connection).toMatchObject({ state: 'frozen' })
    await other.home.close()
  })
})

test('a node that another one beat to it answers what came of it', async () => {
  const other = await one.newNode('node_b')
  const { id: charge } = await one.ask('POST', '/v1/charges', {
    amount: '5000',
    currency: 'usd',
    source: 'tok_visa',
  })
  const confirmation = await one.approved('stripe_create_refund', { charge, amount: 1000 })
  const input = { tool: 'stripe_create_refund', confirmation }
  let isFirst = true
  one.fate = async (): Promise<Fate> => {
    if (!isFirst) return 'arrives'
    isFirst = false
    // While the first node looks at the charge once more, the second refunds it.
    await runCall(other.calls, DEVICE, input)
    return 'arrives'
  }
  expect(await runCall(one.calls, DEVICE, input)).toMatchObject({ stored: true, result: { amount: 1000 } })
  expect(one.writes()).toHaveLength(1)
  await other.home.close()
})

async function sendTaken(id: string) {
  const { intent } = await one.load(id)
  const taken = await one.home.storage.transaction((tx) =>
    applyEvent(one.calls.context, tx, DEVICE, intent.id, { type: 'take', holder: 'node_a' }, 'sending'),
  )
  return sendConfirmation(one.calls, DEVICE, taken.confirmation)
}
