import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

/** A payment method that is not saved with anybody yet. */
const newCard = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })).id

const savedCard = async ({ stripe }: Bench, customer: string, name = 'pm_card_visa'): Promise<string> =>
  (await stripe.paymentMethods.attach(name, { customer })).id

const subscribe = async ({ stripe }: Bench, customer: string, method?: string): Promise<string> => {
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: 2000,
    recurring: { interval: 'month' },
    product_data: { name: 'Pro plan' },
  })
  const { id } = await stripe.subscriptions.create({
    customer,
    items: [{ price: price.id }],
    ...(method === undefined ? {} : { default_payment_method: method }),
  })
  return id
}

proveTools('Payment Methods', {
  stripe_list_payment_methods: {
    fixtures: async (bench) => {
      const customer = await jane(bench)
      await savedCard(bench, customer)
      return { customer }
    },
    normal: [
      'the cards of one customer, newest first',
      async (bench) => {
        const customer = await jane(bench)
        const first = await savedCard(bench, customer)
        const second = await savedCard(bench, customer, 'pm_card_mastercard')
        await savedCard(bench, await jane(bench))
        const { data } = await bench.read('stripe_list_payment_methods', { customer, type: 'card' })
        expect(data.map((method: { id: string }) => method.id)).toEqual([second, first])
      },
    ],
    subtle: [
      'without a customer nothing is asked: Stripe would list the account’s own, and nobody’s cards',
      async (bench) => {
        const error = await bench.refused('stripe_list_payment_methods', { type: 'card' })
        expect(error).toMatchObject({ code: 'invalid_params', violations: [{ path: 'customer' }] })
      },
    ],
    error: [
      'an unknown customer says customer_not_found and where to look',
      async (bench) => {
        const error = await bench.refused('stripe_list_payment_methods', { customer: 'cus_Nobody42x9' })
        expect(error).toMatchObject({ code: 'customer_not_found' })
        expect(error.next_step).toContain('stripe_search_customers')
      },
    ],
  },

  stripe_attach_payment_method: {
    fixtures: async (bench) => ({ paymentMethod: await newCard(bench), customer: await jane(bench) }),
    normal: [
      'a payment method is saved for the customer that was shown',
      async (bench) => {
        const [method, customer] = [await newCard(bench), await jane(bench)]
        const { preview } = await bench.write('stripe_attach_payment_method', {
          payment_method_id: method,
          customer,
        })
        expect(preview.summary).toContain(
          `Save Visa ••4242 (${method}) for Jane Doe <jane@example.com> (${customer})`,
        )
        expect((await bench.stripe.paymentMethods.retrieve(method)).customer).toBe(customer)
      },
    ],
    subtle: [
      'it does not become the default, a test card gets a new id, and one that is saved already is pointed out',
      async (bench) => {
        const customer = await jane(bench)
        const { result, preview } = await bench.write('stripe_attach_payment_method', {
          payment_method: 'pm_card_visa',
          customer,
        })
        expect(preview.summary).toContain('a new copy of the test card pm_card_visa')
        expect(preview.warnings.join(' ')).toContain('does not become the default')
        expect(result.id).not.toBe('pm_card_visa')
        const { data } = await bench.stripe.customers.listPaymentMethods(customer)
        expect(data.map(({ id }) => id)).toEqual([result.id])
        const owner = await bench.stripe.customers.retrieve(customer)
        expect(owner).toMatchObject({ invoice_settings: { default_payment_method: null } })
        const again = await bench.preview('stripe_attach_payment_method', {
          payment_method_id: await newCard(bench),
          customer,
        })
        expect(again.warnings.join(' ')).toContain(`saved already, as Visa ••4242 (${result.id})`)
      },
    ],
    error: [
      'a card that the bank declines is not saved; one of somebody else is refused before that',
      async (bench) => {
        const customer = await jane(bench)
        const declined = await bench.refusedByStripe('stripe_attach_payment_method', {
          payment_method_id: 'pm_card_chargeDeclined',
          customer,
        })
        expect(declined).toMatchObject({ code: 'card_declined' })
        expect(declined.next_step).toContain('another payment method')
        expect((await bench.stripe.customers.listPaymentMethods(customer)).data).toEqual([])
        const others = await savedCard(bench, await jane(bench))
        const foreign = await bench.refused('stripe_attach_payment_method', {
          payment_method_id: others,
          customer,
        })
        expect(foreign).toMatchObject({ code: 'payment_method_unusable' })
        const twice = await bench.refused('stripe_attach_payment_method', {
          payment_method_id: await savedCard(bench, customer),
          customer,
        })
        expect(twice).toMatchObject({ code: 'invalid_state' })
        const nobody = await bench.refused('stripe_attach_payment_method', {
          payment_method_id: await newCard(bench),
        })
        expect(nobody).toMatchObject({ code: 'invalid_params', violations: [{ path: 'customer' }] })
      },
    ],
  },

  stripe_detach_payment_method: {
    fixtures: async (bench) => ({ paymentMethod: await savedCard(bench, await jane(bench)) }),
    normal: [
      'a payment method is removed for good, and no longer the default',
      async (bench) => {
        const customer = await jane(bench)
        const [method, other] = [await savedCard(bench, customer), await savedCard(bench, customer)]
        await bench.stripe.customers.update(customer, {
          invoice_settings: { default_payment_method: method },
        })
        const { preview } = await bench.write('stripe_detach_payment_method', { payment_method_id: method })
        expect(preview.effect).toBe('money')
        expect(preview.irreversible).toContain('never be attached')
        expect(preview.warnings.join(' ')).toContain("the customer's default")
        expect(preview.warnings.join(' ')).not.toMatch(/is charged to it|only payment method/)
        const { data } = await bench.stripe.customers.listPaymentMethods(customer)
        expect(data.map(({ id }) => id)).toEqual([other])
      },
    ],
    subtle: [
      'the subscriptions that would fail are named: by their own payment method, or by the customer’s default',
      async (bench) => {
        const customer = await jane(bench)
        const [used, spare] = [await savedCard(bench, customer), await savedCard(bench, customer)]
        await bench.stripe.customers.update(customer, {
          invoice_settings: { default_payment_method: used },
        })
        const own = await subscribe(bench, customer, used)
        const byDefault = await subscribe(bench, customer)
        const elsewhere = await subscribe(bench, customer, spare)
        const { warnings } = await bench.preview('stripe_detach_payment_method', { id: used })
        expect(warnings.join(' ')).toContain(own)
        expect(warnings.join(' ')).toContain(byDefault)
        expect(warnings.join(' ')).not.toContain(elsewhere)
        const ofSpare = await bench.preview('stripe_detach_payment_method', { id: spare })
        expect(ofSpare.warnings.join(' ')).toContain(elsewhere)
        expect(ofSpare.warnings.join(' ')).not.toMatch(new RegExp(`${own}|${byDefault}`))
      },
    ],
    error: [
      'one that nobody has is refused with where to look',
      async (bench) => {
        const error = await bench.refused('stripe_detach_payment_method', {
          payment_method_id: await newCard(bench),
        })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_list_payment_methods')
      },
    ],
  },

  stripe_create_payment_method: {
    fixtures: () => Promise.resolve({}),
    normal: [
      'a token becomes a payment method of nobody yet',
      async (bench) => {
        const { result, preview } = await bench.write('stripe_create_payment_method', {
          type: 'card',
          card: { token: 'tok_mastercard' },
          billing_details: { name: 'Jane Doe' },
        })
        expect(preview).toMatchObject({ effect: 'draft' })
        expect(preview.summary).toContain('card of Jane Doe, for no customer yet')
        expect(await bench.stripe.paymentMethods.retrieve(result.id)).toMatchObject({
          customer: null,
          card: { brand: 'mastercard' },
          billing_details: { name: 'Jane Doe' },
        })
      },
    ],
    subtle: [
      'a card number is refused before anything is read, kept or sent; the number of an account is not shown',
      async (bench) => {
        const requests = bench.hub.wire.sent.length
        const card = { number: '4242 4242 4242 4242', exp_month: 8, exp_year: 2030, cvc: '314' }
        const error = await bench.refused('stripe_create_payment_method', { type: 'card', card })
        expect(error).toMatchObject({ code: 'card_number_refused' })
        expect(error.next_step).toContain('checkout')
        const parts = { ...card, number: '42' }
        const odd = await bench.refused('stripe_create_payment_method', { type: 'card', card: parts })
        expect(odd).toMatchObject({ code: 'invalid_params' })
        expect(bench.hub.wire.sent.length).toBe(requests)
        const { preview, result } = await bench.write('stripe_create_payment_method', {
          type: 'sepa_debit',
          sepa_debit: { iban: 'AT611904300234573201' },
          billing_details: { name: 'Jane Doe', email: 'jane@example.com' },
        })
        expect(JSON.stringify(preview)).toContain('••3201')
        expect(JSON.stringify(preview)).not.toContain('1904300234573201')
        expect(result.sepa_debit.last4).toBe('3201')
      },
    ],
    error: [
      'a type without its details is refused by the name of what is missing',
      async (bench) => {
        const card = await bench.refused('stripe_create_payment_method', { type: 'card' })
        expect(card).toMatchObject({ code: 'invalid_params', violations: [{ path: 'card' }] })
        const debit = await bench.refused('stripe_create_payment_method', {
          type: 'sepa_debit',
          sepa_debit: { iban: 'AT611904300234573201' },
        })
        expect(debit).toMatchObject({ violations: [{ path: 'billing_details.name' }] })
        expect(debit.next_step).toContain('clawlink_describe_tool')
      },
    ],
  },
})
