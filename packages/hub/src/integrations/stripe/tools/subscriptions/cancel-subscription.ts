import { formatMoney } from '../../../../contract/money.ts'
import type { Effect } from '../../../../contract/effects.ts'
import type { Change, Params, Read } from '../../../define.ts'
import { defineTool, type Prepared } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import {
  billingFacts,
  billingRows,
  billingWarnings,
  countProrations,
  endingRows,
  moneyOfEnding,
  readBilling,
} from '../../wording/next-invoice.ts'
import { endOf, endText } from '../../wording/subscription-terms.ts'
import {
  hasUsage,
  itemsText,
  lastPeriodEnd,
  isCharged,
  LIVING,
  readSubscription,
  refuseScheduled,
  requireSubscriptionStatus,
  subscriptionFacts,
  subscriptionName,
  withLatestInvoice,
} from '../../wording/subscriptions.ts'

/** They only mean something for an end at once. */
const ONLY_NOW = ['invoice_now', 'prorate']

export const cancelSubscription = defineTool({
  name: 'stripe_cancel_subscription',
  group: 'Subscriptions',
  description: 'Cancel a subscription (at period end or immediately)',
  mode: 'write',
  effect: 'change',
  effectOf: (params): Exclude<Effect, 'read'> => (endsLater(params) ? 'change' : 'money'),
  operation: 'subscriptions.cancel',
  alternatives: ['subscriptions.update'],
  pathParam: {
    name: 'subscription_id',
    aliases: ['subscription', 'id'],
    description: 'The subscription, sub_…',
  },
  usual: ['cancel_at_period_end', 'cancel_at', 'prorate', 'invoice_now', 'cancellation_details'],
  properties: {
    cancel_at_period_end: {
      type: 'boolean',
      description: 'true: it goes on until the paid period ends. false: it ends at once.',
    },
    cancel_at: {
      description: 'It ends then: Unix seconds, min_period_end or max_period_end.',
      anyOf: [{ type: 'integer' }, { type: 'string', enum: ['min_period_end', 'max_period_end'] }],
    },
  },
  rules: [
    { when: 'cancel_at_period_end', is: true, excludes: ['cancel_at', ...ONLY_NOW] },
    { when: 'cancel_at', excludes: ['cancel_at_period_end', ...ONLY_NOW] },
  ],
  guidance: {
    whenToUse:
      'To end a subscription. Only for a while: stripe_pause_subscription. To take back a cancellation that is still to come: stripe_update_subscription with cancel_at_period_end false.',
    askBefore: [
      'At the end of the paid period, or at once.',
      'At once: whether unused time is credited (prorate), and billed up to now (invoice_now).',
    ],
    safeDefaults: [
      'Without cancel_at_period_end, cancel_at, prorate or invoice_now it ends with the period.',
    ],
    examples: [
      {
        title: 'At the end of the period',
        params: { subscription_id: EXAMPLE.subscription, cancel_at_period_end: true },
      },
      {
        title: 'At once, with a credit for unused time',
        params: {
          subscription_id: EXAMPLE.subscription,
          cancel_at_period_end: false,
          prorate: true,
          invoice_now: true,
        },
      },
    ],
    followups: [
      'Canceling refunds nothing: stripe_create_credit_note or stripe_create_refund for what was paid.',
    ],
  },
  async prepare(params, read) {
    const id = textAt(params, 'subscription_id') ?? ''
    const subscription = await readSubscription(read, id)
    const isNow =
      params['cancel_at_period_end'] === false || ONLY_NOW.some((name) => params[name] !== undefined)
    if (isNow) {
      requireSubscriptionStatus(subscription, LIVING, 'canceled')
      return cancelNow(params, subscription, read)
    }
    requireSubscriptionStatus(
      subscription,
      LIVING.filter((status) => status !== 'incomplete'),
      'canceled later',
    )
    refuseScheduled(subscription, 'canceled by itself')
    return cancelLater(params, subscription, read)
  },
})

function endsLater(sent: Params): boolean {
  return sent['cancel_at_period_end'] === true || sent['cancel_at'] !== undefined
}

