import { formatMoney, formatMoneyBoth, type Money } from '../../../contract/money.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Change, Params, PlannedWrite, Read } from '../../define.ts'
import { integerAt, isObject, objectAt, textAt } from '../json.ts'
import { formatDate } from './dates.ts'
import { lineRows, linesOf, lineText, moneyOf, subscriptionOf } from './invoices.ts'

/** How Stripe says that a preview would have no lines. */
const NOTHING_TO_BILL: ReadonlySet<unknown> = new Set([
  'invoice_upcoming_none',
  'invoice_no_subscription_line_items',
  'invoice_no_customer_line_items',
])

/** What Stripe would bill next, as `invoices.createPreview` tells it. */
export interface NextInvoice {
  /** When it is made: now, or when the present period ends. */
  at: number
  subscription: string | undefined
  /** Lines, discounts and taxes; below zero it is a credit. */
  total: Money
  /** What the customer's balance leaves to pay of it. */
  due: Money
  lines: Params[]
  hasMore: boolean
}

/** Undefined where nothing will be billed. */
export async function readNextInvoice(read: Read, params: Params): Promise<NextInvoice | undefined> {
  try {
    const preview = await read('invoices.createPreview', params)
    return {
      at: integerAt(preview, 'period_end'),
      subscription: subscriptionOf(preview),
      total: moneyOf(preview, 'total'),
      due: moneyOf(preview, 'amount_due'),
      ...linesOf(preview),
    }
  } catch (error) {
    if (isNothingToBill(error)) return undefined
    throw error
  }
}

function isNothingToBill(error: unknown): boolean {
  if (!(error instanceof Problem)) return false
  const stripe = error.details?.['stripe']
  return isObject(stripe) && NOTHING_TO_BILL.has(stripe['code'])
}

/** What a change of a subscription does to its billing. */
export interface Billing {
  before: NextInvoice | undefined
  after: NextInvoice | undefined
  /** The invoice after the change is made by the change itself. */
  now: boolean
  /** The amounts will be these to the cent; else they move with the second of the change, or with usage. */
  exact: boolean
  /** The subscription, where it exists already. */
  subscription: string | undefined
}

export interface BillingQuestion {
  /** Absent for one that does not exist yet. */
  subscription?: string
  /** Params of the preview with the change. */
  after: Params
  /** Whether the change itself makes the invoice. */
  isNow: (after: NextInvoice) => boolean
  /** When the subscription renews: what is not billed now is billed then, not before. */
  renews?: number
  /** The amounts depend on the moment, whatever the lines say. */
  moves?: boolean
}

export async function readBilling(
  read: Read,
  { subscription, after: asked, isNow, renews = 0, moves = false }: BillingQuestion,
): Promise<Billing> {
  const before = subscription === undefined ? undefined : await readNextInvoice(read, { subscription })
  const previewed = await readNextInvoice(read, asked)
  const now = previewed !== undefined && isNow(previewed)
  // What only waits has the present moment as its period, which is another one at the call.
  const after = previewed && { ...previewed, at: now ? previewed.at : Math.max(previewed.at, renews) }
  const isNew = countProrations(after) > countProrations(before)
  const pinned = objectAt(asked, 'subscription_details')?.['proration_date'] !== undefined
  return {
    before,
    after,
    now,
    exact: !moves && (pinned || !isNew),
    subscription,
  }
}

/**
 * Prorations and what is billed now first, then the invoice that comes. `answered`: whether the write answers the
 * subscription, with its latest invoice expanded.
 */
