import type { Effect } from '../../../../contract/effects.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool, type Prepared } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import {
  billingFacts,
  billingWarnings,
  endingRows,
  moneyOfEnding,
  readBilling,
  readNextInvoice,
} from '../../wording/next-invoice.ts'
import {
  hasUsage,
  isCharged,
  itemsText,
  periodEnd,
  readSubscription,
  refuseScheduled,
  requireSubscriptionStatus,
  subscriptionFacts,
  subscriptionName,
  withLatestInvoice,
} from '../../wording/subscriptions.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** What belongs to POST /pause, which stops the subscription itself. */
const OF_PAUSE = ['type', 'bill_for', 'invoicing_behavior']

/** What happens to invoices while collection is paused. */
const BEHAVIORS: Record<string, { invoices: string; warning: string }> = {
  keep_as_draft: {
    invoices: 'stay drafts, to be billed later or not',
    warning: 'Drafts pile up: each has to be finalized or given up by somebody later.',
  },
  mark_uncollectible: {
    invoices: 'are written off, though they can still be paid',
    warning: 'Invoices of the pause are written off as bad debt.',
  },
  void: {
    invoices: 'are voided: this time is free for good',
    warning: 'The customer never pays for this time, though the service goes on.',
  },
}

export const pauseSubscription = defineTool({
  name: 'stripe_pause_subscription',
  group: 'Subscriptions',
  description: 'Pause an active subscription',
  mode: 'write',
  effect: 'change',
  effectOf: (params): Exclude<Effect, 'read'> =>
    textAt(objectAt(params, 'pause_collection') ?? {}, 'behavior') === 'void' ? 'money' : 'change',
  operation: 'subscriptions.pause',
  alternatives: ['subscriptions.update'],
  pathParam: {
    name: 'subscription_id',
    aliases: ['subscription', 'id'],
    description: 'The subscription, sub_…',
  },
  usual: ['pause_collection', ...OF_PAUSE],
  properties: {
    pause_collection: {
      type: 'object',
      description: 'Stops collecting alone: the subscription stays active.',
      properties: {
        behavior: {
          type: 'string',
          enum: Object.keys(BEHAVIORS),
          description: 'What becomes of its invoices meanwhile.',
        },
        resumes_at: { type: 'integer', description: 'When collecting goes on by itself, Unix seconds.' },
      },
      required: ['behavior'],
      additionalProperties: false,
    },
  },
  rules: [{ when: 'pause_collection', excludes: OF_PAUSE }],
  guidance: {
    whenToUse:
      'To stop billing for a while. pause_collection: the service goes on, invoices are not collected. type subscription: the subscription itself stops (status paused). For good: stripe_cancel_subscription.',
    askBefore: [
      'Whether the customer keeps the service meanwhile.',
      'What becomes of the invoices of that time, and when it goes on.',
    ],
    safeDefaults: [
      'Without any of them: pause_collection with behavior keep_as_draft, which gives nothing up and changes no status.',
      'type subscription: unused time is credited unless bill_for {"unused_time_from": {"type": "none"}}.',
    ],
    examples: [
      {
        title: 'Bill nothing for now, keep what comes as drafts',
        params: { subscription_id: EXAMPLE.subscription, pause_collection: { behavior: 'keep_as_draft' } },
      },
      {
        title: 'Stop the subscription itself',
        params: { subscription_id: EXAMPLE.subscription, type: 'subscription' },
      },
    ],
    followups: ['stripe_resume_subscription ends either kind of pause.'],
  },
  async prepare(params, read) {
    const subscription = await readSubscription(read, textAt(params, 'subscription_id') ?? '')
    return OF_PAUSE.some((name) => params[name] !== undefined)
      ? stop(params, subscription, read)
      : pauseCollection(params, subscription, read)
  },
})

