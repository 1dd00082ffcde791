import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CLAWLINK, runProcess } from '../support/processes.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

/** Every form in which skills write commands, typed into a real shell that finds the executables by their names. */

let hub: TestHub
let sold: { customer: string; charge: string; paymentIntent: string }
let price: string

beforeAll(async () => {
  hub = await startTestHub()
  mkdirSync(join(hub.home, 'bin'))
  const { bin } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    bin: Record<string, string>
  }
  for (const name of Object.keys(bin)) symlinkSync(CLAWLINK, join(hub.home, 'bin', name))
  sold = await hub.charge(5000, 'usd')
  const product = await hub.stripe.products.create({ name: 'Coffee every month' })
  const monthly = {
    unit_amount: 900,
    currency: 'usd',
    product: product.id,
    recurring: { interval: 'month' as const },
  }
  price = (await hub.stripe.prices.create(monthly)).id

  const begun = await shell(`clawlink_begin_pairing --hub ${hub.url}`)
  expect(begun).toMatchObject({ code: 0, answer: { status: 'pending' } })
  expect((await shell('clawlink_get_pairing_status')).code).toBe(4)
  const approval = { code: String(begun.answer['user_code']), decision: 'approve' }
  expect((await hub.owner.post('/pair', approval, '/devices')).status).toBe(303)
  expect(await shell('clawlink_get_pairing_status')).toMatchObject({ code: 0, answer: { status: 'paired' } })
})
afterAll(() => hub.stop())

interface Told {
  code: number | null
  answer: Record<string, unknown>
}

async function shell(line: string): Promise<Told> {
  const { code, stdout, stderr } = await runProcess('-c', [line], {
    node: '/bin/sh',
    env: {
      CLAWLINK_HOME: join(hub.home, 'agent'),
      PATH: [join(hub.home, 'bin'), dirname(process.execPath), process.env['PATH']].join(delimiter),
    },
  })
  expect(stdout.trimEnd().split('\n'), `${line}\n${stderr}`).toHaveLength(1)
  return { code, answer: JSON.parse(stdout) as Record<string, unknown> }
}

test('the connection is looked up without any option', async () => {
  const { code, answer } = await shell('clawlink_list_integrations')
  expect(code).toBe(0)
  expect(answer).toMatchObject({
    integrations: [{ integration: 'stripe', connections: [{ state: 'active' }] }],
  })
})

test('the live catalog is listed for an integration', async () => {
  const { code, answer } = await shell('clawlink_list_tools --integration stripe')
  expect(code).toBe(0)
  expect(JSON.stringify(answer)).toContain('stripe_create_refund')
})

test.each([
  'clawlink_search_tools --query "refund a charge" --integration stripe',
  "clawlink_search_tools refund a charge --integration 'stripe'",
])('a tool is found with a few words: %s', async (line) => {
  const { code, answer } = await shell(line)
  expect(code).toBe(0)
  expect(answer).toMatchObject({
    tools: expect.arrayContaining([expect.objectContaining({ name: 'stripe_create_refund' })]),
  })
})

test.each([
  'clawlink_describe_tool --tool "stripe_create_refund"',
  'clawlink_describe_tool stripe_create_refund',
])('a tool explains itself: %s', async (line) => {
  const { code, answer } = await shell(line)
  expect(code).toBe(0)
  expect(answer).toMatchObject({ tool: 'stripe_create_refund', mode: 'write', whenToUse: expect.any(String) })
})

test.each([
  `clawlink_call_tool --tool "stripe_list_customers" --params '{"limit": 10}'`,
  `clawlink_call_tool --tool "stripe_list_subscriptions" --params '{"limit": 10}'`,
  `clawlink_call_tool --tool=stripe_list_customers --params='{"limit": 10}'`,
  `clawlink_call_tool --tool "stripe_list_customers" \\\n--params '{\n"limit": 10,\n"email": "example.com"\n}'`,
  `echo '{"limit": 10}' | clawlink_call_tool --tool stripe_list_customers --params -`,
  `clawlink_call_tool --tool stripe_list_customers --params "{\\"limit\\": 10}"`,
])('a read answers at once, however it is quoted: %s', async (line) => {
  const { code, answer } = await shell(line)
  expect(code, JSON.stringify(answer)).toBe(0)
  expect(answer).toMatchObject({ result: { data: expect.any(Array) } })
})

