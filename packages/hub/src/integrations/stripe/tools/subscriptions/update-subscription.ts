import { Problem } from '../../../../contract/problem.ts'
import type { Change, Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, listAt, textAt } from '../../json.ts'
import { becomes, factsOf, updatesOf } from '../../wording/changes.ts'
import { readDiscounts } from '../../wording/discount-params.ts'
import { itemRows, readItemsChange } from '../../wording/item-changes.ts'
import { readMethodOf } from '../../wording/methods.ts'
import { billingFacts, type Billing } from '../../wording/next-invoice.ts'
import {
  BILLED,
  stakesOfChange,
  readChange,
  tellChange,
  TOLD_OF_CHANGE,
  withProrations,
} from '../../wording/subscription-changes.ts'
import { ENDS, termRows } from '../../wording/subscription-terms.ts'
import {
  isCharged,
  itemsText,
  LIVING,
  readSubscription,
  refuseScheduled,
  requireSubscriptionStatus,
  subscriptionFacts,
  subscriptionMethod,
  subscriptionName,
  withLatestInvoice,
} from '../../wording/subscriptions.ts'

/** Told line by line beside what they are now. */
const SETTINGS = ['collection_method', 'days_until_due', 'default_payment_method', 'description', 'metadata']

/** All that Stripe lets change after the end. */
const AFTER_THE_END = ['metadata', 'cancellation_details', 'expand', 'subscription_id']

export const updateSubscription = defineTool({
  name: 'stripe_update_subscription',
  group: 'Subscriptions',
  description: "Update a subscription's plan, quantity, or status",
  mode: 'write',
  effect: 'change',
  operation: 'subscriptions.update',
  pathParam: {
    name: 'subscription_id',
    aliases: ['subscription', 'id'],
    description: 'The subscription, sub_…',
  },
  usual: [
    'items',
    'proration_behavior',
    'proration_date',
    'cancel_at_period_end',
    'default_payment_method',
    'trial_end',
    'metadata',
  ],
  without: ['pause_collection'],
  properties: {
    status: {
      type: 'string',
      description: 'Cannot be set: cancel, pause or resume the subscription with the tools for it.',
    },
  },
  rules: [
    { when: 'cancel_at_period_end', is: true, excludes: ['cancel_at'] },
    { when: 'collection_method', is: 'send_invoice', needs: ['days_until_due'] },
    { when: 'trial_from_plan', is: true, excludes: ['trial_end'] },
    {
      when: 'payment_behavior',
      is: 'pending_if_incomplete',
      excludes: [...SETTINGS, ...ENDS, 'cancellation_details', 'discounts', 'trial_settings'],
    },
  ],
  guidance: {
    whenToUse:
      'To change plan, quantity, trial, discounts or how it is paid; also to take back a cancellation (cancel_at_period_end false). To end, pause or resume: the tools for that.',
    askBefore: [
      'The new price or quantity, and whether the difference is billed now (always_invoice), with the next invoice (create_prorations) or not at all (none).',
    ],
    safeDefaults: [
      'Give the id (si_…) of the item to change in items: without id the price is added as one more.',
      'Stripe prorates by default; proration_date (now, Unix seconds) makes the amounts exactly those of the preview.',
    ],
    examples: [
      {
        title: 'Another plan, difference billed now',
        params: {
          subscription_id: EXAMPLE.subscription,
          items: [{ id: EXAMPLE.subscriptionItem, price: EXAMPLE.otherPrice }],
          proration_behavior: 'always_invoice',
        },
      },
      {
        title: 'Five seats from the next period on',
        params: {
          subscription_id: EXAMPLE.subscription,
          items: [{ id: EXAMPLE.subscriptionItem, quantity: 5 }],
          proration_behavior: 'none',
        },
      },
    ],
    followups: [
      'past_due: the charge failed. stripe_list_invoices with this subscription shows its invoices.',
    ],
  },
  async prepare(given, read) {
    refuseStatus(given)
    const id = textAt(given, 'subscription_id') ?? ''
    const subscription = await readSubscription(read, id)
    if (Object.keys(given).some((name) => !AFTER_THE_END.includes(name)))
      requireSubscriptionStatus(subscription, LIVING, 'changed')
    if (ENDS.some((name) => given[name] !== undefined)) refuseScheduled(subscription, 'ended by itself')
    const items = await readItemsChange(read, subscription, listAt(given, 'items'))
    const discounts = await readDiscounts(read, given)
    const newMethod = textAt(given, 'default_payment_method')
    if (newMethod !== undefined && newMethod !== '')
      await readMethodOf(read, newMethod, idAt(subscription, 'customer'))
    const bills = BILLED.some((name) => given[name] !== undefined)
    const params = bills ? withDefaults(given, subscription) : given
    const billing = bills ? await readChange(read, subscription, params, items) : undefined
    const stakes = stakesOfChange(billing, subscription, params)
    const charges = stakes.money.length > 0
    const told = (sent: Params) =>
      billing === undefined
        ? { changes: [], warnings: [] }
        : tellChange(billing, sent, { subscription, answered: true })
    const schedule = idAt(subscription, 'schedule')
    const settings = updatesOf(withIds(subscription), given, SETTINGS)
    return {
      params: billing?.now === true ? withLatestInvoice(params) : params,
      effect: charges ? 'money' : 'change',
      stakes,
      facts: {
        ...factsOf(settings),
        ...subscriptionFacts(subscription),
        ...(billing === undefined ? {} : billingFacts(billing)),
      },
      describe(sent) {
        const money = told(sent)
        const changes = [
          ...itemRows(subscription, items),
          ...termRows(subscription, sent, items.recycles),
          ...(sent['discounts'] === undefined
            ? []
            : [
                {
                  what: 'Discounts',
                  before: discountsNow(subscription),
                  after: discounts.join('; ') || 'none',
                },
              ]),
          ...updatesOf(withIds(subscription), sent, SETTINGS),
          statusRow(subscription, sent, billing),
          ...money.changes,
        ]
        return {
          summary: `Change the subscription ${subscriptionName(subscription)} (${itemsText(subscription)})${charges ? `, which bills ${subscriptionMethod(subscription) ?? 'the customer'} now` : ''}`,
          changes,
          warnings: [
            ...items.warnings,
            ...money.warnings,
            ...(sent['discounts'] === undefined ? [] : ['discounts replaces all discounts that it has now.']),
            ...(schedule === undefined || items.items.length === 0
              ? []
              : [`It follows the schedule ${schedule}, whose next phase may undo this.`]),
          ],
          irreversible: '',
          told: [
            'subscription_id',
            ...TOLD_OF_CHANGE,
            'trial_end',
            ...ENDS,
            ...SETTINGS,
            'discounts',
            'billing_cycle_anchor',
            ...(items.told ? ['items'] : []),
          ],
          literal: ['cancellation_details', 'off_session'],
        }
      },
    }
  },
})

