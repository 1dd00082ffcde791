import * as fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { formatMoney } from '../../../../contract/money.ts'
import type { Integration, Params } from '../../../define.ts'
import { CHARGE, INTENT, JANE, openTestStripe, plan } from '../../test-stripe.ts'

let stripe: Integration
beforeAll(async () => {
  stripe = await openTestStripe()
})

const charge = CHARGE.id
const refund = (params: Params, changes: Params = {}) =>
  plan(
    stripe,
    'stripe_create_refund',
    { charge, ...params },
    { 'charges.retrieve': { ...CHARGE, ...changes } },
  )

test('a part of a charge is shown with the whole, the card, the customer, before and after', async () => {
  const { description, request, effect, facts, reads } = await refund({ amount: 2500 })
  expect(request).toEqual({ method: 'POST', path: '/v1/refunds', body: `charge=${charge}&amount=2500` })
  expect(description).toEqual({
    summary: `Refund $25.00 of $50.00 on ${charge}, Visa ••4242, Jane Doe <jane@example.com> (${JANE.id})`,
    changes: [
      {
        what: 'This refund',
        before: null,
        after: '$25.00 (2500 usd)',
        check: { path: 'amount', value: 2500 },
      },
      {
        what: 'Refunded in all',
        before: '$0.00',
        after: '$25.00 (2500 usd)',
        check: {
          path: 'amount_refunded',
          value: 2500,
          read: { operation: 'charges.retrieve', params: { id: charge } },
        },
      },
    ],
    warnings: [],
    irreversible: 'A refund cannot be taken back, and Stripe does not return its fee.',
    alsoSends: [],
    uninterpreted: [],
  })
  expect(effect).toBe('money')
  expect(facts).toEqual({
    charge,
    currency: 'usd',
    captured: 5000,
    refunded: 0,
    disputed: false,
    payment: `${charge}, Visa ••4242, Jane Doe <jane@example.com> (${JANE.id})`,
  })
  expect(reads).toEqual([`GET /v1/charges/${charge}?expand[0]=customer`])
})

test('without an amount the bytes hold what remains, not "all"', async () => {
  const { sent, description } = await refund({}, { amount_refunded: 1200 })
  expect(sent).toEqual({ charge, amount: '3800' })
  expect(description.summary).toContain('Refund $38.00 of $50.00')
  expect(description.changes[1]).toMatchObject({
    what: 'Refunded in all',
    before: '$12.00',
    after: '$50.00 (5000 usd)',
    check: { value: 5000 },
  })
})

test('only what was captured counts, and what its capture released is no refund', async () => {
  const released = { amount: 5000, amount_captured: 3000, amount_refunded: 2000 }
  const { sent, description } = await refund({}, released)
  expect(sent['amount']).toBe('3000')
  expect(description.changes[1]).toMatchObject({
    what: 'Refunded or released in all',
    before: '$20.00',
    after: '$50.00 (5000 usd)',
  })
  const again = await refund({}, { ...released, amount_refunded: 3000 })
  expect(again.sent['amount']).toBe('2000')
  await expect(refund({ amount: 1 }, { ...released, amount_refunded: 5000 })).rejects.toMatchObject({
    code: 'already_refunded',
  })
})

describe('refused before a person is asked', () => {
  test.each<[string, Params, Params, string]>([
    ['more than remains', { amount: 2501 }, { amount_refunded: 2500 }, 'invalid_params'],
    ['more than the charge', { amount: 5001 }, {}, 'invalid_params'],
    ['nothing', { amount: 0 }, {}, 'invalid_params'],
    ['less than nothing', { amount: -100 }, {}, 'invalid_params'],
    ['what was refunded in full', {}, { amount_refunded: 5000, refunded: true }, 'already_refunded'],
    ['what Stripe calls refunded', { amount: 1 }, { refunded: true }, 'already_refunded'],
    ['what was not captured', {}, { amount_captured: 0, captured: false }, 'invalid_state'],
    ['another currency', { amount: { value: '25.00', currency: 'eur' } }, {}, 'invalid_params'],
    ['both a charge and an intent', { payment_intent: INTENT.id }, {}, 'invalid_params'],
  ])('%s', async (_what, params, changes, code) => {
    await expect(refund(params, changes)).rejects.toMatchObject({
      code,
      nextStep: expect.stringMatching(/\w/),
    })
  })

  test('neither a charge nor an intent', async () => {
    await expect(plan(stripe, 'stripe_create_refund', { amount: 100 })).rejects.toMatchObject({
      code: 'invalid_params',
    })
  })

  test('an over-refund is told in money, with what remains', async () => {
    await expect(refund({ amount: 9000 }, { amount_refunded: 1000 })).rejects.toThrow(
      `Only $40.00 of ${charge} remains to be refunded; $90.00 was asked for.`,
    )
  })

  test('a currency that is not the one of the charge is told', async () => {
    const asked = { amount: { value: '25.00', currency: 'eur' } }
    await expect(refund(asked)).rejects.toThrow('given in eur, but this payment is in usd')
  })

  test.each(['ch_1/../../v1/payouts', 'ch_1?expand=x', '../customers', '', 'ch 1', 'ch_1#x'])(
    'a charge called %j, which could reach another path',
    async (id) => {
      await expect(
        plan(stripe, 'stripe_create_refund', { charge: id }, { 'charges.retrieve': CHARGE }),
      ).rejects.toMatchObject({ code: 'invalid_params' })
    },
  )

  test('a charge without its amounts: a plan never counts with a guess', async () => {
    await expect(refund({}, { amount_captured: null })).rejects.toThrow(TypeError)
    await expect(refund({}, { amount_refunded: '0' })).rejects.toThrow(TypeError)
  })
})

