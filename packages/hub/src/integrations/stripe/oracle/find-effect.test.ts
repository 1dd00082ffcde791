import { loadDefinitions, type Definitions } from '@clawlink/stripe-definitions'
import { beforeAll, describe, expect, test } from 'vitest'
import { PROBLEMS, Problem } from '../../../contract/problem.ts'
import type { Finding, Params, PlannedWrite, Read, SentWrite } from '../../define.ts'
import { EMITTED_EVENTS } from './emitted-events.ts'
import { findEffect, LATE_EFFECT_MS } from './find-effect.ts'

let definitions: Definitions
beforeAll(async () => {
  definitions = await loadDefinitions()
})

const SENT_AT = Date.UTC(2026, 10, 1)
const KEY = 'idem_ours'

function sent(method: 'POST' | 'DELETE', path: string, more: Partial<SentWrite> = {}): SentWrite {
  return {
    tool: 'stripe_tool',
    params: {},
    request: { method, path, body: '' },
    facts: { status: 'open' },
    changes: [],
    idempotencyKey: KEY,
    firstSentAt: SENT_AT,
    quietSince: SENT_AT,
    now: SENT_AT + LATE_EFFECT_MS,
    ...more,
  }
}

const event = (type: string, object: Params, key: string | null = KEY): Params => ({
  id: `evt_${type}`,
  type,
  data: { object },
  request: { id: 'req_1', idempotency_key: key },
})

const missing = () =>
  new Problem('object_not_found', 'No such object.', { details: { stripe: { code: 'resource_missing' } } })

/** Reads from what the account holds by operation; a function answers by the params. */
function reader(account: Record<string, unknown>): Read {
  return (operation, params) => {
    const found = account[operation]
    const answer: unknown =
      typeof found === 'function' ? (found as (asked: Params) => unknown)(params) : found
    if (answer instanceof Error) return Promise.reject(answer)
    return answer === undefined ? Promise.reject(missing()) : Promise.resolve(answer as Params)
  }
}

const listOf = (...data: Params[]): Params => ({ object: 'list', data, has_more: false })

const noPlan = (): Promise<PlannedWrite> => Promise.reject(new Problem('invalid_state', 'not any more'))
const samePlan = (write: SentWrite) => () =>
  Promise.resolve({ facts: write.facts, request: write.request } as PlannedWrite)

const find = (write: SentWrite, account: Record<string, unknown>, plan = noPlan): Promise<Finding> =>
  findEffect(definitions, write, reader(account), plan)

test('the table of emitted events names operations of Stripe that make something new', () => {
  for (const id of Object.keys(EMITTED_EVENTS)) {
    const operation = definitions.operations.find((one) => one.id === id)
    expect(operation, id).toMatchObject({ method: 'POST', result: { kind: 'object' } })
    expect(operation?.pathParams, id).toEqual([])
  }
})

describe('events', () => {
  const refund = { id: 're_1', object: 'refund', amount: 100 }

  test('of the write’s own object come before those of others, and it is read again', async () => {
    const found = await find(sent('POST', '/v1/refunds'), {
      'events.list': listOf(
        event('charge.refunded', { id: 'ch_1', object: 'charge' }),
        event('refund.created', refund),
        event('customer.created', { id: 'cus_1', object: 'customer' }, 'idem_other'),
      ),
      'refunds.retrieve': (params: Params) => ({ ...refund, id: params['id'], status: 'succeeded' }),
    })
    expect(found).toMatchObject({
      kind: 'happened',
      object: { id: 're_1', status: 'succeeded' },
      requestId: 'req_1',
    })
  })

  test('with another key or without any say nothing', async () => {
    const others = [event('refund.created', refund, 'idem_other'), event('refund.created', refund, null)]
    const found = await find(sent('POST', '/v1/refunds'), { 'events.list': listOf(...others) })
    expect(found.kind).toBe('did_not_happen')
  })

  test('are looked through page by page, from a day before it was sent, whatever the clock says', async () => {
    const asked: Params[] = []
    const pages = [
      { data: [event('refund.created', refund, 'a')], has_more: true },
      { data: [event('refund.created', refund)], has_more: true },
      listOf(),
    ]
    const found = await find(sent('POST', '/v1/refunds'), {
      'events.list': (params: Params) => pages[asked.push(params) - 1],
      'refunds.retrieve': refund,
    })
    expect(found.kind).toBe('happened')
    expect(asked[0]).toEqual({
      created: { gte: SENT_AT / 1000 - 24 * 60 * 60 },
      limit: 100,
      types: EMITTED_EVENTS['refunds.create'],
    })
    expect(asked.slice(1).map((params) => params['starting_after'])).toEqual([
      'evt_refund.created',
      'evt_refund.created',
    ])
  })

  test('that are too many to look through prove nothing', async () => {
    let pages = 0
    const found = await find(sent('POST', '/v1/refunds'), {
      'events.list': () => {
        pages += 1
        return { data: [event('refund.created', refund, `idem_${pages}`)], has_more: true }
      },
    })
    expect(found.kind).toBe('unprovable')
    expect(pages).toBe(20)
  })

  test('of a refusal are told as Stripe said it, before the time is over', async () => {
    const write = sent('POST', '/v1/payment_intents', { now: SENT_AT })
    const declined = {
      id: 'pi_1',
      object: 'payment_intent',
      last_payment_error: {
        type: 'card_error',
        code: 'card_declined',
        decline_code: 'insufficient_funds',
        message: 'Your card has insufficient funds.',
      },
    }
    const found = await find(write, {
      'events.list': listOf(
        event('charge.failed', { id: 'ch_1', object: 'charge' }),
        event('payment_intent.payment_failed', declined),
        event('payment_intent.created', { id: 'pi_1', object: 'payment_intent' }),
      ),
    })
    expect(found).toMatchObject({ kind: 'did_not_happen', problem: { code: 'insufficient_funds' } })
  })

  const unpaid = event('invoice.payment_failed', { id: 'in_1', object: 'invoice' })

  test('of a payment that failed refuse the payment of an invoice, but not what was made on the way', async () => {
    const pay = await find(sent('POST', '/v1/invoices/in_1/pay'), { 'events.list': listOf(unpaid) })
    expect(pay).toMatchObject({ kind: 'did_not_happen', problem: { code: 'card_declined' } })
    const subscription = { id: 'sub_1', object: 'subscription', status: 'incomplete' }
    const subscribe = await find(sent('POST', '/v1/subscriptions'), {
      'events.list': listOf(unpaid, event('customer.subscription.created', subscription)),
      'subscriptions.retrieve': subscription,
    })
    expect(subscribe).toMatchObject({ kind: 'happened', object: { status: 'incomplete' } })
    const update = await find(sent('POST', '/v1/subscriptions/sub_1'), { 'events.list': listOf(unpaid) })
    expect(update.kind).toBe('unprovable')
  })
})

