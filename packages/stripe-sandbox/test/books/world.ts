import { Stripe } from 'stripe'
import { createSandbox } from '../../src/index.ts'
import type { Sandbox } from '../../src/index.ts'
import { START_SECONDS } from '../harness.ts'

const KEY = 'sk_test_books'

/** The objects whose states are recorded, by their `object` member. */
export interface Recorded {
  charge: Stripe.Charge
  credit_note: Stripe.CreditNote
  customer: Stripe.Customer
  dispute: Stripe.Dispute
  invoice: Stripe.Invoice
  invoiceitem: Stripe.InvoiceItem
  payment_intent: Stripe.PaymentIntent
  payout: Stripe.Payout
  price: Stripe.Price
  product: Stripe.Product
  refund: Stripe.Refund
  subscription: Stripe.Subscription
}

type RecordedName = keyof Recorded

const paths: { readonly [name in RecordedName]: string } = {
  charge: 'charges',
  credit_note: 'credit_notes',
  customer: 'customers',
  dispute: 'disputes',
  invoice: 'invoices',
  invoiceitem: 'invoiceitems',
  payment_intent: 'payment_intents',
  payout: 'payouts',
  price: 'prices',
  product: 'products',
  refund: 'refunds',
  subscription: 'subscriptions',
}

/** An object as it was told: members are looked at freely. */
export type Told = Readonly<Record<string, unknown>> & { readonly id: string; readonly object: string }

export interface ToldEvent {
  id: string
  type: string
  created: number
  data: { object: Told }
}

/** Where an event told something else than the object itself did. */
export interface Mismatch {
  operation: string
  event: string
  told: unknown
  was: unknown
}

/**
 * What changes without an event of the object's own, as at Stripe: a dispute is told by the dispute's event, a pending
 * item goes to an invoice by the invoice's, an invoice asks less of its payment or names its method, a number is used up.
 */
const silent: { readonly [name in RecordedName]?: readonly string[] } = {
  charge: ['disputed'],
  customer: ['next_invoice_sequence'],
  invoiceitem: ['invoice'],
  payment_intent: ['amount', 'payment_method', 'status'],
}

/** One business of its own, with all that its events have told. */
export interface World {
  stripe: Stripe
  sandbox: Sandbox
  /** Objects by id as they were after the last operation that an event told of. */
  states: Map<string, Told>
  events: ToldEvent[]
  mismatches: Mismatch[]
  /** Payment intents that belong to no invoice. */
  own: Set<string>
  prices: string[]
  product: string
  /** A request to any address of the sandbox, as a browser or curl would send it. */
  send: (address: string, form?: Record<string, string>) => Promise<string>
}

/** The SDK without a socket between it and the sandbox. */
export async function openWorld(seed: number): Promise<World> {
  const sandbox = await createSandbox({ seed, now: () => START_SECONDS * 1000 })
  const stripe = new Stripe(KEY, {
    host: '127.0.0.1',
    port: 12_111,
    protocol: 'http',
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient((address: string | URL | Request, init?: RequestInit) =>
      sandbox.fetch(new Request(address, init)),
    ),
  })
  const send = async (address: string, form?: Record<string, string>) => {
    const response = await sandbox.fetch(
      new Request(new URL(address, 'http://127.0.0.1:12111'), {
        headers: { authorization: `Bearer ${KEY}` },
        ...(form === undefined ? {} : { method: 'POST', body: new URLSearchParams(form) }),
      }),
    )
    return response.text()
  }
  return {
    stripe,
    sandbox,
    send,
    states: new Map(),
    events: [],
    mismatches: [],
    own: new Set(),
    prices: [],
    product: '',
  }
}

/** All pages of a collection, each of so many, in the order told. */
export async function pagesOf(world: World, path: string, limit: number): Promise<Told[]> {
  const all: Told[] = []
  for (let more = true, after = ''; more;) {
    const join = path.includes('?') ? '&' : '?'
    const text = await world.send(
      `/v1/${path}${join}limit=${limit}${after === '' ? '' : `&starting_after=${after}`}`,
    )
    const page = JSON.parse(text) as { data: Told[]; has_more: boolean }
    all.push(...page.data)
    after = page.data.at(-1)?.id ?? ''
    more = page.has_more
  }
  return all
}

/** Reads what has happened since the last time, and holds the last event of each object against the object. */
export async function record(world: World, operation: string): Promise<void> {
  const fresh: ToldEvent[] = []
  for (let more = true; more;) {
    const before = fresh.at(-1)?.id ?? world.events.at(-1)?.id
    const cursor = before === undefined ? '' : `&ending_before=${before}`
    const text = await world.send(`/v1/events?limit=100${cursor}`)
    const page = JSON.parse(text) as { data: ToldEvent[]; has_more: boolean }
    // Without a cursor the newest come first; the first operations of a world make no more than a page.
    fresh.push(...page.data.toReversed())
    more = before !== undefined && page.has_more
  }
  world.events.push(...fresh)
  const last = new Map(fresh.map((event) => [event.data.object.id, event]))
  for (const [id, event] of last) {
    const { object: told } = event.data
    const name = told.object
    // A preview is stored nowhere.
    if (!isRecorded(name) || event.type === 'invoice.upcoming') continue
    if (event.type.endsWith('.deleted') && name !== 'subscription') {
      world.states.delete(id)
      continue
    }
    const was = JSON.parse(await world.send(`/v1/${paths[name]}/${id}`)) as Told
    world.states.set(id, was)
    const names = differences(told, was).filter((member) => !isSilent(name, member, was))
    if (names.length > 0) {
      const part = (of: Told) => Object.fromEntries(names.map((member) => [member, of[member]]))
      world.mismatches.push({ operation, event: event.type, told: part(told), was: part(was) })
    }
  }
}

function differences(told: Told, was: Told): string[] {
  return Object.keys({ ...told, ...was }).filter(
    (name) => JSON.stringify(told[name]) !== JSON.stringify(was[name]),
  )
}

function isSilent(object: RecordedName, name: string, was: Told): boolean {
  if (object === 'payment_intent' && name === 'status') return was[name] === 'requires_confirmation'
  return silent[object]?.includes(name) ?? false
}

function isRecorded(name: string): name is RecordedName {
  return name in paths
}

/** One of the recorded objects that are so; none when there is none. Asked again, as not every change is an event. */
export async function pick<N extends RecordedName>(
  world: World,
  name: N,
  choice: number,
  fits: (object: Recorded[N]) => boolean,
): Promise<Recorded[N] | undefined> {
  // What says it is a charge is one: the sandbox's own types are tested elsewhere.
  const known = [...world.states.values()].filter(
    (object) => object.object === name && fits(object as unknown as Recorded[N]),
  )
  const chosen = known[choice % Math.max(1, known.length)]
  if (!chosen) return undefined
  const now = JSON.parse(await world.send(`/v1/${paths[name]}/${chosen.id}`)) as Recorded[N]
  return fits(now) ? now : undefined
}

/** What one operation does, drawn at random; each reads of it what it needs. */
export interface Choice {
  which: number
  amount: number
  variant: number
}

export type Operation = (world: World, choice: Choice) => Promise<unknown>

export function oneOf<T>(values: readonly T[], choice: number): T {
  const value = values[choice % values.length]
  if (value === undefined) throw new Error('nothing to choose from')
  return value
}