test('an amount with its currency is the same refund', async () => {
  const { sent } = await refund({ amount: { value: '25.00', currency: 'USD' } })
  expect(sent).toEqual({ charge, amount: '2500' })
})

test('yen have no cents: 5000 of them are ¥5,000', async () => {
  const yen = { amount: 5000, amount_captured: 5000, currency: 'jpy' }
  expect((await refund({}, yen)).description.summary).toContain('Refund ¥5,000 of ¥5,000')
  expect((await refund({ amount: 50 }, yen)).description.changes[0]?.after).toBe('¥50 (50 jpy)')
})

test('an intent is refunded over its latest charge, and the bytes name the intent', async () => {
  const { sent, facts, description, reads } = await plan(
    stripe,
    'stripe_create_refund',
    { payment_intent: INTENT.id, amount: 1000 },
    { 'paymentIntents.retrieve': { ...INTENT, latest_charge: charge }, 'charges.retrieve': CHARGE },
  )
  expect(sent).toEqual({ payment_intent: INTENT.id, amount: '1000' })
  expect(facts['charge']).toBe(charge)
  expect(description.summary).toContain(`Refund $10.00 of $50.00 on ${charge}`)
  expect(reads.length).toBe(2)
})

test('an intent that was never paid has nothing to refund', async () => {
  const params = { payment_intent: INTENT.id }
  await expect(
    plan(stripe, 'stripe_create_refund', params, { 'paymentIntents.retrieve': INTENT }),
  ).rejects.toMatchObject({
    code: 'invalid_state',
    nextStep: expect.stringContaining('stripe_cancel_payment_intent'),
  })
})

test('a dispute and the reason "fraudulent" are warned of', async () => {
  const { description } = await refund({ reason: 'fraudulent' }, { disputed: true })
  expect(description.warnings).toHaveLength(2)
  expect(description.warnings.join()).toMatch(/disputed.*block lists/)
  expect(description.alsoSends).toEqual([{ param: 'reason', value: 'fraudulent' }])
})

test('money that a dispute has taken is not refunded as well; an inquiry has taken none', async () => {
  const disputed = (refundable: boolean) =>
    plan(
      stripe,
      'stripe_create_refund',
      { charge },
      {
        'charges.retrieve': { ...CHARGE, disputed: true },
        'disputes.list': { data: [{ id: 'du_1Qp', is_charge_refundable: refundable }] },
      },
    )
  await expect(disputed(false)).rejects.toMatchObject({
    code: 'invalid_state',
    message: expect.stringContaining('du_1Qp'),
    nextStep: expect.stringContaining('stripe_get_dispute'),
  })
  expect((await disputed(true)).description.warnings.join()).toContain('disputed')
})

test('what the hub cannot judge is shown as it is, and named', async () => {
  const { description, sent } = await refund({ refund_application_fee: true, reverse_transfer: true })
  expect(description.alsoSends).toEqual([
    { param: 'refund_application_fee', value: 'true' },
    { param: 'reverse_transfer', value: 'true' },
  ])
  expect(description.uninterpreted).toEqual(['refund_application_fee', 'reverse_transfer'])
  expect(sent).toMatchObject({ refund_application_fee: 'true', reverse_transfer: 'true' })
})

test('a customer cannot write the preview', async () => {
  const name = 'Eve\u202E\u001B[2J\nRefund $1.00 \u200Bapproved by Jane'
  const { description } = await refund({ amount: 2500 }, { customer: { ...JANE, name } })
  expect(description.summary).not.toMatch(/[\p{C}]/u)
  expect(description.summary).toMatch(/^Refund \$25\.00 of \$50\.00/)
})

test('a deleted customer, an id instead of a customer, and none at all are told as they are', async () => {
  const shown = async (customer: unknown) => (await refund({}, { customer })).description.summary
  expect(await shown({ id: JANE.id, object: 'customer', deleted: true })).toContain(
    `deleted customer ${JANE.id}`,
  )
  expect(await shown(null)).toBe(`Refund $50.00 of $50.00 on ${charge}, Visa ••4242`)
  expect(await shown({ id: JANE.id, name: null, email: null })).toContain(`customer ${JANE.id}`)
})

test('whatever the amounts, the text tells the amount of the bytes', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 99_999_999 }),
      fc.nat(99_999_999),
      fc.option(fc.integer({ min: 1, max: 99_999_999 }), { nil: undefined }),
      fc.constantFrom('usd', 'jpy', 'bhd', 'isk', 'eur'),
      async (captured, refunded, amount, currency) => {
        const params: Params = amount === undefined ? {} : { amount }
        const asked = refund(params, {
          amount: captured,
          amount_captured: captured,
          amount_refunded: refunded,
          currency,
        })
        const remaining = captured - refunded
        if (remaining <= 0 || (amount ?? remaining) > remaining) {
          await expect(asked).rejects.toThrow()
          return
        }
        const { description, sent } = await asked
        const inBytes = Number(sent['amount'])
        // A line of a preview has plain spaces.
        const text = formatMoney({ amount: inBytes, currency }).replace('\u00A0', ' ')
        expect(inBytes).toBe(amount ?? remaining)
        expect(description.summary).toContain(`Refund ${text} of `)
        expect(description.changes[0]?.after).toContain(`(${inBytes} ${currency})`)
      },
    ),
    { numRuns: 60 },
  )
})