export function billingRows(
  { before, after, now, exact, subscription }: Billing,
  { answered = true, charged = true }: { answered?: boolean; charged?: boolean } = {},
): Change[] {
  const was = before === undefined ? null : nextText(before, true)
  if (after === undefined) return was === null ? [] : [{ what: 'Next invoice', before: was, after: 'none' }]
  const on = now ? 'Billed now' : 'On the next invoice'
  const balance = after.due.amount - after.total.amount
  const amount = after.due.amount
  // Nothing is nothing, whatever the second.
  const about = exact || amount === 0 ? '' : 'about '
  const latest = {
    operation: 'subscriptions.retrieve',
    params: { id: subscription, expand: ['latest_invoice'] },
  }
  const check = now
    ? { path: 'latest_invoice.amount_due', value: amount, ...(answered ? {} : { read: latest }) }
    : {
        read: { operation: 'invoices.createPreview', params: { subscription } },
        path: 'amount_due',
        value: amount,
      }
  return [
    ...after.lines.flatMap((line) => lineRows(isProration(line) ? 'Proration' : on, [line])),
    ...(after.hasMore ? [{ what: on, before: null, after: 'and more lines' }] : []),
    ...(balance === 0
      ? []
      : [{ what: 'Customer’s balance', before: null, after: balanceText(after, balance) }]),
    {
      what: now ? (charged ? 'To pay now' : 'Invoiced now') : 'Next invoice',
      before: now ? null : was,
      after: now ? about + formatMoneyBoth(after.due) : nextText(after, exact),
      ...(exact && (now || subscription !== undefined) ? { check } : {}),
    },
  ]
}

/** For a subscription that no renewal comes of: what is not billed now stays pending. */
export function endingRows(billing: Billing, how: Parameters<typeof billingRows>[1] = {}): Change[] {
  const { after, now } = billing
  if (after === undefined || now) return billingRows(billing, how)
  return [
    ...after.lines.map((line) => ({ what: 'Left pending', before: null, after: lineText(line) })),
    ...billingRows({ ...billing, after: undefined }),
  ]
}

function balanceText({ total, due }: NextInvoice, balance: number): string {
  const money = formatMoney({ amount: Math.abs(balance), currency: due.currency })
  if (total.amount < 0) return `${money} stay as the customer’s credit`
  return balance < 0 ? `${money} of credit are used` : `${money} are owed besides`
}

export function billingWarnings({ after, now, exact }: Billing): string[] {
  if (after === undefined || exact) return []
  return [
    `The amounts ${now ? 'billed now' : 'of prorations'} count to the second of the change, or to the usage until then: they may come out a little different.`,
  ]
}

/** The part of the billing that must still hold at the call; what moves by itself is left out. */
export function billingFacts({ before, after, now, exact }: Billing): PlannedWrite['facts'] {
  return {
    bills_now: now,
    next_before: before === undefined ? null : before.at,
    next_after: after === undefined || now ? null : after.at,
    to_pay: exact ? (after?.due.amount ?? null) : null,
    prorations: countProrations(after),
  }
}

/** What the change itself takes from the customer, or gives to them as credit. */
export function moneyMoved({ after, now }: Billing, collects: boolean): Money[] {
  if (after === undefined || !now) return []
  if (after.total.amount < 0) return [positive(after.total)]
  return collects && after.due.amount > 0 ? [after.due] : []
}

/** The same where no renewal comes: what stays pending is given or owed, too. */
export function moneyOfEnding(billing: Billing, collects: boolean): Money[] {
  const { after, now } = billing
  if (after === undefined || now) return moneyMoved(billing, collects)
  return after.total.amount === 0 ? [] : [positive(after.total)]
}

function positive({ amount, currency }: Money): Money {
  return { amount: Math.abs(amount), currency }
}

function nextText({ at, due }: NextInvoice, exact: boolean): string {
  return `${exact ? '' : 'about '}${formatMoneyBoth(due)} on ${formatDate(at)}`
}

export function countProrations(invoice: NextInvoice | undefined): number {
  return invoice?.lines.filter(isProration).length ?? 0
}

function isProration(line: Params): boolean {
  const parent = objectAt(line, 'parent') ?? {}
  const details = objectAt(parent, textAt(parent, 'type') ?? '') ?? {}
  return details['proration'] === true
}
