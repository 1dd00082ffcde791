import type { DiscountParam } from '../discounts/redeem.ts'
import type { PriceData } from '../invoice-items/save-item.ts'
import { checkMethod } from '../invoices/create-invoice.ts'
import type { Transaction } from '../store/transaction.ts'
import type { ItemParam } from '../subscription-items/read-item.ts'
import { itemsOf } from '../subscription-items/subscription-item.ts'
import { readTaxRates } from '../tax-rates/routes.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import type { PaymentBehavior } from './bill.ts'
import type { PauseCollection, Subscription } from './subscription.ts'

/** What creating and updating have in common. */
export interface SubscriptionParams {
  add_invoice_items?: readonly {
    discounts?: readonly DiscountParam[]
    metadata?: MetadataParam
    price?: string
    price_data?: PriceData
    quantity?: number
    tax_rates?: readonly string[] | ''
  }[]
  cancel_at?: number | 'max_period_end' | 'min_period_end' | 'max_billed_until' | ''
  cancel_at_period_end?: boolean
  cancellation_details?: { comment?: string; feedback?: string }
  collection_method?: 'charge_automatically' | 'send_invoice'
  days_until_due?: number
  default_payment_method?: string
  default_tax_rates?: readonly string[] | ''
  description?: string
  discounts?: readonly DiscountParam[] | ''
  items?: readonly ItemParam[]
  metadata?: MetadataParam
  off_session?: boolean
  pause_collection?: { behavior: PauseCollection['behavior']; resumes_at?: number } | ''
  payment_behavior?: PaymentBehavior
  payment_settings?: { save_default_payment_method?: 'off' | 'on_subscription' }
  proration_behavior?: 'always_invoice' | 'create_prorations' | 'none'
  trial_end?: 'now' | number
  trial_from_plan?: boolean
  trial_settings?: {
    end_behavior: {
      billing_cycle_anchor?: 'now' | 'unchanged'
      missing_payment_method?: 'cancel' | 'create_invoice' | 'pause'
    }
  }
}

/** The fields that change nothing about money or time. @throws StripeError 400 for contradicting fields */
export function withSettings(
  tx: Transaction,
  subscription: Subscription,
  params: SubscriptionParams,
): Subscription {
  const method = params.collection_method ?? subscription.collection_method
  const days = params.days_until_due ?? subscription.days_until_due
  if (method === 'send_invoice' && days === null) {
    throw invalidRequest('You must specify `days_until_due` when `collection_method=send_invoice`.', {
      param: 'days_until_due',
      code: 'parameter_missing',
    })
  }
  if (method === 'charge_automatically' && params.days_until_due !== undefined) {
    throw invalidParam(
      'days_until_due',
      'You can only set `days_until_due` if `collection_method=send_invoice`.',
    )
  }
  const payment = params.default_payment_method
  if (payment !== undefined && payment !== '') checkMethod(tx, payment, subscription.customer)
  const pause = params.pause_collection
  const trial = params.trial_settings?.end_behavior
  const details = params.cancellation_details
  return {
    ...subscription,
    cancellation_details: {
      ...subscription.cancellation_details,
      comment: textOr(subscription.cancellation_details.comment, details?.comment),
      feedback: textOr(subscription.cancellation_details.feedback, details?.feedback),
    },
    collection_method: method,
    days_until_due: method === 'send_invoice' ? days : null,
    default_payment_method: textOr(subscription.default_payment_method, payment),
    default_tax_rates: readTaxRates(
      tx,
      params.default_tax_rates,
      subscription.default_tax_rates,
      'default_tax_rates',
    ),
    description: textOr(subscription.description, params.description),
    metadata: mergeMetadata(subscription.metadata, params.metadata),
    pause_collection:
      pause === undefined
        ? subscription.pause_collection
        : pause === ''
          ? null
          : { behavior: pause.behavior, resumes_at: pause.resumes_at ?? null },
    save_default_payment_method:
      params.payment_settings?.save_default_payment_method ?? subscription.save_default_payment_method,
    trial_settings: trial
      ? {
          end_behavior: {
            billing_cycle_anchor: trial.billing_cycle_anchor ?? null,
            missing_payment_method: trial.missing_payment_method ?? 'create_invoice',
          },
        }
      : subscription.trial_settings,
  }
}

type Cancellation = Pick<
  Subscription,
  'cancel_at' | 'cancel_at_period_end' | 'canceled_at' | 'cancellation_details'
>

/** When the subscription is to end. @throws StripeError 400 for a moment that is past, or two at once */
export function cancellation(
  tx: Transaction,
  subscription: Subscription,
  params: Pick<SubscriptionParams, 'cancel_at' | 'cancel_at_period_end'>,
): Cancellation | Record<string, never> {
  const { cancel_at: at, cancel_at_period_end: atEnd } = params
  if (at === undefined && atEnd === undefined) return {}
  if (at !== undefined && at !== '' && atEnd === true) {
    throw invalidRequest('You may only specify one of these parameters: cancel_at, cancel_at_period_end.', {
      stored: false,
    })
  }
  const ends = itemsOf(tx, subscription.id).map((item) => item.current_period_end)
  const moment = atEnd === true || at === 'max_period_end' ? Math.max(...ends) : at
  const when = moment === 'min_period_end' ? Math.min(...ends) : moment
  if (when === 'max_billed_until') throw invalidParam('cancel_at', 'Billing schedules are not in use here.')
  if (typeof when === 'number' && when <= tx.now) {
    throw invalidParam('cancel_at', '`cancel_at` must be a timestamp in the future.')
  }
  const until = typeof when === 'number' ? when : null
  return {
    cancel_at: until,
    cancel_at_period_end: atEnd === true,
    canceled_at: until === null ? null : tx.now,
    cancellation_details: {
      ...subscription.cancellation_details,
      reason: until === null ? null : 'cancellation_requested',
    },
  }
}
