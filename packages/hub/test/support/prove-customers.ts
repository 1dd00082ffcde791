import { expect } from 'vitest'
import { jane, newCard, nobody, savedCard } from './customers.ts'
import type { Proof } from './prove-tools.ts'

/** The journeys of the tools for the records of customers. */
export const customerProofs: Record<string, Proof> = {
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
}
