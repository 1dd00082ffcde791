import type { Change, Params, Read } from '../../define.ts'
import { idAt, listAt, objectAt, textAt } from '../json.ts'
import {
  billingRows,
  billingWarnings,
  endingRows,
  moneyMoved,
  readBilling,
  type Billing,
} from './next-invoice.ts'
import { hasUsage, isCharged, periodEnd } from './subscriptions.ts'

/** Params of an update that a preview of the invoice takes as they are. */
const PREVIEWED = [
  'billing_cycle_anchor',
  'billing_schedules',
  'cancel_at',
  'cancel_at_period_end',
  'default_tax_rates',
  'items',
  'proration_behavior',
  'trial_end',
]

/** Stripe takes a date for prorations in a preview only beside one of these. */
const DATED = ['items', 'trial_end']

/** Params that change what is billed, now or later. */
export const BILLED = [...PREVIEWED, 'add_invoice_items', 'discounts', 'trial_from_plan']

/** What an update would bill: the preview is asked with the very params of the update. */
export function readChange(
  read: Read,
  subscription: Params,
  params: Params,
  { recycles = false }: { recycles?: boolean } = {},
): Promise<Billing> {
  const id = textAt(subscription, 'id') ?? ''
  const dated = DATED.some((name) => params[name] !== undefined)
  const details = pick(params, dated ? [...PREVIEWED, 'proration_date'] : PREVIEWED)
  const extras = listAt(params, 'add_invoice_items').map(({ period: _period, ...item }) => item)
  const renews = periodEnd(subscription)
  const billsNow =
    recycles || beginsCycle(params) || textAt(params, 'proration_behavior') === 'always_invoice'
  return readBilling(read, {
    subscription: id,
    after: {
      subscription: id,
      ...pick(params, ['discounts']),
      ...(extras.length === 0 ? {} : { invoice_items: extras }),
      ...(Object.keys(details).length === 0 ? {} : { subscription_details: details }),
    },
    // With nothing to bill at once, the preview is the one of the renewal all the same.
    isNow: ({ at }) => billsNow && at < renews,
    renews,
    moves: hasUsage(subscription),
  })
}

/** A new cycle is paid for when it begins. */
export function beginsCycle(params: Params): boolean {
  const anchor = textAt(objectAt(params, 'billing_cycle_anchor') ?? {}, 'type')
  return anchor === 'now' || params['trial_end'] === 'now'
}

function pick(params: Params, names: readonly string[]): Params {
  return Object.fromEntries(
    names.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])),
  )
}

/** Stripe prorates unless told otherwise: then the bytes say it. */
export function withProrations(params: Params): Params {
  return { ...params, proration_behavior: params['proration_behavior'] ?? 'create_prorations' }
}

/** What becomes of a change whose charge fails. */
const PAYMENT_BEHAVIORS: Record<string, string> = {
  allow_incomplete: 'The change is made even if the charge fails; the subscription is past_due then.',
  default_incomplete: 'The change is made, and its invoice stays open until the customer pays it.',
  error_if_incomplete: 'If the charge fails, nothing is changed.',
  pending_if_incomplete: 'If the charge fails, the change waits for its payment, at most 23 hours.',
}

/** What a change puts at stake: an invoice that only waits for the customer moves nothing. */
export function stakesOfChange(billing: Billing | undefined, subscription: Params, sent: Params) {
  const prepares = textAt(sent, 'payment_behavior') === 'default_incomplete'
  return {
    money: billing === undefined ? [] : moneyMoved(billing, isCharged(subscription) && !prepares),
    customer: idAt(subscription, 'customer') ?? null,
  }
}

/** The words for how a change is billed: whatever `proration_behavior` and `payment_behavior` say is in them. */
export function tellChange(
  billing: Billing,
  sent: Params,
  { subscription, answered }: { subscription: Params; answered: boolean },
): { changes: Change[]; warnings: string[] } {
  const { after, now } = billing
  const charged = isCharged(subscription)
  const how = { answered, charged }
  const resting = textAt(subscription, 'status') === 'paused'
  const behavior = PAYMENT_BEHAVIORS[textAt(sent, 'payment_behavior') ?? 'allow_incomplete']
  const none = textAt(sent, 'proration_behavior') === 'none'
  return {
    changes: [
      ...(none
        ? [{ what: 'Prorations', before: null, after: 'none: this period stays as it was billed' }]
        : []),
      ...(resting ? endingRows(billing, how) : billingRows(billing, how)),
    ],
    warnings: [
      ...billingWarnings(billing),
      ...(now && charged && after !== undefined && after.due.amount > 0 && behavior !== undefined
        ? [behavior]
        : []),
    ],
  }
}

/** Params that the words of `tellChange` hold. */
export const TOLD_OF_CHANGE = ['proration_behavior', 'proration_date', 'payment_behavior', 'expand']
