import { customers } from '../customers/customer.ts'
import { paymentFailed } from '../invoices/follow-intent.ts'
import { finalizeInvoice } from '../invoices/finalize-invoice.ts'
import { markUncollectible, sendInvoice, voidInvoice } from '../invoices/close-invoice.ts'
import { invoices } from '../invoices/invoice.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { attemptPayment, current, defaultMethod } from '../invoices/pay-invoice.ts'
import type { Transaction } from '../store/transaction.ts'
import { cancelSubscription, expireSubscription } from '../subscriptions/cancel-subscription.ts'
import { expirePending } from '../subscriptions/pending-update.ts'
import { endTrial, renewSubscription, renewsAt } from '../subscriptions/renew-subscription.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import { duesOfSchedules } from '../subscription-schedules/run-schedule.ts'
import { announceUpcoming } from './announce-upcoming.ts'

const HOUR_SECONDS = 60 * 60
const DAY_SECONDS = 24 * HOUR_SECONDS

/** A first payment can be made for this long; so can the one that a resumption asks for. */
const INCOMPLETE_SECONDS = 23 * HOUR_SECONDS

/** How long before it ends a trial is announced to end. */
const TRIAL_NOTICE_SECONDS = 3 * DAY_SECONDS

/** How long before a renewal its invoice is announced. */
const UPCOMING_NOTICE_SECONDS = 7 * DAY_SECONDS

/** One piece of work and when it is due. */
interface Due {
  at: number
  run: () => void
}

/**
 * Does what falls due until a moment, in the order of time, each piece at its own moment.
 *
 * @param until seconds since the epoch
 * @param concerns whose invoices and subscriptions; everybody's unless given
 */
export function advanceBilling(
  tx: Transaction,
  until: number,
  concerns: (customer: string) => boolean = () => true,
): void {
  for (;;) {
    const next = earliest(duesOf(tx, concerns))
    if (!next || next.at > until) break
    tx.now = next.at
    next.run()
  }
  tx.now = until
}

/** When something falls due next. */
export function nextBillingDue(tx: Transaction, concerns: (customer: string) => boolean): number | undefined {
  return earliest(duesOf(tx, concerns))?.at
}

function* duesOf(tx: Transaction, concerns: (customer: string) => boolean): Iterable<Due> {
  // A phase that begins with a period decides what the period costs.
  yield* duesOfSchedules(tx, concerns)
  for (const status of ['draft', 'open'] as const) {
    for (const { entity } of tx.rows(invoices, 'status', status)) {
      // Nothing can be asked of a deleted customer.
      const gone = entity.deleted || tx.get(customers, entity.customer)?.deleted === true
      if (!gone && concerns(entity.customer)) yield* duesOfInvoice(tx, entity)
    }
  }
  for (const status of ['incomplete', 'trialing', 'active', 'past_due', 'unpaid', 'paused'] as const) {
    for (const { entity } of tx.rows(subscriptions, 'status', status)) {
      if (concerns(entity.customer)) yield* duesOfSubscription(tx, entity)
    }
  }
}

/** Of several at the same moment the first: invoices before subscriptions, cancellations before renewals. */
function earliest(dues: Iterable<Due>): Due | undefined {
  let first: Due | undefined
  for (const due of dues) if (!first || due.at < first.at) first = due
  return first
}

function* duesOfInvoice(tx: Transaction, invoice: Invoice): Iterable<Due> {
  const { automatically_finalizes_at: finalizes, next_payment_attempt: retries, due_date: due } = invoice
  if (invoice.status === 'draft') {
    if (invoice.auto_advance && finalizes !== null) {
      yield { at: finalizes, run: () => advanceDraft(tx, invoice) }
    }
    return
  }
  if (retries !== null) yield { at: retries, run: () => retryPayment(tx, invoice) }
  if (due !== null && !invoice.overdue_announced) yield { at: due, run: () => becomeOverdue(tx, invoice) }
  const owner = invoice.subscription === null ? undefined : tx.get(subscriptions, invoice.subscription)
  if (owner?.paused?.resumption === invoice.id) {
    yield { at: invoice.created + INCOMPLETE_SECONDS, run: () => voidInvoice(tx, invoice) }
  }
}

