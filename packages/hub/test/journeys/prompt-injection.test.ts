import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page as BrowserPage } from 'playwright-core'
import { startBrowser } from '../../../stripe-sandbox/test/browser.ts'
import { cleanLabel } from '../../src/access/label.ts'
import { cleanLine, cleanText } from '../../src/contract/clean-text.ts'
import type { PersonId, WorkspaceId } from '../../src/contract/ids.ts'
import type { ConfirmationView } from '../../src/confirmations/view.ts'
import { problemOf } from '../../src/integrations/stripe/problem-of.ts'
import { createOutput } from '../../src/surfaces/cli/print.ts'
import type { CliDeps } from '../../src/surfaces/cli/deps.ts'
import { showConfirmation } from '../../src/surfaces/cli/show-write.ts'
import { CONTINUED } from '../../src/surfaces/cli/wrap.ts'
import { confirmationPage } from '../../src/surfaces/http/confirmation-page.ts'
import { page } from '../../src/surfaces/http/page.ts'
import { injectionPayloads, MARK, type Payload } from '../support/injection-payloads.ts'
import { startTestHub, type Reply, type TestDevice, type TestHub } from '../support/test-hub.ts'

const PAYLOADS = injectionPayloads(500)
/** Payloads at once, each with objects of its own in the sandbox. */
const LANES = 4

interface Lane {
  customer: string
  charge: string
  product: string
  device: TestDevice
}

interface Shown {
  payload: Payload
  view: ConfirmationView & { request_text: string; request: { method: 'POST'; path: string; body: string } }
  html: string
}

let hub: TestHub
let browser: Browser
let tab: BrowserPage
const shown: Shown[] = []
const refusals: Array<{ payload: Payload; error: { message: string; next_step?: string } }> = []

beforeAll(async () => {
  hub = await startTestHub()
  browser = await startBrowser()
  tab = await browser.newPage()
  const lanes = await Promise.all(Array.from({ length: LANES }, (_, at) => openLane(at)))
  let next = 0
  await Promise.all(
    lanes.map(async (lane) => {
      for (let payload = PAYLOADS[next++]; payload !== undefined; payload = PAYLOADS[next++]) {
        await inject(lane, payload)
      }
    }),
  )
}, 300_000)
afterAll(async () => {
  await browser.close()
  await hub.stop()
})

async function openLane(at: number): Promise<Lane> {
  const { customer, charge } = await hub.charge(1_000_000, 'usd')
  const product = await hub.stripe.products.create({ name: 'Plain' })
  // A device names itself, too.
  const label = PAYLOADS[at * 97]?.text ?? ''
  return { customer, charge, product: product.id, device: await hub.pair(label) }
}

/** Puts the payload into every text that Stripe keeps, and into every text that an agent sends. */
async function inject(lane: Lane, payload: Payload): Promise<void> {
  const { device, customer, charge, product } = lane
  const { text } = payload
  // The SDK itself cannot write half a character.
  const kept = text.toWellFormed()
  const address = { line1: kept, city: kept, country: 'US' }
  await hub.stripe.customers.update(customer, {
    // As much of it as Stripe takes for an address.
    email: `${kept.replaceAll(/[\s@]/gu, '_').slice(0, 200).toWellFormed()}@example.com`,
    name: kept,
    description: kept,
    address,
    metadata: { note: kept },
  })
  await hub.stripe.products.update(product, { name: kept, description: kept, metadata: { note: kept } })
  await hub.stripe.charges.update(charge, { description: kept, metadata: { note: kept } })

  const note = text
  const previews = [
    await device.preview(
      'stripe_create_refund',
      { charge, amount: 100, metadata: { [text.slice(0, 30)]: text } },
      { note },
    ),
    await device.preview(
      'stripe_update_customer',
      {
        customer_id: customer,
        name: text,
        description: text,
        phone: text,
        address: { line1: text },
        metadata: { key: text },
      },
      { note },
    ),
    await device.preview(
      'stripe_update_product',
      { product_id: product, name: text, description: text },
      { note },
    ),
    await device.preview(
      'stripe_create_payment_intent',
      {
        amount: 100,
        currency: 'usd',
        customer,
        description: text,
        receipt_email: `${text}@example.com`,
        transfer_group: text,
      },
      { note },
    ),
    await device.preview('stripe_update_customer', { customer_id: text, name: text }),
    await device.preview('stripe_update_customer', { customer_id: customer, [text.slice(0, 100)]: text }),
    await device.preview('stripe_create_refund', { charge }, { connection: text.slice(0, 100) }),
  ]
  for (const reply of previews) await keep(payload, reply)
}

