import { readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { EXAMPLE } from '../../src/integrations/stripe/example-ids.ts'
import { createStripe } from '../../src/integrations/stripe/stripe.ts'
import { createSender } from '../../src/integrations/stripe/wire/send.ts'
import { renderSkill } from '../../src/surfaces/skill/render-skill.ts'
import { CLAWLINK, runProcess, startProcess, type Finished } from '../support/processes.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

const SKILL = fileURLToPath(new URL('../../../../skills/stripe-payments/SKILL.md', import.meta.url))
const skill = readFileSync(SKILL, 'utf8')

/** Every command that the skill shows, block by block. */
const blocks = [...skill.matchAll(/```bash\n([\s\S]*?)```/g)].map(([, block = '']) =>
  block.trim().split('\n'),
)

let hub: TestHub
const linked = new Set<string>()

beforeAll(async () => {
  hub = await startTestHub()
  const pairing = await startProcess(CLAWLINK, ['pair', '--hub', hub.url, '--home', hub.home, '--json'])
  await hub.owner.post('/pair', { code: String(pairing.line['user_code']), decision: 'approve' }, '/devices')
  expect(await pairing.ended).toBe(0)
})
afterAll(() => hub.stop())

test('it is what the catalog says: run `npm run skill` after a change', async () => {
  const { tools } = await createStripe(createSender([]))
  expect(skill).toBe(renderSkill(tools))
  expect(/^description: (.+)$/m.exec(skill)?.[1]?.length).toBeLessThanOrEqual(160)
})

test('it shows a good many commands', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(12)
})

describe.each(blocks.map((lines) => [lines[0] ?? '', lines] as const))('%s', (_first, lines) => {
  test('runs', async () => {
    const fixtures = await makeFixtures(lines.join('\n'))
    let confirmation = ''
    for (const line of lines) {
      const finished = await run(replaceIds(line, fixtures).replaceAll('conf_ID', confirmation))
      expect(finished.code, `${line}\n${finished.stdout}${finished.stderr}`).toBe(0)
      const answer = JSON.parse(finished.stdout) as { confirmation?: string; state?: string }
      confirmation = answer.confirmation ?? confirmation
      if (answer.state === 'pending') expect((await hub.owner.approve(confirmation)).status).toBe(303)
    }
  })
})

/** Runs a line as a shell would: the quoting is part of what is tested. */
async function run(line: string): Promise<Finished> {
  const [name = ''] = line.split(' ')
  const path = join(hub.home, name)
  if (!linked.has(name)) symlinkSync(CLAWLINK, path)
  linked.add(name)
  const command = `"${process.execPath}" "${path}"${line.slice(name.length)} --home "${hub.home}"`
  return runProcess('-c', [command], { node: '/bin/sh' })
}

function replaceIds(line: string, fixtures: Record<string, string>): string {
  return Object.entries(EXAMPLE).reduce((text, [kind, id]) => text.replaceAll(id, fixtures[kind] ?? id), line)
}

/** One of everything that the examples name; what is sold once on a page has another price than what is subscribed to. */
async function makeFixtures(commands: string): Promise<Record<string, string>> {
  const isSoldOnce = commands.includes('"mode":"payment"')
  const { stripe } = hub
  const { customer, charge, paymentIntent } = await hub.charge(5000, 'usd')
  const product = await stripe.products.create({ name: 'Pro plan' })
  const price = await stripe.prices.create({
    product: product.id,
    currency: 'usd',
    unit_amount: 2000,
    ...(isSoldOnce ? {} : { recurring: { interval: 'month' } }),
  })
  const method = await stripe.paymentMethods.attach('pm_card_visa', { customer })
  await stripe.customers.update(customer, { invoice_settings: { default_payment_method: method.id } })
  const plan = {
    currency: 'usd',
    product: product.id,
    unit_amount: 900,
    recurring: { interval: 'month' },
  } as const
  const subscription = await stripe.subscriptions.create({ customer, items: [{ price_data: plan }] })
  const invoice = await stripe.invoices.create({
    customer,
    collection_method: 'send_invoice',
    days_until_due: 14,
  })
  await stripe.invoiceItems.create({ customer, invoice: invoice.id ?? '', amount: 4000, currency: 'usd' })
  await stripe.invoices.finalizeInvoice(invoice.id ?? '')
  return {
    customer,
    charge,
    paymentIntent,
    paymentMethod: method.id,
    product: product.id,
    price: price.id,
    subscription: subscription.id,
    invoice: invoice.id ?? '',
  }
}
