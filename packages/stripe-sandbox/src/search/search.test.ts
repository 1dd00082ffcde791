import { expect, test } from 'vitest'
import { START_SECONDS, pay, refusal, startSandbox } from '../../test/harness.ts'

test('customers are found by their texts, their metadata and their time', async () => {
  const { stripe, advance } = await startSandbox()
  const jane = await stripe.customers.create({
    name: 'Jane Doe',
    email: 'jane@example.com',
    metadata: { tier: 'gold' },
  })
  advance(10)
  const joan = await stripe.customers.create({
    name: "Joan O'Neil",
    phone: '+1555',
    metadata: { "it's": 'so' },
  })
  const gone = await stripe.customers.create({ name: 'Jane Gone' })
  await stripe.customers.del(gone.id)
  const found = async (query: string) => (await stripe.customers.search({ query })).data.map(({ id }) => id)
  expect(await found('name~"jane"')).toEqual([jane.id])
  expect(await found('email:"JANE@example.com"')).toEqual([jane.id])
  expect(await found(`metadata['tier']:'gold'`)).toEqual([jane.id])
  expect(await found(`metadata["tier"]:null`)).toEqual([joan.id])
  expect(await found(`-metadata["tier"]:null`)).toEqual([jane.id])
  expect(await found(`metadata['it\\'s']:"so"`)).toEqual([joan.id])
  expect(await found(`name:'joan o\\'neil' AND phone:"+1555"`)).toEqual([joan.id])
  expect(await found(`name~"jane" OR name~"joan"`)).toEqual([joan.id, jane.id])
  expect(await found(`created>${START_SECONDS}`)).toEqual([joan.id])
  expect(await found(`-email:null`)).toEqual([jane.id])
})

test('money is found by amount, state and card', async () => {
  const { stripe } = await startSandbox()
  const small = await pay(stripe, { amount: 500 })
  const large = await pay(stripe, { amount: 5_000, currency: 'eur', metadata: { order: '7' } })
  await stripe.refunds.create({ charge: small.charge.id })
  const charges = async (query: string) => (await stripe.charges.search({ query })).data.map(({ id }) => id)
  expect(await charges('amount>=500 AND amount<5000')).toEqual([small.charge.id])
  expect(await charges('refunded:"true"')).toEqual([small.charge.id])
  expect(await charges('payment_method_details.card.last4:4242 -currency:"usd"')).toEqual([large.charge.id])
  const { data } = await stripe.paymentIntents.search({ query: 'status:"succeeded" metadata["order"]:"7"' })
  expect(data).toEqual([await stripe.paymentIntents.retrieve(large.intent.id)])
})

test('what is sold and billed is found', async () => {
  const { stripe } = await startSandbox()
  const product = await stripe.products.create({ name: 'Gold plan', description: 'All of it' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 100,
    lookup_key: 'gold',
  })
  const query = 'active:"true"'
  expect((await stripe.products.search({ query: `${query} description~"all"` })).data).toEqual([product])
  expect((await stripe.prices.search({ query: 'lookup_key:"gold" type:"one_time"' })).data).toEqual([price])
  expect((await stripe.invoices.search({ query: 'total>0 status:"open"' })).data).toEqual([])
  expect((await stripe.subscriptions.search({ query: 'status:"active" canceled_at:null' })).data).toEqual([])
})

test('pages go on where they ended, whatever is added in between, and count only when asked', async () => {
  const { stripe, request } = await startSandbox()
  for (let number = 0; number < 7; number++) await stripe.customers.create({ name: `Person ${number}` })
  const query = 'name~"person"'
  const seen: string[] = []
  let page: string | undefined
  do {
    const found = await stripe.customers.search({ query, limit: 3, ...(page === undefined ? {} : { page }) })
    seen.push(...found.data.map(({ name }) => name ?? ''))
    page = found.next_page ?? undefined
    expect(found.has_more).toBe(page !== undefined)
    await stripe.customers.create({ name: 'Person late' })
  } while (page !== undefined)
  expect(seen).toEqual([6, 5, 4, 3, 2, 1, 0].map((number) => `Person ${number}`))
  const walked: string[] = []
  for await (const { id } of stripe.customers.search({ query, limit: 4 })) walked.push(id)
  expect(new Set(walked).size).toBe(10)
  const counted = await stripe.customers.search({ query, limit: 1, expand: ['total_count'] })
  expect(counted).toMatchObject({ total_count: 10, url: '/v1/customers/search', object: 'search_result' })
  const { body } = await request('GET', `/v1/customers/search?query=${encodeURIComponent(query)}`)
  expect(body).not.toHaveProperty('total_count')
})

test('new objects are found after the lag, and those on test clocks never', async () => {
  const { stripe, advance } = await startSandbox({ searchLagSeconds: 30 })
  await stripe.customers.create({ name: 'Jane' })
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: START_SECONDS - 1000 })
  await stripe.customers.create({ name: 'Jane', test_clock: clock.id })
  const found = async () => (await stripe.customers.search({ query: 'name:"Jane"' })).data.length
  expect(await found()).toBe(0)
  advance(30)
  expect(await found()).toBe(1)
})

test('a wrong search is refused in the words of Stripe', async () => {
  const { stripe } = await startSandbox()
  const wrong = async (params: { query: string; limit?: number; page?: string }) =>
    refusal(stripe.customers.search(params).then((result) => result))
  expect(await wrong({ query: 'status:"x"' })).toMatchObject({
    statusCode: 400,
    type: 'StripeInvalidRequestError',
    message:
      'Field `status` is an unsupported search field for resource `customers`. See ' +
      'http://stripe.com/docs/search#query-fields-for-customers for a list of supported fields.',
  })
  expect((await wrong({ query: 'x' })).message).toMatch(
    /^We were unable to parse your search query\. Try using/,
  )
  expect((await wrong({ query: 'name:"x"', limit: 101 })).param).toBe('limit')
  expect((await wrong({ query: 'name:"x"', page: 'nonsense' })).param).toBe('page')
})