async function keep(payload: Payload, { status, body }: Reply): Promise<void> {
  if (status !== 200) {
    refusals.push({ payload, error: body.error })
    return
  }
  const view = (await (await hub.owner.api('GET', `/approvals/${body.confirmation}`)).json()) as Shown['view']
  const html = await (await hub.owner.get(`/confirmations/${body.confirmation}`)).text()
  shown.push({ payload, view, html })
}

/** Every text of the view that stands for the hub's own word, by where it stands. */
function wordsOf({ view }: Shown): Array<[string, string]> {
  return [
    ['summary', view.summary],
    ['irreversible', view.irreversible],
    ['device', view.device],
    ['account name', view.connection.account_name],
    ['alias', view.connection.alias],
    ...view.warnings.map((text): [string, string] => ['warning', text]),
    ...view.raised_by.map(({ why }): [string, string] => ['rule', why]),
    ...view.changes.flatMap(({ what, before, after }): Array<[string, string]> => [
      ['what', what],
      ['before', before ?? ''],
      ['after', after],
    ]),
    ...view.also_sends.flatMap(({ param, value }): Array<[string, string]> => [
      ['param', param],
      ['value', value],
    ]),
  ]
}

/** What a payload says once nothing hides in it: as a beginning of a line, it would be a forged line. */
const beginsForged = (line: string): boolean =>
  /^\W*(?:approved by|system:|then:.*evil|approve at https:\/\/evil|approve\b.*evil)/i.test(line)

test('500 payloads of every family reach the previews through Stripe’s texts and through the agent’s', () => {
  expect(new Set(PAYLOADS.map(({ text }) => text)).size).toBe(500)
  const seen = new Set(shown.map(({ payload }) => payload.text))
  // Half a character is refused at the door.
  expect(PAYLOADS.filter(({ text }) => text.isWellFormed() && !seen.has(text))).toEqual([])
  expect(shown.length).toBeGreaterThan(1_500)
  expect(refusals.length).toBeGreaterThan(1_000)
  const reached = shown.filter((one) => wordsOf(one).some(([, text]) => text.includes('OWNER')))
  expect(reached.length).toBeGreaterThan(500)
  expect(shown.filter(({ view }) => view.agent_note?.includes(MARK)).length).toBeGreaterThan(500)
})

test('in the API every text of the hub’s is one line of visible characters, and begins with its own words', () => {
  for (const one of shown) {
    for (const [where, text] of wordsOf(one)) {
      const context = `${one.payload.family}: ${where} ${JSON.stringify(text)}`
      expect(cleanLine(text, Number.POSITIVE_INFINITY), context).toBe(text)
      if (['summary', 'what', 'warning', 'rule', 'param', 'irreversible'].includes(where)) {
        expect(beginsForged(text), context).toBe(false)
      }
    }
    const note = one.view.agent_note ?? ''
    expect(cleanText(note)).toBe(note)
  }
})

test('the exact request has one line for each parameter, and none of them hides anything', () => {
  for (const { view, payload } of shown) {
    const lines = view.request_text.split('\n')
    const pairs = [...new URLSearchParams(view.request.body)]
    expect(lines.length, payload.family).toBe(1 + pairs.length)
    expect(lines[0]).toBe(`${view.request.method} ${view.request.path}`)
    for (const [at, [key]] of pairs.entries()) {
      const line = lines[at + 1] ?? ''
      if (cleanLine(key) === key && !key.startsWith('"'))
        expect(line.startsWith(`${key} = `), line).toBe(true)
      expect(cleanText(line), line).toBe(line)
    }
  }
})

test('a refusal says what is wrong on one line, whatever it quotes', () => {
  for (const { error, payload } of refusals) {
    for (const text of [error.message, error.next_step ?? '']) {
      expect(cleanLine(text, Number.POSITIVE_INFINITY), `${payload.family}: ${JSON.stringify(text)}`).toBe(
        text,
      )
      expect(beginsForged(text), text).toBe(false)
    }
  }
})

