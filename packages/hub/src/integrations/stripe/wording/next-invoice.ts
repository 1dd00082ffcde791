import { formatMoney, formatMoneyBoth, type Money } from '../../../contract/money.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Change, Params, PlannedWrite, Read } from '../../define.ts'
import { integerAt, isObject, objectAt, textAt } from '../json.ts'
import { formatDate } from './dates.ts'
import { lineRows, linesOf, moneyOf, subscriptionOf } from './invoices.ts'

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
  return isObject(stripe) && stripe['code'] === 'invoice_upcoming_none'
}

/** What a change of a subscription does to its billing. */
export interface Billing {
  before: NextInvoice | undefined
  after: NextInvoice | undefined
  /** The invoice after the change is made at once, not when the period ends. */
  now: boolean
  /** The amounts will be these to the cent; else they move with the second of the change, or with usage. */
  exact: boolean
}

export interface BillingQuestion {
  /** Params of the preview without the change; absent for what does not exist yet. */
  before?: Params
  after: Params
  /** When the present period ends: an invoice from before then is made by the change itself. */
  periodEnd?: number
  /** The amounts depend on the moment, whatever the lines say. */
  moves?: boolean
}

export async function readBilling(read: Read, question: BillingQuestion): Promise<Billing> {
  const before = question.before === undefined ? undefined : await readNextInvoice(read, question.before)
  const after = await readNextInvoice(read, question.after)
  const now = after !== undefined && after.at < (question.periodEnd ?? Number.POSITIVE_INFINITY)
  const isNew = countProrations(after) > countProrations(before)
  const pinned = objectAt(question.after, 'subscription_details')?.['proration_date'] !== undefined
  return { before, after, now, exact: question.moves !== true && (pinned || !isNew) }
}

/** Prorations and what is charged now first, then the invoice that comes. */
export function billingRows({ before, after, now, exact }: Billing): Change[] {
  if (after === undefined) {
    return before === undefined
      ? []
      : [{ what: 'Next invoice', before: nextText(before, true), after: 'none' }]
  }
  const lines = after.lines.flatMap((line) =>
    lineRows(isProration(line) ? 'Proration' : now ? 'Billed now' : 'On the next invoice', [line]),
  )
  const balance = after.due.amount - after.total.amount
  return [
    ...lines,
    ...(after.hasMore
      ? [{ what: now ? 'Billed now' : 'On the next invoice', before: null, after: 'and more lines' }]
      : []),
    ...(balance === 0
      ? []
      : [{ what: 'Customer’s balance', before: null, after: balanceText(after, balance) }]),
    now
      ? { what: 'To pay now', before: null, after: `${exact ? '' : 'about '}${formatMoneyBoth(after.due)}` }
      : {
          what: 'Next invoice',
          before: before === undefined ? null : nextText(before, true),
          after: nextText(after, exact),
        },
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
    `The amounts ${now ? 'charged now' : 'of prorations'} count to the second of the change (or to the usage until then): they may be a little different. proration_date fixes them.`,
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

/** Whether the change itself takes money from the customer, or gives some to them. */
export function movesMoney({ after, now }: Billing, collects: boolean): boolean {
  return now && after !== undefined && ((collects && after.due.amount > 0) || after.total.amount < 0)
}

function nextText({ at, due }: NextInvoice, exact: boolean): string {
  return `${exact ? '' : 'about '}${formatMoneyBoth(due)} on ${formatDate(at)}`
}

function countProrations(invoice: NextInvoice | undefined): number {
  return invoice?.lines.filter(isProration).length ?? 0
}

function isProration(line: Params): boolean {
  const parent = objectAt(line, 'parent') ?? {}
  const details = objectAt(parent, textAt(parent, 'type') ?? '') ?? {}
  return details['proration'] === true
}
