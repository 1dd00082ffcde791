import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const NO_REDIRECTS = { enabled: true, allow_redirects: 'never' } as const

const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

const newCard = async ({ stripe }: Bench, token = 'tok_visa'): Promise<string> =>
  (await stripe.paymentMethods.create({ type: 'card', card: { token } })).id

const intentOf = async ({ stripe }: Bench, customer?: string): Promise<string> =>
  (
    await stripe.setupIntents.create({
      ...(customer === undefined ? {} : { customer }),
      automatic_payment_methods: NO_REDIRECTS,
    })
  ).id

/** A write whose outcome may be another than was shown. */
const carriedOut = async ({ hub }: Bench, tool: string, params: Record<string, unknown>) => {
  const { body } = await hub.device.preview(tool, params)
  expect(body.state, JSON.stringify(body)).toBe('approved')
  const reply = await hub.device.call(tool, { confirmation: body.confirmation, view: 'full' })
  expect(reply.status, JSON.stringify(reply.body)).toBe(200)
  return reply.body
}

proveTools('Setup Intents', {
  stripe_create_setup_intent: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'an intent is prepared for the customer that was shown; nothing is saved yet, and its secret is delivered once',
      async (bench) => {
        const customer = await jane(bench)
        const { result, preview } = await bench.write('stripe_create_setup_intent', { customer })
        expect(preview).toMatchObject({ effect: 'draft' })
        expect(preview.summary).toContain('nothing is saved until it is confirmed')
        expect(result.client_secret).toMatch(/_secret_/)
        const again = await bench.hub.device.call('stripe_create_setup_intent', {
          confirmation: preview.confirmation,
        })
        expect(JSON.stringify(again.body)).not.toContain(result.client_secret)
        expect(await bench.stripe.setupIntents.retrieve(result.id)).toMatchObject({
          customer,
          status: 'requires_payment_method',
          usage: 'off_session',
        })
      },
    ],
    subtle: [
      'confirm: true saves the card at once, which is told as graver than a draft',
      async (bench) => {
        const [customer, method] = [await jane(bench), await newCard(bench)]
        const { preview, result } = await bench.write('stripe_create_setup_intent', {
          customer,
          payment_method: method,
          usage: 'on_session',
          confirm: true,
          automatic_payment_methods: NO_REDIRECTS,
        })
        expect(preview).toMatchObject({ effect: 'change' })
        expect(preview.summary).toContain(`Save Visa ••4242 (${method}) for Jane Doe`)
        expect(result.usage).toBe('on_session')
        expect((await bench.stripe.paymentMethods.retrieve(method)).customer).toBe(customer)
        const none = await bench.refused('stripe_create_setup_intent', { customer, confirm: true })
        expect(none).toMatchObject({ violations: [{ path: 'payment_method' }] })
        const nowhere = await bench.refused('stripe_create_setup_intent', {
          customer,
          confirm: true,
          payment_method: await newCard(bench),
        })
        expect(nowhere).toMatchObject({ violations: [{ path: 'return_url' }] })
      },
    ],
    error: [
      'the payment method of somebody else is refused, and what Stripe no longer takes',
      async (bench) => {
        const others = (
          await bench.stripe.paymentMethods.attach('pm_card_visa', { customer: await jane(bench) })
        ).id
        const error = await bench.refused('stripe_create_setup_intent', {
          customer: await jane(bench),
          payment_method: others,
        })
        expect(error).toMatchObject({ code: 'payment_method_unusable' })
        expect(error.next_step).toContain('stripe_list_payment_methods')
        const old = await bench.refused('stripe_create_setup_intent', { payment_method_types: ['card'] })
        expect(old).toMatchObject({ violations: [{ suggestion: 'allowed_payment_method_types' }] })
      },
    ],
  },

  stripe_confirm_setup_intent: {
    fixtures: async (bench) => {
      const customer = await jane(bench)
      return { setupIntent: await intentOf(bench, customer), paymentMethod: await newCard(bench) }
    },
    normal: [
      'the payment method is saved with the customer of the intent',
      async (bench) => {
        const customer = await jane(bench)
        const [id, method] = [await intentOf(bench, customer), await newCard(bench)]
        const { preview } = await bench.write('stripe_confirm_setup_intent', {
          setup_intent_id: id,
          payment_method: method,
        })
        expect(preview.summary).toContain(`Save Visa ••4242 (${method}) for Jane Doe <jane@example.com>`)
        expect(preview.summary).toContain('also while they are away')
        expect((await bench.stripe.paymentMethods.retrieve(method)).customer).toBe(customer)
      },
    ],
    subtle: [
      'a bank that wants authentication leaves it at requires_action, and the answer says that this is not what was shown',
      async (bench) => {
        const customer = await jane(bench)
        const id = await intentOf(bench, customer)
        const body = await carriedOut(bench, 'stripe_confirm_setup_intent', {
          setup_intent_id: id,
          payment_method: await newCard(bench, 'tok_threeDSecure2Required'),
        })
        expect(body.result.status).toBe('requires_action')
        expect(JSON.stringify(body.differs_from_preview)).toContain('requires_action')
        expect((await bench.stripe.customers.listPaymentMethods(customer)).data).toEqual([])
      },
    ],
    error: [
      'a decline is card_declined and is kept in the intent; without a payment method, or a second time, it is refused',
      async (bench) => {
        const id = await intentOf(bench, await jane(bench))
        const none = await bench.refused('stripe_confirm_setup_intent', { setup_intent_id: id })
        expect(none).toMatchObject({ code: 'missing_payment_method' })
        expect(none.next_step).toContain('stripe_list_payment_methods')
        const error = await bench.refusedByStripe('stripe_confirm_setup_intent', {
          setup_intent_id: id,
          payment_method: 'pm_card_chargeDeclined',
        })
        expect(error).toMatchObject({ code: 'card_declined' })
        expect(error.next_step).toBeTruthy()
        const intent = await bench.stripe.setupIntents.retrieve(id)
        expect(intent.last_setup_error).toMatchObject({ code: 'card_declined' })
        await bench.stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa' })
        const done = await bench.refused('stripe_confirm_setup_intent', { setup_intent_id: id })
        expect(done).toMatchObject({ code: 'invalid_state' })
        expect(done.message).toContain('succeeded')
      },
    ],
  },

  stripe_cancel_setup_intent: {
    fixtures: async (bench) => ({ setupIntent: await intentOf(bench) }),
    normal: [
      'an intent is canceled for good',
      async (bench) => {
        const id = await intentOf(bench, await jane(bench))
        const { preview } = await bench.write('stripe_cancel_setup_intent', {
          setup_intent_id: id,
          cancellation_reason: 'duplicate',
        })
        expect(preview.summary).toContain('of Jane Doe')
        expect(preview.irreversible).toContain('cannot be confirmed')
        expect(await bench.stripe.setupIntents.retrieve(id)).toMatchObject({
          status: 'canceled',
          cancellation_reason: 'duplicate',
        })
      },
    ],
    subtle: [
      'one that waits for the customer can be canceled too, and the preview says that they may be at it',
      async (bench) => {
        const id = await intentOf(bench, await jane(bench))
        await bench.stripe.setupIntents.confirm(id, { payment_method: 'pm_card_threeDSecure2Required' })
        const { preview } = await bench.write('stripe_cancel_setup_intent', { setup_intent_id: id })
        expect(preview.warnings.join(' ')).toContain('may be doing so')
        expect((await bench.stripe.setupIntents.retrieve(id)).status).toBe('canceled')
      },
    ],
    error: [
      'one that has succeeded or is canceled is refused, with what to do instead',
      async (bench) => {
        const id = await intentOf(bench, await jane(bench))
        await bench.stripe.setupIntents.confirm(id, { payment_method: 'pm_card_visa' })
        const done = await bench.refused('stripe_cancel_setup_intent', { setup_intent_id: id })
        expect(done).toMatchObject({ code: 'invalid_state' })
        expect(done.next_step).toContain('stripe_detach_payment_method')
        const unknown = await bench.refused('stripe_cancel_setup_intent', {
          setup_intent_id: 'seti_1QpTxNobody42x9KxYz8aBcD',
        })
        expect(unknown).toMatchObject({ code: 'setup_intent_not_found' })
      },
    ],
  },
})
