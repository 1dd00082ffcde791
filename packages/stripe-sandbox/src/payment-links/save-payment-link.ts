import { lineItemsOf, putLineItems, subtotalOf } from '../checkout/put-line-items.ts'
import type { LineItemParam } from '../checkout/put-line-items.ts'
import { lineItems } from '../checkout/line-item.ts'
import { isFollowable } from '../pages/page.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { prices } from '../prices/price.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, missingParam } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { paymentLinks } from './payment-link.ts'
import type { PaymentLink } from './payment-link.ts'

export interface PaymentLinkParams {
  active?: boolean
  after_completion?: {
    hosted_confirmation?: { custom_message?: string }
    redirect?: { url: string }
    type: string
  }
  allow_promotion_codes?: boolean
  billing_address_collection?: string
  customer_creation?: string
  inactive_message?: string
  metadata?: MetadataParam
  payment_intent_data?: JsonObject
  payment_method_collection?: string
  phone_number_collection?: { enabled: boolean }
  restrictions?: { completed_sessions: { limit: number } } | ''
  submit_type?: string
  subscription_data?: JsonObject
}

export interface CreatePaymentLink extends PaymentLinkParams {
  currency?: string
  line_items: readonly LineItemParam[]
}

/** @throws StripeError 400 for items that cannot be sold together, or parameters of the other mode */
export function createPaymentLink(tx: Transaction, params: CreatePaymentLink): PaymentLink {
  const id = tx.newId(paymentLinks)
  if (params.line_items.length === 0) throw missingParam('line_items')
  const currency = params.currency === undefined ? undefined : readCurrency(params.currency)
  const items = putLineItems(tx, id, { currency, reusesPrices: true }, params.line_items)
  const recurs = items.some((item) => (tx.get(prices, item.price)?.recurring ?? null) !== null)
  const mode = recurs ? 'subscription' : 'payment'
  if (mode === 'subscription' && params.payment_intent_data) {
    throw invalidParam(
      'payment_intent_data',
      'You can not pass `payment_intent_data` in `subscription` mode.',
    )
  }
  if (mode === 'payment' && params.subscription_data) {
    throw invalidParam('subscription_data', 'You can not pass `subscription_data` in `payment` mode.')
  }
  const blank: PaymentLink = {
    id,
    created: tx.now,
    active: true,
    allow_promotion_codes: false,
    billing_address_collection: 'auto',
    completed_sessions_limit: null,
    currency: items[0]?.currency ?? '',
    custom_message: null,
    customer_creation: mode === 'subscription' ? 'always' : 'if_required',
    inactive_message: null,
    metadata: {},
    mode,
    payment_intent_data: null,
    payment_method_collection: 'always',
    phone_number_collection: false,
    redirect_url: null,
    submit_type: 'auto',
    subscription_data: null,
  }
  const link = tx.put(paymentLinks, merged(blank, params))
  tx.emit('payment_link.created', paymentLinks, link)
  return link
}

export function updatePaymentLink(
  tx: Transaction,
  link: PaymentLink,
  params: PaymentLinkParams & { line_items?: readonly { id: string; quantity?: number }[] },
): PaymentLink {
  const items = lineItemsOf(tx, link.id)
  for (const [position, { id, quantity }] of (params.line_items ?? []).entries()) {
    const item = items.find((one) => one.id === id)
    const param = `line_items[${position}]`
    if (!item)
      throw invalidParam(`${param}[id]`, `No such line item: '${id.slice(0, 100)}'`, 'resource_missing')
    if (quantity === undefined) continue
    if (quantity < 1)
      throw invalidParam(`${param}[quantity]`, 'This value must be greater than or equal to 1.')
    tx.put(lineItems, {
      ...item,
      amount_subtotal: subtotalOf(inParam(tx, prices, item.price, param), item.currency, quantity),
      quantity,
    })
  }
  return tx.update('payment_link.updated', paymentLinks, merged(link, params))
}

function merged(link: PaymentLink, params: PaymentLinkParams): PaymentLink {
  const after = params.after_completion
  if (after?.type === 'redirect') {
    if (!after.redirect) throw missingParam('after_completion[redirect]')
    if (!isFollowable(after.redirect.url))
      throw invalidParam('after_completion[redirect][url]', 'Not a valid URL', 'url_invalid')
  }
  const limit = params.restrictions
  if (limit && limit.completed_sessions.limit < 1) {
    throw invalidParam(
      'restrictions[completed_sessions][limit]',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    )
  }
  return {
    ...link,
    active: params.active ?? link.active,
    allow_promotion_codes: params.allow_promotion_codes ?? link.allow_promotion_codes,
    billing_address_collection: params.billing_address_collection ?? link.billing_address_collection,
    completed_sessions_limit:
      limit === undefined
        ? link.completed_sessions_limit
        : limit === ''
          ? null
          : limit.completed_sessions.limit,
    custom_message: after ? (after.hosted_confirmation?.custom_message ?? null) : link.custom_message,
    customer_creation: params.customer_creation ?? link.customer_creation,
    inactive_message: textOr(link.inactive_message, params.inactive_message),
    metadata: mergeMetadata(link.metadata, params.metadata),
    payment_intent_data: params.payment_intent_data ?? link.payment_intent_data,
    payment_method_collection: params.payment_method_collection ?? link.payment_method_collection,
    phone_number_collection: params.phone_number_collection?.enabled ?? link.phone_number_collection,
    redirect_url: after ? (after.redirect?.url ?? null) : link.redirect_url,
    submit_type: params.submit_type ?? link.submit_type,
    subscription_data: params.subscription_data ?? link.subscription_data,
  }
}
