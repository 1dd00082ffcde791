import { expect } from 'vitest'
import type { Bench } from '../support/prove-tools.ts'
import { proveTools } from '../support/prove-tools.ts'

const jane = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.customers.create({ name: 'Jane Doe', email: 'jane@example.com' })).id

/** A payment method that is not saved with anybody yet. */
const newCard = async ({ stripe }: Bench): Promise<string> =>
  (await stripe.paymentMethods.create({ type: 'card', card: { token: 'tok_visa' } })).id

const savedCard = async ({ stripe }: Bench, customer: string): Promise<string> =>
  (await stripe.paymentMethods.attach('pm_card_mastercard', { customer })).id

const monthlyPrice = async ({ stripe }: Bench): Promise<string> =>
  (
    await stripe.prices.create({
      currency: 'usd',
      unit_amount: 2000,
      recurring: { interval: 'month' },
      product_data: { name: 'Gold' },
    })
  ).id

const nobody = [
  'an unknown customer says customer_not_found and how to find the right one',
  (tool: string, params: Record<string, unknown> = {}) =>
    async (bench: Bench) => {
      const error = await bench.refused(tool, { customer_id: 'cus_Nobody42x9', ...params })
      expect(error).toMatchObject({ code: 'customer_not_found', retryable: false })
      expect(error.next_step).toContain('stripe_search_customers')
    },
] as const

