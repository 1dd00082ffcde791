import { customers } from '../customers/customer.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import { itemsOf, subscriptionItems } from '../subscription-items/subscription-item.ts'
import type { SubscriptionItem } from '../subscription-items/subscription-item.ts'
import { taxRates } from '../tax-rates/tax-rate.ts'
import { innerList } from '../wire/lists.ts'
import type { Metadata } from '../wire/metadata.ts'

export type SubscriptionStatus =
  | 'active'
  | 'canceled'
  | 'incomplete'
  | 'incomplete_expired'
  | 'past_due'
  | 'paused'
  | 'trialing'
  | 'unpaid'

export type PauseCollection = {
  readonly behavior: 'keep_as_draft' | 'mark_uncollectible' | 'void'
  readonly resumes_at: number | null
}

export type TrialSettings = {
  readonly end_behavior: {
    readonly billing_cycle_anchor: 'now' | 'unchanged' | null
    readonly missing_payment_method: 'cancel' | 'create_invoice' | 'pause'
  }
}

export type CancellationDetails = {
  readonly comment: string | null
  readonly feedback: string | null
  readonly feedback_option: null
  readonly reason: 'cancellation_requested' | 'payment_failed' | null
}

export interface PendingUpdate {
  readonly expires_at: number
  readonly invoice: string
  readonly after: Subscription
  readonly items: readonly SubscriptionItem[]
}

export interface Subscription {
  id: string
  created: number
  billing_cycle_anchor: number
  billing_mode: 'classic' | 'flexible'
  cancel_at: number | null
  cancel_at_period_end: boolean
  canceled_at: number | null
  cancellation_details: CancellationDetails
  collection_method: 'charge_automatically' | 'send_invoice'
  currency: string
  customer: string
  days_until_due: number | null
  default_payment_method: string | null
  default_tax_rates: readonly string[]
  description: string | null
  discounts: readonly string[]
  ended_at: number | null
  latest_invoice: string | null
  metadata: Metadata
  pause_collection: PauseCollection | null
  /** Since when and why it rests; only while the status is paused. */
  paused: {
    readonly at: number
    readonly why: string
    /** The invoice that must be paid for it to run again. */
    readonly resumption: string | null
  } | null
  /** A change that its invoice must be paid for first. */
  pending: PendingUpdate | null
  save_default_payment_method: 'off' | 'on_subscription'
  schedule: string | null
  start_date: number
  status: SubscriptionStatus
  trial_end: number | null
  trial_settings: TrialSettings
  trial_start: number | null
  /** The customer has been told that the trial is about to end. */
  trial_end_announced: boolean
  /** The period's end that an upcoming invoice was announced for. */
  upcoming_announced: number | null
}

export const subscriptions: Kind<Subscription> = {
  table: 'subscriptions',
  type: 'Subscription',
  prefix: 'sub_',
  idLength: 24,
  noun: 'subscription',
  indexes: ['customer', 'status'],
  format: formatSubscription,
}

/** The statuses that nothing follows. */
export function isOver(subscription: Pick<Subscription, 'status'>): boolean {
  return subscription.status === 'canceled' || subscription.status === 'incomplete_expired'
}

function formatSubscription(subscription: Subscription, view: View): JsonObject {
  const items = itemsOf(view, subscription.id).map((item) => subscriptionItems.format(item, view))
  return {
    id: subscription.id,
    object: 'subscription',
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: subscription.billing_cycle_anchor,
    billing_cycle_anchor_config: null,
    billing_mode: {
      flexible: subscription.billing_mode === 'flexible' ? { proration_discounts: 'included' } : null,
      type: subscription.billing_mode,
    },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: subscription.cancel_at,
    cancel_at_period_end: subscription.cancel_at_period_end,
    canceled_at: subscription.canceled_at,
    cancellation_details: subscription.cancellation_details,
    collection_method: subscription.collection_method,
    created: subscription.created,
    currency: subscription.currency,
    customer: subscription.customer,
    customer_account: null,
    days_until_due: subscription.days_until_due,
    default_payment_method: subscription.default_payment_method,
    default_source: null,
    default_tax_rates: subscription.default_tax_rates.flatMap((id) => {
      const rate = view.get(taxRates, id)
      return rate ? [taxRates.format(rate, view)] : []
    }),
    description: subscription.description,
    discounts: subscription.discounts,
    ended_at: subscription.ended_at,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: 'self' },
    },
    items: innerList(`/v1/subscription_items?subscription=${subscription.id}`, items),
    latest_invoice: subscription.latest_invoice,
    livemode: view.livemode,
    managed_payments: null,
    metadata: subscription.metadata,
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: subscription.pause_collection,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: subscription.save_default_payment_method,
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: formatPending(subscription.pending, view),
    schedule: subscription.schedule,
    start_date: subscription.start_date,
    status: subscription.status,
    ...(subscription.paused === null
      ? {}
      : {
          status_details: {
            paused: {
              subscription: { type: subscription.paused.why },
              transitioned_at: subscription.paused.at,
              type: 'subscription',
            },
          },
        }),
    test_clock: view.get(customers, subscription.customer)?.test_clock ?? null,
    transfer_data: null,
    trial_end: subscription.trial_end,
    trial_settings: subscription.trial_settings,
    trial_start: subscription.trial_start,
  }
}

function formatPending(pending: PendingUpdate | null, view: View): JsonObject | null {
  if (!pending) return null
  return {
    billing_cycle_anchor: pending.after.billing_cycle_anchor,
    cancel_at_period_end: null,
    discount: null,
    discounts: null,
    expires_at: pending.expires_at,
    metadata: pending.after.metadata,
    subscription_items: pending.items.map((item) => subscriptionItems.format(item, view)),
    trial_end: pending.after.trial_end,
    trial_from_plan: null,
  }
}
