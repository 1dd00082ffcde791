import { customers } from '../customers/customer.ts'
import { recurringOf, readPrice } from '../subscription-items/read-item.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import type { Transaction } from '../store/transaction.ts'
import { addCycles } from '../subscriptions/periods.ts'
import type { Cycle } from '../subscriptions/periods.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import { invalidParam, invalidRequest, missingParam, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { applyPhase, startSchedule } from './run-schedule.ts'
import { currentPhase, subscriptionSchedules } from './schedule.ts'
import type { Phase, ProrationBehavior, SubscriptionSchedule } from './schedule.ts'

interface PhaseParam {
  collection_method?: 'charge_automatically' | 'send_invoice'
  currency?: string
  default_payment_method?: string
  duration?: { interval: Cycle['interval']; interval_count?: number }
  end_date?: number | 'now'
  items: readonly { metadata?: MetadataParam; price?: string; quantity?: number }[]
  /** Only from clients of versions before 2025-09-30. */
  iterations?: number
  metadata?: MetadataParam
  proration_behavior?: ProrationBehavior
  start_date?: number | 'now'
}

export interface CreateSchedule {
  customer?: string
  end_behavior?: string
  from_subscription?: string
  metadata?: MetadataParam
  phases?: readonly PhaseParam[]
  start_date?: number | 'now'
}

export interface UpdateSchedule {
  end_behavior?: string
  metadata?: MetadataParam
  phases?: readonly PhaseParam[]
  proration_behavior?: ProrationBehavior
}

/** @throws StripeError 400 for wrong phases, and when the subscription has a schedule already or is over */
export function createSchedule(tx: Transaction, params: CreateSchedule): SubscriptionSchedule {
  if (params.from_subscription !== undefined)
    return createFromSubscription(tx, params, params.from_subscription)
  if (params.customer === undefined) throw missingParam('customer')
  if (!params.phases || params.phases.length === 0) throw missingParam('phases')
  const customer = inParam(tx, customers, params.customer, 'customer').id
  const start = params.start_date === undefined || params.start_date === 'now' ? tx.now : params.start_date
  const schedule = tx.put(subscriptionSchedules, {
    ...blankSchedule(tx, customer, params),
    phases: readPhases(tx, params.phases, start),
  })
  tx.emit('subscription_schedule.created', subscriptionSchedules, schedule)
  return start > tx.now ? schedule : startSchedule(tx, schedule)
}

/** New phases take the place of all; what the present one changes, changes now. @throws StripeError 400 */
export function updateSchedule(
  tx: Transaction,
  schedule: SubscriptionSchedule,
  params: UpdateSchedule,
): SubscriptionSchedule {
  const before = currentPhase(schedule)
  const given = params.phases?.[0]?.start_date
  const start = given === 'now' ? tx.now : (given ?? before?.start_date ?? tx.now)
  const phases = params.phases && readPhases(tx, params.phases, start)
  const updated = tx.update('subscription_schedule.updated', subscriptionSchedules, {
    ...schedule,
    end_behavior: params.end_behavior ?? schedule.end_behavior,
    metadata: mergeMetadata(schedule.metadata, params.metadata),
    ...(phases ? { expiring_announced: false, phases, phase: Math.max(0, begun(tx, phases)) } : {}),
  })
  const after = currentPhase(updated)
  if (params.phases && after && updated.status === 'active') {
    applyPhase(tx, updated, {
      ...after,
      proration_behavior: params.proration_behavior ?? after.proration_behavior,
    })
  }
  return updated
}

/** The last phase that has begun. */
function begun(tx: Transaction, phases: readonly Phase[]): number {
  return phases.findLastIndex((phase) => phase.start_date <= tx.now)
}