async function cancelLater(given: Params, subscription: Params, read: Read): Promise<Prepared> {
  const id = textAt(subscription, 'id') ?? ''
  const chosen = endsLater(given)
  const params = chosen ? given : { ...given, cancel_at_period_end: true }
  const change = { cancel_at: params['cancel_at'], cancel_at_period_end: params['cancel_at_period_end'] }
  const ends = endOf(params, subscription)
  const billing = await readBilling(read, {
    subscription: id,
    after: { subscription: id, subscription_details: change },
    isNow: () => false,
    renews: Math.min(ends, lastPeriodEnd(subscription)),
    moves: hasUsage(subscription),
  })
  return {
    operation: 'subscriptions.update',
    params,
    stakes: { money: [], customer: idAt(subscription, 'customer') ?? null },
    facts: { ...subscriptionFacts(subscription), ends, ...billingFacts(billing) },
    describe: () => ({
      summary: `Cancel the subscription ${subscriptionName(subscription)} (${itemsText(subscription)}) on ${formatDate(ends)}`,
      changes: [
        becomes('Ends', endText(subscription), formatDate(ends), 'cancel_at', ends),
        becomes(
          'Until then',
          null,
          `${textAt(subscription, 'status') ?? ''}, as before`,
          'status',
          textAt(subscription, 'status') ?? null,
        ),
        ...billingRows(billing),
      ],
      warnings: [
        ...(chosen
          ? []
          : [
              'It was not said when: it ends with the paid period, the way that can be taken back. cancel_at_period_end false ends it at once.',
            ]),
        ...billingWarnings(billing),
      ],
      irreversible: '',
      told: ['subscription_id', 'cancel_at_period_end', 'cancel_at'],
      literal: ['cancellation_details'],
    }),
  }
}

async function cancelNow(given: Params, subscription: Params, read: Read): Promise<Prepared> {
  const id = textAt(subscription, 'id') ?? ''
  // DELETE is the answer to false; the parameter itself belongs to the update.
  const { cancel_at_period_end: _said, ...rest } = given
  const prorate = given['prorate'] === true
  const invoiceNow = given['invoice_now'] === true
  const params = { ...rest, prorate, invoice_now: invoiceNow }
  const unpaid = await readUnpaid(read, id)
  const billing = await readBilling(read, {
    subscription: id,
    after: {
      subscription: id,
      subscription_details: { cancel_now: true, proration_behavior: prorate ? 'create_prorations' : 'none' },
    },
    isNow: () => invoiceNow,
    renews: lastPeriodEnd(subscription),
    moves: hasUsage(subscription),
  })
  const dropped = prorate || invoiceNow ? 0 : countProrations(billing.before)
  return {
    params: invoiceNow ? withLatestInvoice(params) : params,
    stakes: {
      money: moneyOfEnding(billing, isCharged(subscription)),
      customer: idAt(subscription, 'customer') ?? null,
    },
    facts: {
      ...subscriptionFacts(subscription),
      ...billingFacts(billing),
      unpaid: unpaid
        .map((invoice) => `${textAt(invoice, 'id')} ${integerAt(invoice, 'amount_remaining')}`)
        .join(),
    },
    describe: () => ({
      summary: `Cancel the subscription ${subscriptionName(subscription)} (${itemsText(subscription)}) now`,
      changes: [
        becomes('Status', textAt(subscription, 'status') ?? null, 'canceled, at once', 'status', 'canceled'),
        ...endingRows(billing),
        ...unpaid.map(unpaidRow),
      ],
      warnings: [
        accessWarning(subscription),
        ...(prorate ? [] : ['Unused time is not credited; prorate true would.']),
        ...(dropped > 0
          ? ['Prorations that wait for the next invoice are dropped; invoice_now true would bill them.']
          : []),
        ...(prorate && !invoiceNow
          ? [
              'The credit waits as a pending item: with no renewal to come, somebody has to make an invoice of it.',
            ]
          : []),
        ...billingWarnings(billing),
      ],
      irreversible: 'A canceled subscription cannot be started again, only a new one.',
      told: ['subscription_id', 'prorate', 'invoice_now', 'expand'],
      literal: ['cancellation_details'],
    }),
  }
}

/** What the customer gives up, which depends on whether they have paid for it. */
function accessWarning(subscription: Params): string {
  const until = formatDate(lastPeriodEnd(subscription))
  const status = textAt(subscription, 'status')
  if (status === 'active') return `The customer loses access now, although it is paid until ${until}.`
  if (status === 'trialing')
    return `The customer loses access now, although the trial would last until ${until}.`
  return 'The customer loses access now.'
}

async function readUnpaid(read: Read, subscription: string): Promise<Params[]> {
  return listAt(await read('invoices.list', { subscription, status: 'open', limit: 10 }), 'data')
}

function unpaidRow(invoice: Params): Change {
  const money = formatMoney({
    amount: integerAt(invoice, 'amount_remaining'),
    currency: textAt(invoice, 'currency') ?? '',
  })
  return {
    what: `Open invoice ${textAt(invoice, 'id') ?? ''}`,
    before: `${money} is collected by itself`,
    after: `${money} stays open, and is not collected by itself any more`,
  }
}