proveTools('Customers', {
  stripe_list_customers: {
    fixtures: async () => ({}),
    normal: [
      'customers come newest first, page by page, with a cursor that works',
      async (bench) => {
        const first = await jane(bench)
        const second = await jane(bench)
        const page = await bench.read('stripe_list_customers', { limit: 1 })
        expect(page).toMatchObject({ data: [{ id: second }], has_more: true, next_starting_after: second })
        const next = await bench.read('stripe_list_customers', {
          limit: 1,
          starting_after: page.next_starting_after,
        })
        expect(next.data).toMatchObject([{ id: first }])
      },
    ],
    subtle: [
      'a whole address is matched by the list as it is stored, a part of one by search, which the answer says',
      async (bench) => {
        const { hub, stripe } = bench
        const emails = ["o'neil@parts.example", 'ann@parts.example', 'ann@other.example']
        const ids: string[] = []
        for (const email of emails) ids.push((await stripe.customers.create({ email })).id)
        const whole = await hub.device.call('stripe_list_customers', { params: { email: emails[1] } })
        expect(whole.body).not.toHaveProperty('advice')
        expect(whole.body.result.data).toMatchObject([{ id: ids[1] }])
        const wrongCase = await bench.read('stripe_list_customers', { email: 'Ann@parts.example' })
        expect(wrongCase.data).toEqual([])

        const params = { email: '@parts.example', limit: 1, created: { gte: 1_700_000_000 } }
        const part = await hub.device.call('stripe_list_customers', { params })
        expect(part.body.advice).toEqual([expect.stringContaining('searched for addresses that contain')])
        expect(part.body.result).toMatchObject({ data: [{ id: ids[1] }], has_more: true })
        expect(hub.wire.sent.at(-1)?.path).toContain('/v1/customers/search?query=email~')
        const rest = await bench.read('stripe_list_customers', {
          ...params,
          page: part.body.result.next_page,
        })
        expect(rest).toMatchObject({ data: [{ id: ids[0] }], has_more: false })
        const quote = await bench.read('stripe_list_customers', { email: "o'neil@" })
        expect(quote.data).toMatchObject([{ id: ids[0] }])
      },
    ],
    error: [
      'what search cannot do with a part of an address is refused before it is asked',
      async (bench) => {
        const before = bench.hub.wire.sent.length
        for (const params of [
          { email: 'ab' },
          { email: 'example.com', starting_after: 'cus_QpTx4mZc7kW1rB' },
          { email: 'jane@example.com', page: 'abc' },
          { email: 'jane@example.com', starting_after: 'cus_1Qp', ending_before: 'cus_2Qp' },
        ]) {
          const error = await bench.refused('stripe_list_customers', params)
          expect(error.code, JSON.stringify(params)).toBe('invalid_params')
          expect(error.next_step).toContain('clawlink_describe_tool')
        }
        expect(bench.hub.wire.sent.length).toBe(before)
      },
    ],
  },
  stripe_get_customer: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a customer is read with name, e-mail and balance',
      async (bench) => {
        const id = await jane(bench)
        await bench.stripe.customers.update(id, { balance: -500, metadata: { plan: 'gold' } })
        const customer = await bench.read('stripe_get_customer', { customer_id: id })
        expect(customer).toMatchObject({
          id,
          name: 'Jane Doe',
          email: 'jane@example.com',
          balance: -500,
          metadata: { plan: 'gold' },
        })
      },
    ],
    subtle: [
      'a deleted customer is answered as deleted, not as missing',
      async (bench) => {
        const id = await jane(bench)
        await bench.stripe.customers.del(id)
        expect(await bench.read('stripe_get_customer', { customer_id: id })).toMatchObject({
          id,
          deleted: true,
        })
      },
    ],
    error: [nobody[0], nobody[1]('stripe_get_customer')],
  },
  stripe_create_customer: {
    fixtures: async (bench) => ({ paymentMethod: await newCard(bench) }),
    normal: [
      'name, e-mail and metadata are shown, and are what is there afterwards',
      async (bench) => {
        const { preview, result } = await bench.write('stripe_create_customer', {
          name: 'John Roe',
          email: 'john.roe@example.com',
          metadata: { order: '7' },
        })
        expect(preview.summary).toContain('Create the customer John Roe <john.roe@example.com>')
        expect(preview.effect).toBe('change')
        expect(preview.warnings).toEqual([])
        expect(await bench.stripe.customers.retrieve(result.id)).toMatchObject({
          name: 'John Roe',
          email: 'john.roe@example.com',
          metadata: { order: '7' },
        })
      },
    ],
    subtle: [
      'a payment method is saved and made the default in one go, and a namesake is warned of',
      async (bench) => {
        const existing = await bench.stripe.customers.create({ email: 'twice@example.com' })
        const card = await newCard(bench)
        const { preview, result } = await bench.write('stripe_create_customer', {
          email: 'twice@example.com',
          payment_method: card,
          invoice_settings: { default_payment_method: card },
        })
        expect(preview.warnings.join(' ')).toContain(existing.id)
        expect(JSON.stringify(preview.changes)).toContain('Visa ••4242')
        const saved = await bench.stripe.customers.listPaymentMethods(result.id)
        expect(saved.data.map((method) => method.id)).toEqual([card])
        const alone = { invoice_settings: { default_payment_method: card } }
        expect(await bench.refused('stripe_create_customer', alone)).toMatchObject({ code: 'invalid_params' })
      },
    ],
    error: [
      'a card that is saved with somebody else is refused, with the way out',
      async (bench) => {
        const owner = await jane(bench)
        const error = await bench.refused('stripe_create_customer', {
          name: 'John Roe',
          payment_method: await savedCard(bench, owner),
        })
        expect(error).toMatchObject({ code: 'payment_method_unusable' })
        expect(error.next_step).toContain(owner)
      },
    ],
  },
  stripe_update_customer: {
    fixtures: async (bench) => {
      const customer = await jane(bench)
      return { customer, paymentMethod: await savedCard(bench, customer) }
    },
    normal: [
      'only what is sent changes, shown before and after',
      async (bench) => {
        const id = await jane(bench)
        const { preview } = await bench.write('stripe_update_customer', {
          customer: id,
          email: 'jane.new@example.com',
        })
        expect(preview.summary).toContain(`Update Jane Doe <jane@example.com> (${id}): email`)
        expect(preview.changes).toEqual([
          expect.objectContaining({ before: 'jane@example.com', after: 'jane.new@example.com' }),
        ])
        expect(preview.warnings.join(' ')).toContain('go to the new address')
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({
          name: 'Jane Doe',
          email: 'jane.new@example.com',
        })
      },
    ],
    subtle: [
      'metadata is merged, an empty text clears, a whole address too, and a balance counts as money',
      async (bench) => {
        const { id } = await bench.stripe.customers.create({
          name: 'Jane Doe',
          phone: '+15550100',
          address: { city: 'Berlin', country: 'DE' },
          metadata: { kept: '1', gone: '2', 'a.b': '3' },
        })
        const { preview } = await bench.write('stripe_update_customer', {
          customer_id: id,
          phone: '',
          address: '',
          metadata: { gone: '', 'a.b': '4' },
        })
        expect(preview.effect).toBe('change')
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({
          phone: null,
          address: null,
          metadata: { kept: '1', 'a.b': '4' },
        })
        const all = await bench.write('stripe_update_customer', { customer_id: id, metadata: '' })
        expect(all.preview.changes).toHaveLength(2)
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ metadata: {} })

        await bench.stripe.customers.createBalanceTransaction(id, { amount: 100, currency: 'usd' })
        const balance = await bench.write('stripe_update_customer', { customer_id: id, balance: -2500 })
        expect(balance.preview).toMatchObject({ effect: 'money', needs: 'dashboard' })
        expect(balance.preview.changes[0]).toMatchObject({
          before: '$1.00 owed (100 usd)',
          after: '$25.00 credit (-2500 usd)',
        })
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ balance: -2500 })
      },
    ],
    error: [
      'a deleted or unknown customer, somebody else’s card and an empty update are refused',
      async (bench) => {
        await nobody[1]('stripe_update_customer', { name: 'X' })(bench)
        const [gone, id] = [await jane(bench), await jane(bench)]
        const other = await savedCard(bench, await jane(bench))
        await bench.stripe.customers.del(gone)
        expect(await bench.refused('stripe_update_customer', { id: gone, name: 'X' })).toMatchObject({
          code: 'customer_not_found',
        })
        const foreign = await bench.refused('stripe_update_customer', {
          id,
          invoice_settings: { default_payment_method: other },
        })
        expect(foreign.code).toBe('payment_method_unusable')
        expect(foreign.next_step).toContain('stripe_list_payment_methods')
        expect(await bench.refused('stripe_update_customer', { id })).toMatchObject({
          code: 'invalid_params',
        })
      },
    ],
  },
  stripe_delete_customer: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a customer without anything is deleted, and the answer says so',
      async (bench) => {
        const id = await jane(bench)
        const { preview, result } = await bench.write('stripe_delete_customer', { customer_id: id })
        expect(preview).toMatchObject({ effect: 'money' })
        expect(preview.summary).toContain(
          `Delete Jane Doe <jane@example.com> (${id}) with no active subscription and no payment method`,
        )
        expect(preview.irreversible).toContain('cannot be brought back')
        expect(result).toMatchObject({ id, deleted: true })
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ deleted: true })
      },
    ],
    subtle: [
      'all that goes with it is told: subscriptions at once, cards, balance, unpaid invoices',
      async (bench) => {
        const { stripe } = bench
        const id = await jane(bench)
        const card = await savedCard(bench, id)
        const subscription = await stripe.subscriptions.create({
          customer: id,
          items: [{ price: await monthlyPrice(bench), quantity: 3 }],
          default_payment_method: card,
        })
        await stripe.customers.createBalanceTransaction(id, { amount: -700, currency: 'usd' })
        await stripe.invoiceItems.create({ customer: id, amount: 1200, currency: 'usd' })
        const invoice = await stripe.invoices.create({
          customer: id,
          collection_method: 'send_invoice',
          days_until_due: 30,
          pending_invoice_items_behavior: 'include',
        })
        const { preview } = await bench.write('stripe_delete_customer', { customer_id: id })
        const shown = JSON.stringify(preview.changes)
        expect(preview.summary).toContain('1 active subscription and 1 payment method')
        expect(shown).toContain('3 × $20.00 per month')
        expect(shown).toContain('Mastercard ••4444')
        expect(shown).toContain('$7.00 credit')
        expect(preview.warnings).toContainEqual(
          expect.stringMatching(new RegExp(`${invoice.id}.*draft, \\$5\\.00.*nothing collects it`)),
        )
        expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe('canceled')
        expect((await stripe.paymentMethods.retrieve(card)).customer).toBeNull()
      },
    ],
    error: [nobody[0], nobody[1]('stripe_delete_customer')],
  },
  stripe_create_customer_balance_transaction: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a negative amount is told as credit, and the balance is what was said',
      async (bench) => {
        const id = await jane(bench)
        await bench.stripe.customers.createBalanceTransaction(id, { amount: -300, currency: 'usd' })
        const { preview, result } = await bench.write('stripe_create_customer_balance_transaction', {
          customer_id: id,
          amount: { value: '-5.00', currency: 'usd' },
          description: 'Goodwill',
        })
        expect(preview.summary).toContain('a credit of $5.00')
        expect(preview.effect).toBe('money')
        expect(preview.changes).toContainEqual(
          expect.objectContaining({ before: '$3.00 credit (-300 usd)', after: '$8.00 credit (-800 usd)' }),
        )
        expect(result).toMatchObject({ amount: -500, type: 'adjustment', ending_balance: -800 })
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ balance: -800 })
      },
    ],
    subtle: [
      'a positive amount is told as a debt, and the first one fixes the currency',
      async (bench) => {
        const id = await jane(bench)
        const { preview } = await bench.write('stripe_create_customer_balance_transaction', {
          customer_id: id,
          amount: 1500,
          currency: 'eur',
        })
        expect(preview.summary).toContain('Add €15.00 to what Jane Doe')
        expect(preview.warnings.join(' ')).toContain('billed in EUR alone')
        expect(preview.irreversible).toContain('cannot be changed or deleted')
        expect(await bench.stripe.customers.retrieve(id)).toMatchObject({ balance: 1500, currency: 'eur' })
      },
    ],
    error: [
      'another currency than the customer’s and an amount of nothing are refused',
      async (bench) => {
        const id = await jane(bench)
        await bench.stripe.customers.createBalanceTransaction(id, { amount: -300, currency: 'usd' })
        const tool = 'stripe_create_customer_balance_transaction'
        const error = await bench.refused(tool, { customer_id: id, amount: -500, currency: 'eur' })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('is in usd')
        const nothing = await bench.refused(tool, { customer_id: id, amount: 0, currency: 'usd' })
        expect(nothing.code).toBe('invalid_params')
        await nobody[1](tool, { amount: 1, currency: 'usd' })(bench)
      },
    ],
  },
  stripe_create_customer_session: {
    fixtures: async (bench) => ({ customer: await jane(bench) }),
    normal: [
      'a component is opened for a customer, and the secret is delivered once',
      async (bench) => {
        const customer = await jane(bench)
        const { preview, result, body } = await bench.write('stripe_create_customer_session', {
          customer,
          components: { pricing_table: { enabled: true } },
        })
        expect(preview.summary).toContain('Open pricing_table for Jane Doe')
        expect(preview.warnings.join(' ')).toContain('subscribe as this customer')
        expect(result.client_secret).toMatch(/^cuss_/)
        const again = await bench.hub.device.call('stripe_create_customer_session', {
          confirmation: body.confirmation,
        })
        expect(again.status).toBe(200)
        expect(JSON.stringify(again.body)).not.toContain(result.client_secret)
      },
    ],
    subtle: [
      'it is not the billing portal: the tool says so, and without an enabled component nothing is asked',
      async (bench) => {
        const customer = await jane(bench)
        const described = await bench.hub.device.request('GET', '/tools/stripe_create_customer_session')
        expect(JSON.stringify(described.body)).toContain('stripe_create_billing_portal_session')
        const none = { customer, components: { buy_button: { enabled: false } } }
        const error = await bench.refused('stripe_create_customer_session', none)
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('payment_element')
      },
    ],
    error: [
      'an unknown customer says customer_not_found; components are needed',
      async (bench) => {
        const components = { payment_element: { enabled: true } }
        const error = await bench.refused('stripe_create_customer_session', {
          customer: 'cus_Nobody42x9',
          components,
        })
        expect(error).toMatchObject({ code: 'customer_not_found' })
        expect(error.next_step).toContain('stripe_search_customers')
        const bare = await bench.refused('stripe_create_customer_session', { customer: await jane(bench) })
        expect(bare).toMatchObject({ code: 'invalid_params' })
        expect(bare.message).toContain('components')
      },
    ],
  },
  stripe_search_customers: {
    fixtures: async () => ({}),
    normal: [
      'parts of names and metadata are found, by page',
      async (bench) => {
        const ids: string[] = []
        for (const name of ['Zoe Quartz', 'Zack Quartz'])
          ids.push((await bench.stripe.customers.create({ name, metadata: { tier: 'q' } })).id)
        const first = await bench.read('stripe_search_customers', { query: "name~'quartz'", limit: 1 })
        expect(first).toMatchObject({ data: [{ id: ids[1] }], has_more: true })
        const next = await bench.read('stripe_search_customers', {
          query: "name~'quartz'",
          limit: 1,
          page: first.next_page,
        })
        expect(next.data).toMatchObject([{ id: ids[0] }])
        const both = await bench.read('stripe_search_customers', { query: "metadata['tier']:'q'" })
        expect(both.data.map((customer: { id: string }) => customer.id)).toEqual(ids.toReversed())
      },
    ],
    subtle: [
      'the number of matches comes when it is asked for, and there is no cursor by ids',
      async (bench) => {
        await bench.stripe.customers.create({ name: 'Counted Once' })
        const counted = await bench.read(
          'stripe_search_customers',
          { query: "name:'Counted Once'", expand: ['total_count'] },
          { view: 'full' },
        )
        expect(counted.total_count).toBe(1)
        const error = await bench.refused('stripe_search_customers', {
          query: "name:'Counted Once'",
          starting_after: 'cus_QpTx4mZc7kW1rB',
        })
        expect(error.message).toContain('starting_after')
      },
    ],
    error: [
      'words without a field are refused with how a query looks, and what Stripe cannot read too',
      async (bench) => {
        const words = await bench.refused('stripe_search_customers', { query: 'Jane Doe' })
        expect(words).toMatchObject({ code: 'invalid_params' })
        expect(words.message).toContain("name~'doe'")
        const mixed = await bench.refused('stripe_search_customers', {
          query: "name~'doe' AND email~'example' OR phone:'1'",
        })
        expect(mixed).toMatchObject({ code: 'provider_rejected' })
        expect(mixed.next_step).toContain('clawlink_describe_tool')
      },
    ],
  },
})
