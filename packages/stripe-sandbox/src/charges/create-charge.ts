import { checkEmail, customers } from '../customers/customer.ts'
import { checkAmount, readCurrency } from '../payment-intents/amount.ts'
import { cardDeclined, declines } from '../payment-methods/declines.ts'
import type { Refusal } from '../route.ts'
import { cards, isCard } from '../sources/card.ts'
import { sourceOfCustomer } from '../sources/customer-sources.ts'
import { sources } from '../sources/source.ts'
import { useToken } from '../sources/use-token.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { shippingOr, textOr } from '../wire/contact.ts'
import type { ShippingParam } from '../wire/contact.ts'
import { StripeError, invalidRequest, missingParam } from '../wire/errors.ts'
import { inParam, missing } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { behaviourOf, chargeCard, declineOf, failCharge } from './charge-card.ts'
import type { ChargeOrder, Chargeable } from './charge-card.ts'
import type { Charge } from './charge.ts'

export interface CreateCharge {
  amount?: number
  capture?: boolean
  currency?: string
  customer?: string
  description?: string
  metadata?: MetadataParam
  receipt_email?: string
  shipping?: ShippingParam
  /** `tok_…`, `src_…`, or the customer's own `card_…`. */
  source?: string
  statement_descriptor?: string
  statement_descriptor_suffix?: string
  transfer_group?: string
}

/**
 * Charges a token, card or source directly, without a payment intent.
 *
 * @throws StripeError 400; a declined card is no exception but a refusal that leaves a failed charge behind
 */
export function createCharge(tx: Transaction, params: CreateCharge): Charge | Refusal {
  if (params.amount === undefined) throw missingParam('amount')
  if (params.currency === undefined) throw missingParam('currency')
  const currency = readCurrency(params.currency)
  checkAmount(params.amount, currency)
  checkEmail(params.receipt_email, 'receipt_email')
  const customer = params.customer === undefined ? null : inParam(tx, customers, params.customer, 'customer')
  const { method, source } = chargedBy(tx, params.source, customer?.id ?? null)
  const order: ChargeOrder = {
    amount: params.amount,
    currency,
    customer: customer?.id ?? null,
    description: textOr(null, params.description),
    metadata: mergeMetadata({}, params.metadata),
    payment_intent: null,
    receipt_email: textOr(null, params.receipt_email),
    shipping: shippingOr(null, params.shipping),
    source,
    statement_descriptor: textOr(null, params.statement_descriptor),
    statement_descriptor_suffix: textOr(null, params.statement_descriptor_suffix),
    transfer_group: textOr(null, params.transfer_group),
  }
  const behaviour = behaviourOf(method)
  // Nobody can be asked: a card that wants its holder is declined.
  const decline =
    behaviour.kind === 'needs_authentication' ? declines.authentication_required : declineOf(behaviour)
  if (!decline) return chargeCard(tx, method, order, params.capture !== false)
  const failed = failCharge(tx, method, order, decline)
  return { refused: cardDeclined(decline, { charge: failed.id }) }
}

function chargedBy(
  tx: Transaction,
  given: string | undefined,
  customer: string | null,
): { method: Chargeable; source: JsonObject } {
  const id = given ?? defaultSource(tx, customer)
  const source = tx.get(sources, id)
  if (source) {
    if (source.status === 'consumed') {
      throw invalidRequest(`The source ${id} has been consumed and cannot be charged again.`, {
        param: 'source',
      })
    }
    const consumed =
      source.usage === 'single_use' ? tx.put(sources, { ...source, status: 'consumed' }) : source
    return { method: source.method, source: sources.format(consumed, tx) }
  }
  if (isCard(id) && customer !== null) {
    const card = sourceOfCustomer(tx, customer, id, 'source')
    return { method: card, source: cards.format(card, tx) }
  }
  // Payment methods too: charges know only what came before them.
  if (!id.startsWith('tok_')) {
    const noun = customer === null ? 'token' : 'source'
    throw missing({ noun, table: 'sources' }, id, { param: 'source' })
  }
  const { method } = useToken(tx, id, 'source')
  return { method, source: cards.format(method, tx) }
}

function defaultSource(tx: Transaction, customer: string | null): string {
  if (customer === null)
    throw invalidRequest('Must provide source or customer.', { code: 'parameter_missing' })
  const card = tx.get(customers, customer)?.default_source ?? null
  if (card !== null) return card
  throw new StripeError('card_error', 'Cannot charge a customer that has no active card', {
    status: 402,
    code: 'missing',
    param: 'card',
  })
}