test.each([
  ['a terminal', true, 80],
  ['a narrow terminal', true, 40],
  ['a file', false, 0],
])('on %s each line begins as the hub’s lines begin', (_what, isTTY, columns) => {
  for (const { view, payload } of shown) {
    let written = ''
    const stdout = { isTTY, columns, write: (text: string) => (written += text) }
    showConfirmation(createOutput({ stdout, stderr: stdout, env: {} } as unknown as CliDeps, false), view)
    const lines = stripVTControlCharacters(written).split('\n').slice(0, -1)
    const own = lines.filter((line) => !line.startsWith(CONTINUED))
    const pending = view.state === 'pending'
    const beginnings = [
      view.summary.split(' ')[0] ?? '',
      `  ${view.connection.account_name}`,
      ...view.changes.map(({ what }) => `  ${what}:`),
      ...view.also_sends.map(({ param }) => `  also sends ${param} =`),
      ...view.warnings.map(() => '  Warning:'),
      ...(view.irreversible === '' ? [] : ['  Cannot be undone:']),
      ...(view.agent_note === null ? [] : ['  The agent says (not checked):']),
      `  ${view.confirmation}`,
      ...view.raised_by.map(({ rule }) => `  ${rule}:`),
      ...(pending ? [`  Approve at ${hub.url}/confirmations/${view.confirmation}`] : []),
      ...(pending || view.state === 'approved' ? [`  Then: clawlink call ${view.tool} `] : []),
    ]
    expect(own.length, `${payload.family}\n${written}`).toBe(beginnings.length)
    for (const [at, beginning] of beginnings.entries()) {
      const start = beginning.slice(0, isTTY ? 12 : undefined)
      expect(own[at]?.slice(0, start.length), written).toBe(start)
    }
    // A wider line would be broken by the terminal, where whoever wrote the text wants it; these two are ours alone.
    const foreign = lines.filter((line) => !/^ {2}(?:Approve at|Then:) /.test(line))
    for (const line of isTTY ? foreign : [])
      expect(line.replaceAll(/\p{M}/gu, '').length, line).toBeLessThanOrEqual(columns)
    // What is left after the hub's own colours draws nothing and moves nothing.
    // oxlint-disable-next-line no-control-regex -- colours start with a control character
    expect(cleanText(written.replaceAll(/\u001B\[\d+m/g, ''))).toBe(written.replaceAll(/\u001B\[\d+m/g, ''))
  }
})

/** The elements of pages as a browser makes them, with the names of their attributes and where they lead. */
async function elementsOf(pages: string[]): Promise<string[]> {
  const read = `(pages) => pages.map((text) =>
    [...new DOMParser().parseFromString(text, 'text/html').querySelectorAll('*')]
      .map((element) => element.tagName + ' ' + [...element.attributes].map(({ name }) => name).join(' '))
      .join('\\n'))`
  return tab.evaluate(`(${read})(${JSON.stringify(pages)})`)
}

/** The same view with every text from outside made a plain one: what its page may consist of. */
function plainView(view: Shown['view']): Shown['view'] {
  const own = new Set(['state', 'needs', 'effect', 'mode', 'at', 'created_at', 'expires_at', 'method'])
  return JSON.parse(
    JSON.stringify(view, (key, value: unknown) =>
      typeof value === 'string' && value !== '' && !own.has(key) ? 'x' : value,
    ),
  ) as Shown['view']
}

test('on the page no payload makes an element or an attribute', async () => {
  const person = { type: 'person', role: 'owner', name: 'x' } as const
  const ids = { workspace: 'x' as WorkspaceId, personId: 'x' as PersonId }
  for (let at = 0; at < shown.length; at += 250) {
    const some = shown.slice(at, at + 250)
    const plain = await Promise.all(
      some.map(async ({ view }) => {
        const signedIn = { person: { ...person, ...ids }, csrfToken: 'x' }
        const harmless = plainView(view)
        return String(
          await page(confirmationPage(signedIn, harmless, harmless.request, { hasPasskey: false })),
        )
      }),
    )
    const [served, expected] = [await elementsOf(some.map(({ html }) => html)), await elementsOf(plain)]
    for (const [index, one] of some.entries()) {
      expect(served[index], `${one.payload.family}: ${JSON.stringify(one.payload.text)}`).toBe(
        expected[index],
      )
    }
  }
})

test('the inbox has the hub’s own buttons and no other, and nothing that runs', async () => {
  const [elements = ''] = await elementsOf([await (await hub.owner.get('/')).text()])
  const tags = elements.split('\n').map((line) => line.split(' ')[0] ?? '')
  expect(tags.filter((tag) => ['SCRIPT', 'IMG', 'SVG', 'IFRAME', 'B', 'X'].includes(tag))).toEqual([])
  expect(tags.filter((tag) => tag === 'BUTTON')).toHaveLength(2)
  expect(tags.filter((tag) => tag === 'FORM')).toHaveLength(2)
  expect(elements).not.toMatch(/ on\w+/)
})

test('a device’s own name, and what a bank says of a decline, are one line of visible characters, whatever the payload', () => {
  for (const { text } of PAYLOADS) {
    const declined = problemOf({
      kind: 'answer',
      status: 402,
      body: { error: { type: 'card_error', code: 'card_declined', message: text, decline_code: text } },
      requestId: undefined,
      replayed: false,
      shouldRetry: undefined,
      retryAfterSeconds: undefined,
    })
    const said = [declined.message, ...textsIn(declined.details), cleanLabel(text)]
    expect(said.length).toBeGreaterThanOrEqual(3)
    for (const line of said) {
      expect(line, JSON.stringify(text)).toBe(cleanLine(line, line.length + 1))
      expect(line, JSON.stringify(text)).not.toMatch(/[\n\r\u2028\u2029]/u)
    }
  }
})

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}