test('an object is read by its id', async () => {
  const { code, answer } = await shell(
    `clawlink_call_tool --tool "stripe_get_payment_intent" --params '{"payment_intent_id": "${sold.paymentIntent}"}'`,
  )
  expect(code).toBe(0)
  expect(answer).toMatchObject({ result: { id: sold.paymentIntent } })
})

/** Params over several lines, with lists, objects and amounts, as examples of writes have them. */
const WRITES: Array<[tool: string, params: () => object]> = [
  [
    'stripe_create_payment_intent',
    () => ({ amount: 5000, currency: 'usd', customer: sold.customer, description: 'Order #7' }),
  ],
  [
    'stripe_create_customer',
    () => ({ email: 'jane@example.com', name: "Jane O'Neil", metadata: { internal_id: 'C-7' } }),
  ],
  [
    'stripe_create_checkout_session',
    () => ({
      mode: 'subscription',
      line_items: [{ price, quantity: 1 }],
      success_url: 'https://example.com/thanks',
      cancel_url: 'https://example.com/cart',
    }),
  ],
  ['stripe_create_refund', () => ({ charge: sold.charge, amount: 2500 })],
  [
    'stripe_create_subscription',
    () => ({ customer: sold.customer, items: [{ price }], payment_behavior: 'default_incomplete' }),
  ],
]

test.each(WRITES)('%s goes preview, approval, call, with params over several lines', async (tool, params) => {
  const text = JSON.stringify(params(), null, 2).replaceAll("'", `'\\''`)
  const { code, answer } = await shell(`clawlink_preview_tool --tool "${tool}" \\\n--params '${text}'`)
  expect(code, JSON.stringify(answer)).toBe(0)
  const { confirmation, state } = answer as { confirmation: string; state: string }
  if (state === 'pending') expect((await hub.owner.approve(confirmation)).status).toBe(303)
  const called = await shell(
    `clawlink_call_tool --tool "${tool}" --params '${text}' --confirmation ${confirmation}`,
  )
  expect(called.code, JSON.stringify(called.answer)).toBe(0)
  expect(called.answer).toMatchObject({ tool, result: { id: expect.any(String) } })
})

test('a write that nobody was shown is not sent, and a confirmation tells where it stands', async () => {
  const words = `--tool stripe_create_refund --params '{"charge": "${sold.charge}", "amount": 100}'`
  const unasked = await shell(`clawlink_call_tool ${words}`)
  expect(unasked).toMatchObject({ code: 4, answer: { error: { code: 'confirmation_required' } } })
  const { answer } = await shell(`clawlink_preview_tool ${words}`)
  const asked = await shell(`clawlink_get_confirmation ${String(answer['confirmation'])} --seconds 0`)
  expect(asked).toMatchObject({ code: 4, answer: { state: 'pending' } })
})

test.each([
  [
    `clawlink_call_tool --tool stripe_get_charge --params '{"charge_id": "ch_1234567890"}'`,
    'tool_not_found',
    1,
  ],
  [
    `clawlink_call_tool --tool stripe_get_customer --params '{"customer_id": "cus_1234567890"}'`,
    'invalid_params',
    2,
  ],
  [
    `clawlink_call_tool --tool stripe_get_customer --params '{"customer_id": "cus_NoSuchCustomer1"}'`,
    'customer_not_found',
    6,
  ],
  [`clawlink_call_tool --tool stripe_list_customers --params {limit: 10}`, 'usage', 2],
  [`clawlink_call_tool --params '{"limit": 10}'`, 'usage', 2],
])('what goes wrong is an exit code and an error with a next step: %s', async (line, code, exit) => {
  const told = await shell(line)
  expect(told.answer).toMatchObject({ error: { code } })
  expect(told.code).toBe(exit)
})
