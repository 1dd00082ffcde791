import { expect, test } from 'vitest'
import { START_SECONDS, refusal, startSandbox } from '../../test/harness.ts'
import type { TestSandbox } from '../../test/harness.ts'

async function withCustomers(count: number) {
  const started = await startSandbox()
  const ids: string[] = []
  for (let number = 0; number < count; number++) {
    ids.unshift((await started.stripe.customers.create({ name: `Customer ${number}` })).id)
    started.advance(10)
  }
  return { ...started, ids }
}

const page = async (
  stripe: TestSandbox['stripe'],
  params: Parameters<TestSandbox['stripe']['customers']['list']>[0],
) => {
  const { data, has_more: more } = await stripe.customers.list(params)
  return [data.map(({ id }) => id), more]
}

test('pages go forwards and backwards, newest first', async () => {
  const { stripe, ids } = await withCustomers(7)
  const [c6, c5, c4, c3, c2, c1, c0] = ids
  expect(await page(stripe, { limit: 3 })).toEqual([[c6, c5, c4], true])
  expect(await page(stripe, { limit: 3, starting_after: c4 ?? '' })).toEqual([[c3, c2, c1], true])
  expect(await page(stripe, { limit: 3, starting_after: c1 ?? '' })).toEqual([[c0], false])
  expect(await page(stripe, { limit: 3, starting_after: c0 ?? '' })).toEqual([[], false])
  expect(await page(stripe, { limit: 3, ending_before: c1 ?? '' })).toEqual([[c4, c3, c2], true])
  expect(await page(stripe, { limit: 3, ending_before: c3 ?? '' })).toEqual([[c6, c5, c4], false])
  expect(await page(stripe, { limit: 3, ending_before: c6 ?? '' })).toEqual([[], false])
})

test('the SDK walks all pages both ways', async () => {
  const { stripe, ids } = await withCustomers(25)
  const walked: string[] = []
  for await (const customer of stripe.customers.list({ limit: 4 })) walked.push(customer.id)
  expect(walked).toEqual(ids)
  const back: string[] = []
  for await (const customer of stripe.customers.list({ limit: 4, ending_before: ids.at(-1) ?? '' }))
    back.push(customer.id)
  expect(back).toEqual(ids.slice(0, -1).reverse())
})

test('a cursor holds when its object is deleted and others are added', async () => {
  const { stripe, ids } = await withCustomers(5)
  await stripe.customers.del(ids[2] ?? '')
  await stripe.customers.create()
  expect(await page(stripe, { starting_after: ids[2] ?? '' })).toEqual([[ids[3], ids[4]], false])
})

test('ten come unless asked, and the page says where it is from', async () => {
  const { request } = await withCustomers(11)
  const { body } = await request('GET', '/v1/customers')
  expect(body).toMatchObject({ object: 'list', url: '/v1/customers', has_more: true })
  expect(body.data).toHaveLength(10)
})

test('time ranges hold at their edges', async () => {
  const { stripe, ids } = await withCustomers(3)
  const [c2, c1, c0] = ids
  const created = async (range: number | { gt?: number; gte?: number; lt?: number; lte?: number }) =>
    (await page(stripe, { created: range }))[0]
  expect(await created({ gte: START_SECONDS + 10 })).toEqual([c2, c1])
  expect(await created({ gt: START_SECONDS + 10 })).toEqual([c2])
  expect(await created({ lte: START_SECONDS + 10 })).toEqual([c1, c0])
  expect(await created({ lt: START_SECONDS + 10 })).toEqual([c0])
  expect(await created({ gt: START_SECONDS, lt: START_SECONDS + 20 })).toEqual([c1])
  expect(await created(START_SECONDS + 20)).toEqual([c2])
})

test.each([
  [{ limit: 0 }, 'limit', 'This value must be greater than or equal to 1.'],
  [{ limit: 101 }, 'limit', 'This value must be less than or equal to 100.'],
  [{ starting_after: 'cus_none' }, 'starting_after', "No such customer: 'cus_none'"],
  [{ ending_before: 'cus_none' }, 'ending_before', "No such customer: 'cus_none'"],
  [
    { starting_after: 'a', ending_before: 'b' },
    undefined,
    'You may only specify one of these parameters: starting_after, ending_before.',
  ],
])('a wrong page is refused: %j', async (params, param, message) => {
  const { stripe } = await startSandbox()
  const error = await refusal(stripe.customers.list(params).then((list) => list))
  expect(error).toMatchObject({ statusCode: 400, message })
  expect(error.param).toBe(param)
})

test('walking has no gap and no repeat while others are added', async () => {
  const { stripe, ids } = await withCustomers(20)
  const walked: string[] = []
  for await (const customer of stripe.customers.list({ limit: 3 })) {
    walked.push(customer.id)
    if (walked.length % 2 === 0) await stripe.customers.create()
  }
  expect(walked).toEqual(ids)
})
