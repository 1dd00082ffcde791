import { formatMoneyBoth } from '../../../contract/money.ts'
import type { Change, Params, Read } from '../../define.ts'
import { listAt, objectAt, textAt } from '../json.ts'
import { becomes } from './changes.ts'
import { formatDate } from './dates.ts'
import { billingRows, readBilling, type Billing } from './next-invoice.ts'
import { isMetered } from './subscriptions.ts'

/** What the first invoice is previewed with; a trial is left out, to show what comes after it. */
const PREVIEWED = [
  'billing_mode',
  'cancel_at',
  'cancel_at_period_end',
  'default_tax_rates',
  'items',
  'proration_behavior',
]

/** The first period is a part of one, which counts from the second of the call. */
const PARTIAL = ['billing_cycle_anchor', 'billing_cycle_anchor_config', 'backdate_start_date', 'cancel_at']

/** Where the first invoice is paid, or what becomes of the subscription if it is not. */
const PAYMENT_BEHAVIORS: Record<string, string> = {
  allow_incomplete:
    'If the first charge fails, it is incomplete, and expires after 23 hours unless it is paid.',
  default_incomplete:
    'Nothing is charged by itself: the customer pays the first invoice within 23 hours (client secret: expand latest_invoice.confirmation_secret), or it expires.',
  error_if_incomplete: 'If the first charge fails, nothing is made.',
}

/** Whether Stripe charges the first invoice by itself. */
export function chargesFirst(params: Params): boolean {
  return (
    textAt(params, 'collection_method') !== 'send_invoice' &&
    textAt(params, 'payment_behavior') !== 'default_incomplete'
  )
}

/** `until 2027-01-01 00:00 UTC`, `of 14 days`. */
export function trialText(params: Params): string | undefined {
  const { trial_end: end, trial_period_days: days } = params
  if (typeof end === 'number') return `until ${formatDate(end)}`
  return typeof days === 'number' ? `of ${days} ${days === 1 ? 'day' : 'days'}` : undefined
}

/** The first invoice; of one with a trial, that of the first period which is paid. */
export function readFirstInvoice(params: Params, read: Read, items: Params[]): Promise<Billing> {
  const anchor = params['billing_cycle_anchor']
  const details = Object.fromEntries(
    PREVIEWED.flatMap((name) => (params[name] === undefined ? [] : [[name, params[name]]])),
  )
  const extras = listAt(params, 'add_invoice_items').map(({ period: _period, ...item }) => item)
  return readBilling(read, {
    after: {
      ...(params['customer'] === undefined
        ? { customer_account: params['customer_account'] }
        : { customer: params['customer'] }),
      ...(params['currency'] === undefined ? {} : { currency: params['currency'] }),
      ...(params['discounts'] === undefined ? {} : { discounts: params['discounts'] }),
      ...(extras.length === 0 ? {} : { invoice_items: extras }),
      subscription_details: {
        ...details,
        ...(anchor === undefined ? {} : { billing_cycle_anchor: { type: 'timestamp', timestamp: anchor } }),
      },
    },
    isNow: () => true,
    moves:
      PARTIAL.some((name) => params[name] !== undefined) ||
      items.some((item) => isMetered(objectAt(item, 'price') ?? {})),
  })
}

export function firstStatusRow(sent: Params, billing: Billing, trial: string | undefined): Change {
  if (trial !== undefined) return becomes('Status', null, 'trialing', 'status', 'trialing')
  const due = billing.after?.due.amount ?? 0
  if (textAt(sent, 'payment_behavior') === 'default_incomplete' && due > 0)
    return becomes('Status', null, 'incomplete, until the customer pays', 'status', 'incomplete')
  return becomes(
    'Status',
    null,
    due > 0 && chargesFirst(sent) ? 'active, if the charge succeeds' : 'active',
    'status',
    'active',
  )
}

/** What is billed now, or what comes after the trial. */
export function firstInvoiceRows(billing: Billing, trial: string | undefined, sent: Params): Change[] {
  if (trial === undefined)
    return billingRows(billing, { charged: textAt(sent, 'collection_method') !== 'send_invoice' })
  const { after } = billing
  const end = sent['trial_end']
  return [
    typeof end === 'number'
      ? becomes('Trial', null, trial, 'trial_end', end)
      : { what: 'Trial', before: null, after: trial },
    { what: 'To pay now', before: null, after: 'nothing' },
    ...(after === undefined
      ? []
      : [
          {
            what: 'After the trial',
            before: null,
            after: endsWithTrial(sent) ? 'nothing: it ends with the trial' : formatMoneyBoth(after.due),
          },
        ]),
  ]
}

export function firstPaymentWarnings(
  sent: Params,
  { now, method }: { now: boolean; method: string | undefined },
): string[] {
  if (textAt(sent, 'collection_method') === 'send_invoice')
    return ['It is active at once; each invoice is e-mailed to the customer.']
  if (endsWithTrial(sent) && !now) return []
  if (!now)
    return method === undefined
      ? ['There is no default payment method: when the trial ends, the charge will fail.']
      : [`When the trial ends, ${method} is charged by itself.`]
  const behavior = PAYMENT_BEHAVIORS[textAt(sent, 'payment_behavior') ?? '']
  return behavior === undefined ? [] : [behavior]
}

/** Its first period is the trial. */
function endsWithTrial(sent: Params): boolean {
  return sent['cancel_at_period_end'] === true
}

export function firstEndRows(sent: Params): Change[] {
  const at = sent['cancel_at']
  if (typeof at === 'number') return [becomes('Ends', null, formatDate(at), 'cancel_at', at)]
  if (sent['cancel_at_period_end'] !== true) return []
  return [becomes('Ends', null, 'with its first period', 'cancel_at_period_end', true)]
}
