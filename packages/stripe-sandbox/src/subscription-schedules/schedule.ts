import { customers } from '../customers/customer.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type ProrationBehavior = 'always_invoice' | 'create_prorations' | 'none'

export interface Phase {
  readonly collection_method: 'charge_automatically' | 'send_invoice' | null
  readonly currency: string
  readonly default_payment_method: string | null
  readonly end_date: number
  readonly items: readonly {
    readonly price: string
    readonly quantity: number
    readonly metadata: Metadata
  }[]
  readonly metadata: Metadata
  readonly proration_behavior: ProrationBehavior
  readonly start_date: number
  readonly trial_end: number | null
}

/** What a subscription goes through, one phase after the other. */
export interface SubscriptionSchedule {
  id: string
  created: number
  canceled_at: number | null
  completed_at: number | null
  customer: string
  end_behavior: string
  /** The customer's schedule has been announced to end. */
  expiring_announced: boolean
  metadata: Metadata
  /** Which of the phases it is in. */
  phase: number
  phases: readonly Phase[]
  released_at: number | null
  released_subscription: string | null
  status: 'active' | 'canceled' | 'completed' | 'not_started' | 'released'
  subscription: string | null
}

export const subscriptionSchedules: Kind<SubscriptionSchedule> = {
  table: 'subscription_schedules',
  type: 'SubscriptionSchedule',
  prefix: 'sub_sched_',
  idLength: 24,
  // The prefix begins like that of subscriptions.
  customIdsIn: 'schedule',
  noun: 'subscription schedule',
  indexes: ['customer', 'status'],
  format: formatSchedule,
}

function formatSchedule(schedule: SubscriptionSchedule, view: View): JsonObject {
  const [first] = schedule.phases
  const current = schedule.status === 'active' ? currentPhase(schedule) : undefined
  return {
    id: schedule.id,
    object: 'subscription_schedule',
    application: null,
    billing_mode: { flexible: { proration_discounts: 'included' }, type: 'flexible' },
    canceled_at: schedule.canceled_at,
    completed_at: schedule.completed_at,
    created: schedule.created,
    current_phase: current ? { end_date: current.end_date, start_date: current.start_date } : null,
    customer: schedule.customer,
    customer_account: null,
    default_settings: {
      application_fee_percent: null,
      automatic_tax: { disabled_reason: null, enabled: false, liability: null },
      billing_cycle_anchor: 'automatic',
      billing_thresholds: null,
      collection_method: first?.collection_method ?? 'charge_automatically',
      default_payment_method: null,
      description: null,
      invoice_settings: {
        account_tax_ids: null,
        custom_fields: null,
        days_until_due: null,
        description: null,
        footer: null,
        issuer: { type: 'self' },
      },
      on_behalf_of: null,
      transfer_data: null,
    },
    end_behavior: schedule.end_behavior,
    livemode: view.livemode,
    metadata: schedule.metadata,
    pause_schedules: [],
    phases: schedule.phases.map(formatPhase),
    released_at: schedule.released_at,
    released_subscription: schedule.released_subscription,
    status: schedule.status,
    subscription: schedule.subscription,
    test_clock: view.get(customers, schedule.customer)?.test_clock ?? null,
  }
}

export function currentPhase(schedule: SubscriptionSchedule): Phase | undefined {
  return schedule.phases[schedule.phase]
}

function formatPhase(phase: Phase): JsonObject {
  return {
    add_invoice_items: [],
    application_fee_percent: null,
    billing_cycle_anchor: null,
    billing_thresholds: null,
    collection_method: phase.collection_method,
    currency: phase.currency,
    default_payment_method: phase.default_payment_method,
    default_tax_rates: [],
    description: null,
    discounts: [],
    end_date: phase.end_date,
    invoice_settings: null,
    items: phase.items.map((item) => ({
      billing_thresholds: null,
      discounts: [],
      metadata: item.metadata,
      plan: item.price,
      price: item.price,
      quantity: item.quantity,
      tax_rates: [],
    })),
    metadata: phase.metadata,
    on_behalf_of: null,
    proration_behavior: phase.proration_behavior,
    start_date: phase.start_date,
    transfer_data: null,
    trial_end: phase.trial_end,
  }
}