function* duesOfSubscription(tx: Transaction, subscription: Subscription): Iterable<Due> {
  const { status, cancel_at: cancels, trial_end: trialEnds } = subscription
  if (cancels !== null) {
    const { reason } = subscription.cancellation_details
    yield { at: cancels, run: () => cancelSubscription(tx, subscription, {}, reason) }
  }
  const expires = subscription.pending?.expires_at
  if (expires !== undefined) yield { at: expires, run: () => expirePending(tx, subscription) }
  const resumes = subscription.pause_collection?.resumes_at ?? null
  if (resumes !== null) yield { at: resumes, run: () => resumeCollection(tx, subscription) }
  switch (status) {
    case 'incomplete':
      yield {
        at: subscription.created + INCOMPLETE_SECONDS,
        run: () => expireSubscription(tx, subscription),
      }
      return
    case 'trialing':
      if (trialEnds === null) return
      if (!subscription.trial_end_announced) {
        const at = Math.max(subscription.trial_start ?? 0, trialEnds - TRIAL_NOTICE_SECONDS)
        yield { at, run: () => announceTrialEnd(tx, subscription) }
      }
      yield { at: trialEnds, run: () => endTrial(tx, subscription) }
      return
    case 'active':
    case 'past_due':
    case 'unpaid': {
      const renews = renewsAt(tx, subscription)
      if (subscription.upcoming_announced !== renews && (cancels ?? Infinity) > renews) {
        const at = renews - UPCOMING_NOTICE_SECONDS
        // A period shorter than the notice has none.
        if (at > subscription.created) yield { at, run: () => announceUpcoming(tx, subscription, renews) }
      }
      yield { at: renews, run: () => renewSubscription(tx, subscription) }
      return
    }
    case 'paused':
    case 'canceled':
    case 'incomplete_expired':
  }
}

/** A draft's hour is over: it is finalized, then charged or sent. */
function advanceDraft(tx: Transaction, draft: Invoice): void {
  const open = finalizeInvoice(tx, draft)
  if (open.status !== 'open') return
  const subscription = open.subscription === null ? undefined : tx.get(subscriptions, open.subscription)
  switch (subscription?.pause_collection?.behavior) {
    case 'void':
      voidInvoice(tx, open)
      return
    case 'mark_uncollectible':
      markUncollectible(tx, open)
      return
    case 'keep_as_draft':
    case undefined:
  }
  if (open.collection_method === 'charge_automatically') charge(tx, open)
  else if (open.invoiced.email !== null) sendInvoice(tx, open)
}

function charge(tx: Transaction, invoice: Invoice): void {
  const method = defaultMethod(tx, invoice)
  if (method) attemptPayment(tx, invoice, method)
  else paymentFailed(tx, { ...invoice, attempted: true, attempt_count: Math.max(1, invoice.attempt_count) })
}

/** After the last attempt the subscription ends, as Stripe does unless told otherwise. */
function retryPayment(tx: Transaction, invoice: Invoice): void {
  const attempt: Invoice = {
    ...invoice,
    attempt_count: invoice.attempt_count + 1,
    next_payment_attempt: null,
  }
  charge(tx, tx.put(invoices, attempt))
  const after = current(tx, attempt)
  if (after.status !== 'open' || after.next_payment_attempt !== null) return
  const subscription = after.subscription === null ? undefined : tx.get(subscriptions, after.subscription)
  if (subscription?.status === 'past_due') cancelSubscription(tx, subscription, {}, 'payment_failed')
}

function becomeOverdue(tx: Transaction, invoice: Invoice): void {
  const overdue = tx.put(invoices, { ...invoice, overdue_announced: true })
  tx.emit('invoice.overdue', invoices, overdue)
  const subscription = invoice.subscription === null ? undefined : tx.get(subscriptions, invoice.subscription)
  if (subscription?.status === 'active') {
    tx.update('customer.subscription.updated', subscriptions, { ...subscription, status: 'past_due' })
  }
}

function resumeCollection(tx: Transaction, subscription: Subscription): void {
  tx.update('customer.subscription.updated', subscriptions, { ...subscription, pause_collection: null })
}

function announceTrialEnd(tx: Transaction, subscription: Subscription): void {
  const announced = tx.put(subscriptions, { ...subscription, trial_end_announced: true })
  tx.emit('customer.subscription.trial_will_end', subscriptions, announced)
}
