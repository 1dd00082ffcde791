import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { pairMcpAgent } from '../packages/hub/test/support/mcp-agent.ts'
import { messagesOf, modernRequest } from '../packages/hub/test/support/mcp-raw.ts'
import { startTestHub, type TestHub } from '../packages/hub/test/support/test-hub.ts'
import type { Figures } from './run.ts'

interface Call {
  tool: string
  params?: Record<string, unknown>
}

/** What agents are asked most, as the reads that answer it; each costs what comes back. */
const TASKS: Record<string, Call[]> = {
  'newest customers': [{ tool: 'stripe_list_customers', params: { limit: 20 } }],
  'find a customer': [
    { tool: 'stripe_search_customers', params: { query: "email~'customer-7'", limit: 10 } },
  ],
  'recent payments': [{ tool: 'stripe_list_payment_intents', params: { limit: 50 } }],
  'who owes us': [{ tool: 'stripe_list_invoices', params: { status: 'open', limit: 50 } }],
  'who pays every month': [{ tool: 'stripe_list_subscriptions', params: { limit: 50 } }],
  'what do we sell': [
    { tool: 'stripe_list_products', params: { limit: 50 } },
    { tool: 'stripe_list_prices', params: { limit: 50 } },
  ],
  'money in the account': [
    { tool: 'stripe_get_balance' },
    { tool: 'stripe_list_balance_transactions', params: { limit: 20 } },
  ],
  discounts: [{ tool: 'stripe_list_coupons', params: { limit: 20 } }],
  'prepare a refund': [
    { tool: 'stripe_search_customers', params: { query: "email~'customer-7'", limit: 10 } },
    { tool: 'stripe_list_payment_intents', params: { limit: 10 } },
  ],
  'a hundred customers': [{ tool: 'stripe_list_customers', params: { limit: 100 } }],
}

const CUSTOMERS = 100
const SUBSCRIBERS = 50

/**
 * What the catalog costs an agent, in tokens of o200k: what `/mcp` says of itself and lists, the description of each
 * curated tool, a list of a hundred customers over Stripe's own JSON (on one line, though Stripe sends it with line
 * breaks), and typical tasks beside the same with the raw JSON.
 */
export async function tokens(): Promise<Figures> {
  const hub = await startTestHub()
  try {
    await fillShop(hub)
    const described: number[] = []
    for (const name of await toolNames(hub)) {
      const { body } = await hub.device.request('GET', `/tools/${name}`)
      described.push(count(body))
    }
    described.sort((a, b) => a - b)
    const tasks: Record<string, number> = {}
    for (const [name, calls] of Object.entries(TASKS)) {
      const [ours, raw] = [await cost(hub, calls, 'compact'), await cost(hub, calls, 'full')]
      tasks[name] = ours
      tasks[`${name}, raw`] = raw
      tasks[`${name}, ratio`] = rounded(ours / raw)
    }
    return {
      toolsList: count(await askMcp(hub, 'tools/list')),
      instructions: count((await askMcp(hub, 'server/discover'))['instructions']),
      describeMedian: described[Math.floor(described.length / 2)] ?? 0,
      describeWorst: described.at(-1) ?? 0,
      listRatio: tasks['a hundred customers, ratio'] ?? 0,
      tasks,
    }
  } finally {
    await hub.stop()
  }
}

/** The result of a request to the hub's MCP endpoint, as it comes over the wire. */
async function askMcp(hub: TestHub, method: string): Promise<Record<string, unknown>> {
  const agent = await pairMcpAgent(hub)
  const [message] = await messagesOf(await agent.fetch(`${hub.url}/mcp`, modernRequest({ method })))
  return message.result as Record<string, unknown>
}

async function toolNames({ device }: TestHub): Promise<string[]> {
  const { body } = await device.request('GET', '/tools?integration=stripe')
  return (body.groups as Array<{ tools: Array<{ name: string }> }>).flatMap((group) =>
    group.tools.map((tool) => tool.name),
  )
}

async function cost({ device }: TestHub, calls: Call[], view: 'compact' | 'full'): Promise<number> {
  let sum = 0
  for (const { tool, params = {} } of calls) {
    const { status, body } = await device.call(tool, { params, view })
    if (status !== 200) throw new Error(`${tool} answered ${status}: ${JSON.stringify(body)}`)
    sum += count(body.result)
  }
  return sum
}

function count(value: unknown): number {
  return countTokens(JSON.stringify(value))
}

function rounded(ratio: number): number {
  return Number(ratio.toFixed(3))
}

/** A shop with enough of everything that the tasks ask for. */
async function fillShop(hub: TestHub): Promise<void> {
  const { stripe } = hub
  const customers: string[] = []
  for (let index = 0; index < CUSTOMERS; index += 1) {
    const made = await stripe.customers.create({
      name: `Customer Number ${index}`,
      email: `customer-${index}@example.com`,
      phone: '+41445550100',
      address: { line1: `Street ${index}`, city: 'Bern', country: 'CH', postal_code: '3000' },
      metadata: { shop_id: String(1000 + index), plan: 'starter' },
    })
    customers.push(made.id)
  }
  for (let index = 0; index < SUBSCRIBERS; index += 1) await hub.charge(1000 + index, 'usd')
  const prices: string[] = []
  for (const amount of [900, 1900, 4900, 9900, 19_900]) {
    const product = await stripe.products.create({
      name: `Plan for ${amount}`,
      description: 'A plan of the shop',
    })
    const price = await stripe.prices.create({
      product: product.id,
      currency: 'usd',
      unit_amount: amount,
      recurring: { interval: 'month' },
    })
    prices.push(price.id)
    await stripe.coupons.create({ percent_off: amount / 500, duration: 'once', name: `Sale ${amount}` })
  }
  for (const [index, customer] of customers.slice(0, SUBSCRIBERS).entries()) {
    await stripe.subscriptions.create({
      customer,
      items: [{ price: prices[index % prices.length] ?? '' }],
      collection_method: 'send_invoice',
      days_until_due: 30,
    })
    const invoice = await stripe.invoices.create({
      customer,
      collection_method: 'send_invoice',
      days_until_due: 14,
    })
    await stripe.invoiceItems.create({
      customer,
      invoice: invoice.id ?? '',
      amount: 12_500,
      currency: 'usd',
      description: 'Consulting',
    })
    await stripe.invoices.finalizeInvoice(invoice.id ?? '')
  }
}