function refuseStatus(params: Params): void {
  if (params['status'] === undefined) return
  throw new Problem('invalid_params', 'Stripe decides the status of a subscription: it cannot be set.', {
    nextStep:
      'Use stripe_cancel_subscription, stripe_pause_subscription or stripe_resume_subscription. past_due ends when its invoice is paid.',
  })
}

/** Stripe's own defaults, so that the bytes say them. */
function withDefaults(params: Params, subscription: Params): Params {
  const charged = isCharged({ ...subscription, ...params })
  if (ENDS.some((name) => params[name] !== undefined) || !charged) return withProrations(params)
  return { ...withProrations(params), payment_behavior: params['payment_behavior'] ?? 'allow_incomplete' }
}

/** A charge that is only prepared leaves the status to whoever pays it. */
function statusRow(subscription: Params, sent: Params, billing: Billing | undefined): Change {
  const before = textAt(subscription, 'status') ?? ''
  const trial = sent['trial_end']
  const after =
    typeof trial === 'number' ? 'trialing' : trial === 'now' && before === 'trialing' ? 'active' : before
  if (billing?.now === true && textAt(sent, 'payment_behavior') === 'default_incomplete')
    return { what: 'Status', before, after: `${after}, or past_due until the invoice is paid` }
  // Of one that owes already, the charge decides.
  if (billing?.now === true && before !== 'active' && before !== 'trialing')
    return { what: 'Status', before, after: 'depends on the charge' }
  return becomes('Status', before, after === before ? `${after}, as before` : after, 'status', after)
}

function discountsNow(subscription: Params): string | null {
  const discounts = subscription['discounts']
  return Array.isArray(discounts) && discounts.length > 0 ? `${discounts.length} discounts` : null
}

/** As an update names them: ids in the place of what was expanded. */
function withIds(subscription: Params): Params {
  return { ...subscription, default_payment_method: idAt(subscription, 'default_payment_method') ?? null }
}
