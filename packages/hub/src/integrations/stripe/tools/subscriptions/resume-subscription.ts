import { Problem } from '../../../../contract/problem.ts'
import type { Params, Read } from '../../../define.ts'
import { defineTool, type Prepared } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import {
  billingFacts,
  billingRows,
  billingWarnings,
  countProrations,
  moneyMoved,
  readBilling,
  readNextInvoice,
} from '../../wording/next-invoice.ts'
import {
  hasUsage,
  isCharged,
  itemsText,
  readSubscription,
  subscriptionFacts,
  subscriptionMethod,
  subscriptionName,
  withLatestInvoice,
} from '../../wording/subscriptions.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

/** What belongs to POST /resume, for a subscription that was stopped itself. */
const OF_RESUME = ['billing_cycle_anchor', 'payment_behavior', 'proration_behavior', 'proration_date']

export const resumeSubscription = defineTool({
  name: 'stripe_resume_subscription',
  group: 'Subscriptions',
  description: 'Resume a paused subscription',
  mode: 'write',
  effect: 'change',
  operation: 'subscriptions.resume',
  alternatives: ['subscriptions.update'],
  pathParam: {
    name: 'subscription_id',
    aliases: ['subscription', 'id'],
    description: 'The subscription, sub_…',
  },
  usual: OF_RESUME,
  guidance: {
    whenToUse:
      'To end a pause of either kind: the preview reads which it is. Status paused is resumed and may be billed at once; with pause_collection alone, collecting goes on. A subscription that is to end: stripe_update_subscription with cancel_at_period_end false.',
    askBefore: ['If its status is paused: whether a new period begins (and is charged) now.'],
    safeDefaults: [
      'billing_cycle_anchor {"type": "now"} is Stripe’s default: a new period, charged at once. {"type": "unchanged"} keeps the old cycle.',
    ],
    examples: [{ title: 'End a pause', params: { subscription_id: EXAMPLE.subscription } }],
    followups: ['Still paused: its invoice was not paid within 23 hours. See latest_invoice.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'subscription_id') ?? ''
    const subscription = await readSubscription(read, id)
    if (textAt(subscription, 'status') === 'paused') return resume(params, subscription, read)
    if (objectAt(subscription, 'pause_collection') !== undefined)
      return collectAgain(params, subscription, read)
    throw new Problem(
      'invalid_state',
      `${id} is ${textAt(subscription, 'status') ?? 'unknown'} and not paused: there is nothing to resume.`,
      {
        nextStep:
          'Read it with stripe_get_subscription. One that is to end goes on with stripe_update_subscription and cancel_at_period_end false; a canceled one needs stripe_create_subscription.',
      },
    )
  },
})

async function resume(given: Params, subscription: Params, read: Read): Promise<Prepared> {
  const id = textAt(subscription, 'id') ?? ''
  if (!isCharged(subscription)) {
    throw new Problem(
      'invalid_state',
      `${id} is paid by invoice: Stripe only resumes what is charged automatically.`,
      {
        nextStep:
          'Ask the user whether to change collection_method with stripe_update_subscription, or to start a new one with stripe_create_subscription.',
      },
    )
  }
  const anew = textAt(objectAt(given, 'billing_cycle_anchor') ?? { type: 'now' }, 'type') === 'now'
  const proration = anew ? undefined : (given['proration_behavior'] ?? 'create_prorations')
  const timing = {
    billing_cycle_anchor: { type: anew ? 'now' : 'unchanged' },
    ...(proration === undefined ? {} : { proration_behavior: proration }),
  }
  const params = {
    ...given,
    ...timing,
    payment_behavior: given['payment_behavior'] ?? 'resume_on_payment_attempt',
  }
  const billing = await readBilling(read, {
    after: { subscription: id, subscription_details: { resume_at: 'now', ...timing } },
    isNow: (after) => anew || (proration === 'always_invoice' && countProrations(after) > 0),
    moves: hasUsage(subscription),
  })
  const money = moneyMoved(billing, true)
  const charges = money.length > 0
  const method = subscriptionMethod(subscription)
  return {
    params: billing.now ? withLatestInvoice(params) : params,
    effect: charges ? 'money' : 'change',
    stakes: { money, customer: idAt(subscription, 'customer') ?? null },
    facts: { ...subscriptionFacts(subscription), ...billingFacts(billing) },
    describe(sent) {
      const waits = textAt(sent, 'payment_behavior') === 'resume_on_payment_success'
      return {
        summary: `Resume the subscription ${subscriptionName(subscription)} (${itemsText(subscription)})${charges ? `, which charges ${method ?? 'the customer'} now` : ''}`,
        changes: [
          becomes(
            'Status',
            'paused',
            charges && waits ? 'active, once it is paid' : 'active',
            'status',
            'active',
          ),
          {
            what: 'Billing cycle',
            before: null,
            after: anew ? 'a new one begins now' : 'the old one goes on',
          },
          ...billingRows(billing),
        ],
        warnings: [
          ...(given['billing_cycle_anchor'] === undefined
            ? [
                'It was not said whether the old cycle goes on: as by Stripe’s default a new period begins and is billed now. billing_cycle_anchor {"type": "unchanged"} keeps the old one.',
              ]
            : []),
          ...(charges && method === undefined
            ? ['There is no default payment method: the charge will fail.']
            : []),
          ...(charges
            ? [
                waits
                  ? 'If the charge fails it stays paused, and its invoice is void after 23 hours.'
                  : 'It is active even if the charge fails; payment_behavior resume_on_payment_success waits for the payment.',
              ]
            : []),
          ...billingWarnings(billing),
        ],
        irreversible: '',
        told: [
          'subscription_id',
          'billing_cycle_anchor',
          'payment_behavior',
          'proration_behavior',
          'proration_date',
          'expand',
        ],
        literal: [],
      }
    },
  }
}

/** The invoice that comes stays what it is. */
const NO_CHANGE = { before: undefined, now: false, subscription: undefined }

async function collectAgain(given: Params, subscription: Params, read: Read): Promise<Prepared> {
  const other = OF_RESUME.find((name) => given[name] !== undefined)
  if (other !== undefined)
    throw wrongParam(
      other,
      `Only collecting is paused here, and the billing cycle went on: leave "${other}" out`,
    )
  const pause = objectAt(subscription, 'pause_collection') ?? {}
  const next = await readNextInvoice(read, { subscription: textAt(subscription, 'id') })
  const status = textAt(subscription, 'status') ?? ''
  return {
    operation: 'subscriptions.update',
    params: { ...given, pause_collection: '' },
    stakes: { money: [], customer: idAt(subscription, 'customer') ?? null },
    facts: { ...subscriptionFacts(subscription), next_at: next?.at ?? null },
    describe: () => ({
      summary: `Collect again for the subscription ${subscriptionName(subscription)} (${itemsText(subscription)})`,
      changes: [
        becomes(
          'Collection',
          `paused, ${textAt(pause, 'behavior') ?? ''}`,
          'by itself',
          'pause_collection',
          null,
        ),
        becomes('Status', status, `${status}, as before`, 'status', status),
        ...billingRows({ ...NO_CHANGE, after: next, exact: !hasUsage(subscription) }),
      ],
      warnings: [
        ...(textAt(pause, 'behavior') === 'keep_as_draft'
          ? [
              'Drafts of the pause stay drafts: stripe_list_invoices with this subscription and status draft finds them.',
            ]
          : []),
        ...(typeof pause['resumes_at'] === 'number'
          ? [`It would have gone on by itself on ${formatDate(pause['resumes_at'])}.`]
          : []),
      ],
      irreversible: '',
      told: ['subscription_id', 'pause_collection'],
      literal: [],
    }),
  }
}