function createFromSubscription(tx: Transaction, params: CreateSchedule, id: string): SubscriptionSchedule {
  for (const name of ['customer', 'phases', 'start_date'] as const) {
    if (params[name] !== undefined) {
      throw invalidParam(name, `You cannot set \`${name}\` if \`from_subscription\` is set.`)
    }
  }
  const subscription = inParam(tx, subscriptions, id, 'from_subscription')
  if (isOver(subscription) || subscription.schedule !== null) {
    throw invalidRequest(
      isOver(subscription)
        ? 'You cannot create a subscription schedule from a subscription that is over.'
        : `You cannot migrate a subscription that is already attached to a schedule: ${subscription.schedule ?? ''}`,
      { param: 'from_subscription' },
    )
  }
  const items = itemsOf(tx, subscription.id)
  const schedule: SubscriptionSchedule = {
    ...blankSchedule(tx, subscription.customer, params),
    phases: [
      {
        collection_method: subscription.collection_method,
        currency: subscription.currency,
        default_payment_method: subscription.default_payment_method,
        end_date: Math.max(...items.map((item) => item.current_period_end)),
        items: items.map(({ price, quantity, metadata }) => ({ price, quantity, metadata })),
        metadata: subscription.metadata,
        proration_behavior: 'create_prorations',
        start_date: Math.min(...items.map((item) => item.current_period_start)),
        trial_end: subscription.trial_end,
      },
    ],
    status: 'active',
    subscription: subscription.id,
  }
  tx.put(subscriptionSchedules, schedule)
  tx.emit('subscription_schedule.created', subscriptionSchedules, schedule)
  tx.update('customer.subscription.updated', subscriptions, { ...subscription, schedule: schedule.id })
  return schedule
}

function blankSchedule(tx: Transaction, customer: string, params: CreateSchedule): SubscriptionSchedule {
  return {
    id: tx.newId(subscriptionSchedules),
    created: tx.now,
    canceled_at: null,
    completed_at: null,
    customer,
    end_behavior: params.end_behavior ?? 'release',
    expiring_announced: false,
    metadata: mergeMetadata({}, params.metadata),
    phase: 0,
    phases: [],
    released_at: null,
    released_subscription: null,
    status: 'not_started',
    subscription: null,
  }
}

const PHASE_PARAMS = new Set([
  'collection_method',
  'currency',
  'default_payment_method',
  'duration',
  'end_date',
  'items',
  'iterations',
  'metadata',
  'proration_behavior',
  'start_date',
])
const ITEM_PARAMS = new Set(['metadata', 'price', 'quantity'])

function readPhases(tx: Transaction, given: readonly PhaseParam[], start: number): Phase[] {
  const phases: Phase[] = []
  for (const [position, phase] of given.entries()) {
    const last = phases.at(-1)
    phases.push(readPhase(tx, phase, last?.end_date ?? start, `phases[${position}]`))
  }
  return phases
}

function readPhase(tx: Transaction, given: PhaseParam, start: number, param: string): Phase {
  refuseOthers(given, PHASE_PARAMS, param)
  const items = given.items.map((item, position) => {
    const at = `${param}[items][${position}]`
    refuseOthers(item, ITEM_PARAMS, at)
    const price = readPrice(tx, item.price === undefined ? {} : { price: item.price }, at)
    if (!price) throw missingParam(`${at}[price]`)
    return { price, quantity: item.quantity ?? 1, metadata: mergeMetadata({}, item.metadata) }
  })
  const [first] = items
  if (!first) throw missingParam(`${param}[items]`)
  const end = endOf(tx, given, start, recurringOf(first.price))
  if (end <= start) throw invalidParam(`${param}[end_date]`, 'A phase must end after it starts.')
  return {
    collection_method: given.collection_method ?? null,
    currency: given.currency ?? first.price.currency,
    default_payment_method: given.default_payment_method ?? null,
    end_date: end,
    items: items.map((item) => ({ ...item, price: item.price.id })),
    metadata: mergeMetadata({}, given.metadata),
    proration_behavior: given.proration_behavior ?? 'create_prorations',
    start_date: start,
    trial_end: null,
  }
}

/** One cycle of its first price unless told otherwise. */
function endOf(tx: Transaction, given: PhaseParam, start: number, cycle: Cycle): number {
  if (given.end_date !== undefined) return given.end_date === 'now' ? tx.now : given.end_date
  if (given.duration) {
    const { interval, interval_count = 1 } = given.duration
    return addCycles(start, { interval, interval_count }, 1)
  }
  return addCycles(start, cycle, given.iterations ?? 1)
}

function refuseOthers(given: object, known: ReadonlySet<string>, param: string): void {
  const other = Object.keys(given).find((name) => !known.has(name))
  if (other !== undefined) throw notInSandbox(`the parameter ${param}[${other}]`, `${param}[${other}]`)
}