describe('objects', () => {
  const voided = {
    what: 'Status',
    before: 'open',
    after: 'void',
    check: { path: 'status', value: 'void' },
  }
  const write = sent('POST', '/v1/invoices/in_1/void', { changes: [voided] })
  const account = (status: string) => ({
    'events.list': listOf(),
    'invoices.retrieve': { id: 'in_1', object: 'invoice', status },
  })

  test.each([
    ['as approved, and planned anew it would be another', 'void', noPlan, 'happened'],
    ['as before, and planned anew it would be the same', 'open', samePlan(write), 'did_not_happen'],
    ['as approved, though planned anew it would be the same', 'void', samePlan(write), 'unprovable'],
    ['neither', 'paid', noPlan, 'unprovable'],
  ] as const)('%s: %s', async (_what, status, plan, kind) => {
    expect((await find(write, account(status), plan)).kind).toBe(kind)
  })

  test('that cannot be planned anew for want of a permission are not said to have changed', async () => {
    const forbidden = () => Promise.reject(new Problem('permission_missing', 'No.'))
    await expect(find(write, account('void'), forbidden)).rejects.toMatchObject({
      code: 'permission_missing',
    })
  })

  test('that was as approved before the write proves nothing', async () => {
    const idle = sent('POST', '/v1/invoices/in_1/void', { changes: [{ ...voided, before: 'void' }] })
    expect((await find(idle, account('void'))).kind).toBe('unprovable')
  })

  test('without a row that could be checked proves nothing', async () => {
    const blind = sent('POST', '/v1/invoices/in_1/void', { facts: {} })
    expect((await find(blind, account('open'), samePlan(blind))).kind).toBe('unprovable')
  })

  test('of others that look as promised do not prove that something new was made', async () => {
    const changes = [
      {
        what: 'Refunded in all',
        before: '$0.00',
        after: '$1.00',
        check: { path: 'amount_refunded', value: 100, read: { operation: 'charges.retrieve', params: {} } },
      },
    ]
    const session = sent('POST', '/v1/checkout/sessions', { changes })
    const found = await find(session, {
      'events.list': listOf(),
      'charges.retrieve': { id: 'ch_1', object: 'charge', amount_refunded: 100 },
    })
    expect(found.kind).toBe('unprovable')
  })
})

describe('deletions', () => {
  const customer = sent('DELETE', '/v1/customers/cus_1')

  test.each([
    ['that answer 404', {}, 'happened'],
    ['that say so', { 'customers.retrieve': { id: 'cus_1', deleted: true } }, 'happened'],
    ['of what is still there', { 'customers.retrieve': { id: 'cus_1' } }, 'did_not_happen'],
  ])('%s: %s', async (_what, account, kind) => {
    expect((await find(customer, account)).kind).toBe(kind)
  })

  test('of what is still there may only be late', async () => {
    const found = await find(
      { ...customer, now: SENT_AT + LATE_EFFECT_MS - 1 },
      { 'customers.retrieve': { id: 'cus_1' } },
    )
    expect(found.kind).toBe('too_early')
  })

  test('are not proved by a connection that is gone, or a key that Stripe refuses', async () => {
    for (const code of ['connection_not_found', 'credential_rejected', 'permission_missing'] as const) {
      const failing = find(customer, { 'customers.retrieve': new Problem(code, 'No.') })
      await expect(failing, `${code} ${PROBLEMS[code].status}`).rejects.toMatchObject({ code })
    }
  })

  test('that leave the object behind go by its rows: a canceled subscription is not gone', async () => {
    const cancel = sent('DELETE', '/v1/subscriptions/sub_1', {
      changes: [
        { what: 'Status', before: 'active', after: 'canceled', check: { path: 'status', value: 'canceled' } },
      ],
    })
    const account = (status: string) => ({ 'subscriptions.retrieve': { id: 'sub_1', status } })
    expect((await find(cancel, account('canceled'))).kind).toBe('happened')
    expect((await find(cancel, account('active'), samePlan(cancel))).kind).toBe('did_not_happen')
    expect((await find(cancel, account('past_due'))).kind).toBe('unprovable')
  })

  test('of what cannot be read are left to a person', async () => {
    expect((await find(sent('DELETE', '/v1/customers/cus_1/discount'), {})).kind).toBe('unprovable')
  })
})
