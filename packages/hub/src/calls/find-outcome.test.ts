import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { LATE_EFFECT_MS } from '../integrations/stripe/oracle/find-effect.ts'
import { reconcileCalls } from './reconcile-calls.ts'
import { recoverCalls } from './recover-calls.ts'
import {
  answer,
  EVENTS_FORBIDDEN,
  isWrite,
  openLostAnswers,
  SERVER_ERROR,
  type LostAnswers,
} from './test-lost-answers.ts'

let one: LostAnswers
beforeAll(async () => {
  one = await openLostAnswers()
})
beforeEach(() => one.nextDay())
afterAll(() => one.close())

describe('what was made new', () => {
  test('is proved by an event with its key, at once, and its outcome is the object itself', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.writesHappenUnseen()
    await expect(one.call(id, 'stripe_create_refund')).rejects.toMatchObject({
      code: 'confirmation_unresolved',
    })
    expect(await one.settled(id)).toMatchObject({
      state: 'succeeded',
      reason: expect.stringContaining('evt_'),
    })
    const writes = one.writes().length
    const again = await one.call(id, 'stripe_create_refund')
    expect(again).toMatchObject({ stored: true, result: { id: expect.stringMatching(/^re_/), amount: 2000 } })
    expect(one.writes()).toHaveLength(writes)
    expect(await one.refundsOf(charge)).toHaveLength(1)
  })

  test('is disproved by the silence of the events, once it is too late for an effect', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.writesFare(SERVER_ERROR)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_create_refund')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({ state: 'reconciling' })
    expect(await one.askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
    await expect(one.call(id, 'stripe_create_refund')).rejects.toMatchObject({
      code: 'write_not_carried_out',
    })
    expect(await one.refundsOf(charge)).toEqual([])
  })

  test('is not disproved a moment before, and an effect that comes late is still found', async () => {
    const charge = await one.newCharge(5000)
    const id = await one.approved('stripe_create_refund', { charge, amount: 2000 })
    one.writesFare(SERVER_ERROR)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_create_refund')).rejects.toThrow()
    await one.settled(id)
    one.now += LATE_EFFECT_MS - 1
    one.isStopping = false
    one.fate = () => 'arrives'
    one.stopAtFirstWait()
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(await one.settled(id)).toMatchObject({ state: 'reconciling' })
    const { intent } = await one.load(id)
    await one.calls.integrations[0]?.send(intent.request, {
      origin: '',
      key: await one.key(),
      idempotencyKey: intent.idempotencyKey,
    })
    expect(await one.askLater(1, id)).toMatchObject({ state: 'succeeded' })
  })

  test('is left to a person where silence says nothing: a checkout session makes no event', async () => {
    const id = await one.approved('stripe_create_checkout_session', {
      mode: 'payment',
      success_url: 'https://shop.example.com/thanks',
      line_items: [
        { quantity: 1, price_data: { currency: 'usd', unit_amount: 5000, product_data: { name: 'Chair' } } },
      ],
    })
    one.writesFare(SERVER_ERROR)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_create_checkout_session')).rejects.toThrow()
    await one.settled(id)
    expect(await one.askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'unknown' })
    const writes = one.writes().length
    await recoverCalls(one.calls, DEFAULT_WORKSPACE, true)
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(one.writes()).toHaveLength(writes)
  })

  test('that was declined is told from its events: it failed, as Stripe said', async () => {
    const customer = await one.newCustomer('Declined')
    const method = await one.ask('POST', '/v1/payment_methods/pm_card_chargeCustomerFail/attach', {
      customer,
    })
    const intent = await one.ask('POST', '/v1/payment_intents', {
      amount: '2000',
      currency: 'usd',
      customer,
      payment_method: String(method['id']),
      'automatic_payment_methods[enabled]': 'true',
      'automatic_payment_methods[allow_redirects]': 'never',
    })
    const id = await one.approved('stripe_confirm_payment_intent', { payment_intent_id: intent['id'] })
    one.writesHappenUnseen()
    await expect(one.call(id, 'stripe_confirm_payment_intent')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({ state: 'failed' })
    await expect(one.call(id, 'stripe_confirm_payment_intent')).rejects.toMatchObject({
      code: 'card_declined',
    })
  })
})

describe('what was changed', () => {
  test('happened, if the object is as it was approved and was not so before', async () => {
    const customer = await one.newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    one.writesHappenUnseen()
    // A restricted key that may not read events has the object alone.
    const fate = one.fate.bind(one)
    one.fate = (request) => (request.path.startsWith('/v1/events') ? EVENTS_FORBIDDEN : fate(request))
    await expect(one.call(id, 'stripe_update_customer')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({
      state: 'succeeded',
      outcome: { storable: { id: customer, name: 'New Name' } },
    })
  })

  test('did not happen, if the object is as before and no event says otherwise, when it is too late for one', async () => {
    const customer = await one.newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    one.writesFare(SERVER_ERROR)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_update_customer')).rejects.toThrow()
    await one.settled(id)
    expect(await one.askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
  })

  test('is left to a person, if the object is neither as before nor as approved', async () => {
    const customer = await one.newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    one.writesFare(SERVER_ERROR)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_update_customer')).rejects.toThrow()
    await one.settled(id)
    await one.ask('POST', `/v1/customers/${customer}`, { name: 'A Third Name' })
    expect(await one.askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'unknown' })
  })

  test('is left to a person, if the events cannot be read and the object is as before', async () => {
    const customer = await one.newCustomer('Old Name')
    const id = await one.approved('stripe_update_customer', { customer_id: customer, name: 'New Name' })
    one.fate = (request) =>
      isWrite(request) ? SERVER_ERROR : request.path.startsWith('/v1/events') ? EVENTS_FORBIDDEN : 'arrives'
    const fate = one.fate.bind(one)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_update_customer')).rejects.toThrow()
    await one.settled(id)
    one.now += LATE_EFFECT_MS
    one.isStopping = false
    one.fate = fate
    await reconcileCalls(one.calls, DEFAULT_WORKSPACE)
    expect(await one.settled(id)).toMatchObject({ state: 'unknown' })
  })
})

describe('what was to be deleted', () => {
  test('is deleted, if it is gone: it is not sent again to find out', async () => {
    const customer = await one.newCustomer('Doomed')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer })
    one.writesFare('lost_after')
    await expect(one.call(id, 'stripe_delete_customer')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({
      state: 'succeeded',
      outcome: { storable: { deleted: true } },
    })
    expect(one.writes()).toHaveLength(1)
  })

  test('is not deleted, if it is still there when it is too late for an effect', async () => {
    const customer = await one.newCustomer('Spared')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer })
    one.writesFare('lost_before')
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_delete_customer')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({ state: 'reconciling' })
    expect(await one.askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
    expect(one.writes()).toHaveLength(1)
  })

  test.each([
    ['409', answer(409, { error: { type: 'idempotency_error', code: 'idempotency_key_in_use' } })],
    ['429', answer(429, { error: { type: 'invalid_request_error', code: 'rate_limit' } })],
    ['500', SERVER_ERROR],
  ])('is never sent a second time after %s', async (_status, said) => {
    const customer = await one.newCustomer('Spared')
    const id = await one.approved('stripe_delete_customer', { customer_id: customer })
    one.writesFare(said)
    one.stopAtFirstWait()
    await expect(one.call(id, 'stripe_delete_customer')).rejects.toThrow()
    expect(await one.settled(id)).toMatchObject({ state: 'reconciling' })
    expect(await one.askLater(LATE_EFFECT_MS, id)).toMatchObject({ state: 'failed' })
    expect(one.writes()).toHaveLength(1)
  })
})