async function pauseCollection(given: Params, subscription: Params, read: Read): Promise<Prepared> {
  requireSubscriptionStatus(subscription, ['active', 'trialing', 'past_due', 'unpaid'], 'paused')
  const chosen = given['pause_collection'] !== undefined
  const params = chosen ? given : { ...given, pause_collection: { behavior: 'keep_as_draft' } }
  const giving = textAt(objectAt(params, 'pause_collection') ?? {}, 'behavior') === 'void'
  const next = await readNextInvoice(read, { subscription: textAt(subscription, 'id') })
  return {
    operation: 'subscriptions.update',
    params,
    // How many invoices will be given up is not known.
    stakes: {
      money: giving ? 'unknown' : [],
      customer: idAt(subscription, 'customer') ?? null,
    },
    facts: { ...subscriptionFacts(subscription), next_at: next?.at ?? null },
    describe(sent) {
      const pause = objectAt(sent, 'pause_collection') ?? {}
      const behavior = textAt(pause, 'behavior') ?? ''
      const { invoices, warning } = BEHAVIORS[behavior] ?? { invoices: behavior, warning: '' }
      const until = pause['resumes_at']
      const status = textAt(subscription, 'status') ?? ''
      const before = textAt(objectAt(subscription, 'pause_collection') ?? {}, 'behavior')
      return {
        summary: `Pause collecting for the subscription ${subscriptionName(subscription)} (${itemsText(subscription)}): its invoices ${invoices}`,
        changes: [
          becomes(
            'Collection',
            before ?? 'by itself',
            `paused, ${behavior}`,
            'pause_collection.behavior',
            behavior,
          ),
          typeof until === 'number'
            ? becomes('Goes on', null, formatDate(until), 'pause_collection.resumes_at', until)
            : becomes('Goes on', null, 'when somebody resumes it', 'pause_collection.resumes_at', null),
          becomes('Status', status, `${status}, as before: the customer keeps access`, 'status', status),
          ...(next === undefined
            ? []
            : [
                { what: `Invoices from ${formatDate(next.at)} on`, before: 'are collected', after: invoices },
              ]),
        ],
        warnings: [
          ...(chosen
            ? []
            : [
                'It was not said how: collecting is paused and invoices are kept as drafts, which gives nothing up and can be undone. type subscription would stop the subscription itself.',
              ]),
          ...(warning === '' ? [] : [warning]),
          'Invoices that are open already are still collected.',
        ],
        irreversible: '',
        told: ['subscription_id', 'pause_collection'],
        literal: [],
      }
    },
  }
}

async function stop(given: Params, subscription: Params, read: Read): Promise<Prepared> {
  const status = requireSubscriptionStatus(subscription, ['active', 'trialing'], 'paused')
  refuseScheduled(subscription, 'paused by itself')
  const pause = withDefaults(given)
  if (pause.type !== 'subscription')
    throw wrongParam('type', '"type" is subscription, the one kind that Stripe has')
  const id = textAt(subscription, 'id') ?? ''
  const billsNow = pause.invoicing_behavior === 'invoice'
  const billing = await readBilling(read, {
    subscription: id,
    // Stripe only previews what an invoice would hold, also where it will stay pending.
    after: { subscription: id, subscription_details: { pause: { ...pause, invoicing_behavior: 'invoice' } } },
    isNow: () => billsNow,
    renews: periodEnd(subscription),
    moves: hasUsage(subscription),
  })
  const unused = textAt(pause.bill_for.unused_time_from, 'type')
  const asked = { ...given, ...pause }
  return {
    params: billsNow ? withLatestInvoice(asked) : asked,
    effect: billing.after === undefined ? 'change' : 'money',
    stakes: {
      money: moneyOfEnding(billing, isCharged(subscription)),
      customer: idAt(subscription, 'customer') ?? null,
    },
    facts: { ...subscriptionFacts(subscription), ...billingFacts(billing) },
    describe: () => ({
      summary: `Stop the subscription ${subscriptionName(subscription)} (${itemsText(subscription)}) until somebody resumes it`,
      changes: [becomes('Status', status, 'paused', 'status', 'paused'), ...endingRows(billing)],
      warnings: [
        'The customer loses access now.',
        ...(status === 'active' ? [unusedWarning(unused, given, periodEnd(subscription))] : []),
        ...billingWarnings(billing),
        'Resuming begins a new period and bills it at once, unless it is told otherwise.',
      ],
      irreversible: '',
      told: ['subscription_id', 'type', 'bill_for', 'invoicing_behavior', 'expand'],
      literal: [],
    }),
  }
}

/** Stripe's own defaults, so that the bytes say them. */
function withDefaults(given: Params) {
  const billFor = objectAt(given, 'bill_for') ?? {}
  return {
    type: given['type'] ?? 'subscription',
    bill_for: {
      unused_time_from: objectAt(billFor, 'unused_time_from') ?? { type: 'now' },
      outstanding_usage_through: objectAt(billFor, 'outstanding_usage_through') ?? { type: 'now' },
    },
    invoicing_behavior: given['invoicing_behavior'] ?? 'pending_invoice_item',
  }
}

function unusedWarning(unused: string | undefined, given: Params, paidUntil: number): string {
  if (unused === 'none') return `It is paid until ${formatDate(paidUntil)}: unused time is not credited.`
  return given['bill_for'] === undefined
    ? 'Unused time is credited, as by Stripe’s default; bill_for {"unused_time_from": {"type": "none"}} would not.'
    : 'Unused time is credited.'
}
