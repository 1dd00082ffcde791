import { Problem } from '../../../contract/problem.ts'
import type { Params, PlannedWrite, Read } from '../../define.ts'
import { idAt, integerAt, listAt, objectAt, textAt } from '../json.ts'
import { methodAt } from './default-method.ts'
import { customerName } from './names.ts'
import { priceName } from './prices.ts'

/** Where the card of a subscription is found, in the order in which Stripe takes it. */
const METHODS = ['default_payment_method', 'customer.invoice_settings.default_payment_method']

/** What leads on from a status in which a subscription cannot be changed as asked. */
const WAY_OUT: Record<string, string> = {
  canceled: 'It is over: start a new one with stripe_create_subscription.',
  incomplete_expired: 'It never began: start a new one with stripe_create_subscription.',
  incomplete:
    'Its first invoice has to be paid within 23 hours: see latest_invoice with stripe_get_invoice, or end it with stripe_cancel_subscription.',
  paused: 'stripe_resume_subscription lets it go on first.',
  past_due:
    'Its open invoice has to be paid first: stripe_list_invoices with this subscription and status open.',
  unpaid:
    'Its open invoices have to be paid first: stripe_list_invoices with this subscription and status open.',
}

/** Everything but what is over. */
export const LIVING = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete'] as const

/** A subscription with its customer, all of its items, their products, and what it is charged to. */
export async function readSubscription(read: Read, id: string): Promise<Params> {
  const subscription = await read('subscriptions.retrieve', {
    id,
    expand: ['customer', 'items.data.price.product', ...METHODS],
  })
  if (objectAt(subscription, 'items')?.['has_more'] !== true) return subscription
  const all = { subscription: id, limit: 100, expand: ['data.price.product'] }
  return { ...subscription, items: await read('subscriptionItems.list', all) }
}

/** Refuses what Stripe would refuse in this status. `cannot` goes on `sub_… is canceled: it cannot be …`. */
export function requireSubscriptionStatus(
  subscription: Params,
  allowed: readonly string[],
  cannot: string,
): string {
  const status = textAt(subscription, 'status') ?? 'unknown'
  if (allowed.includes(status)) return status
  throw new Problem(
    'invalid_state',
    `${textAt(subscription, 'id') ?? ''} is ${status}: it cannot be ${cannot}.`,
    { nextStep: WAY_OUT[status] ?? 'Read it with stripe_get_subscription and tell the user its status.' },
  )
}

/** A schedule decides when its subscription ends and rests. */
export function refuseScheduled(subscription: Params, cannot: string): void {
  const schedule = idAt(subscription, 'schedule')
  if (schedule === undefined) return
  throw new Problem(
    'invalid_state',
    `${textAt(subscription, 'id') ?? ''} follows the schedule ${schedule}: it cannot be ${cannot}.`,
    {
      nextStep:
        'Change the schedule instead, or release the subscription from it: clawlink_search_tools for "subscription schedule".',
    },
  )
}

export function isCharged(subscription: Params): boolean {
  return textAt(subscription, 'collection_method') !== 'send_invoice'
}

/** `sub_… for Jane Doe <jane@example.com> (cus_…)` */
export function subscriptionName(subscription: Params): string {
  const customer = objectAt(subscription, 'customer')
  const whom = customer === undefined ? (idAt(subscription, 'customer') ?? '') : customerName(customer)
  return `${textAt(subscription, 'id') ?? ''} for ${whom}`
}

/** `Visa ••4242`, where there is something that Stripe charges by itself. */
export function subscriptionMethod(subscription: Params): string | undefined {
  return methodAt(subscription, METHODS)
}

export function itemsOf(subscription: Params): Params[] {
  return listAt(objectAt(subscription, 'items') ?? {}, 'data')
}

/** `3 × $20.00 per month for Gold (price_…)` */
export function itemText(item: Params): string {
  const price = objectAt(item, 'price') ?? {}
  const quantity = item['quantity']
  return `${typeof quantity === 'number' && quantity !== 1 ? `${quantity} × ` : ''}${priceName(price)}`
}

/** What the customer has, in a sentence. */
export function itemsText(subscription: Params): string {
  return itemsOf(subscription).map(itemText).join(' and ')
}

export function isMetered(price: Params): boolean {
  return textAt(objectAt(price, 'recurring') ?? {}, 'usage_type') === 'metered'
}

export function hasUsage(subscription: Params): boolean {
  return itemsOf(subscription).some((item) => isMetered(objectAt(item, 'price') ?? {}))
}

/** When the first of its periods ends. */
export function periodEnd(subscription: Params): number {
  return Math.min(...itemsOf(subscription).map((item) => integerAt(item, 'current_period_end')))
}

/** When all of its periods have ended: until then a subscription that is cancelled at the end goes on. */
export function lastPeriodEnd(subscription: Params): number {
  return Math.max(...itemsOf(subscription).map((item) => integerAt(item, 'current_period_end')))
}

/** `expand` with the invoice that a change makes, so that the answer says what was billed. */
export function withLatestInvoice(params: Params): Params {
  const expand = Array.isArray(params['expand']) ? params['expand'] : []
  const has = expand.some((path) => typeof path === 'string' && path.startsWith('latest_invoice'))
  return has ? params : { ...params, expand: [...expand, 'latest_invoice'] }
}

/** What every preview of a change was told from. */
export function subscriptionFacts(subscription: Params): PlannedWrite['facts'] {
  return {
    status: textAt(subscription, 'status') ?? null,
    items: itemsOf(subscription)
      .map((item) => `${textAt(item, 'id')} ${idAt(item, 'price')} ${JSON.stringify(item['quantity']) ?? ''}`)
      .join(),
    collection_method: textAt(subscription, 'collection_method') ?? null,
    charged_to: subscriptionMethod(subscription) ?? null,
    cancel_at: numberOrNull(subscription['cancel_at']),
    cancel_at_period_end: subscription['cancel_at_period_end'] === true,
    pause_collection: textAt(objectAt(subscription, 'pause_collection') ?? {}, 'behavior') ?? null,
    schedule: idAt(subscription, 'schedule') ?? null,
    trial_end: numberOrNull(subscription['trial_end']),
  }
}

function numberOrNull(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
