import { customers } from '../customers/customer.ts'
import { cardDeclined, declines } from '../payment-methods/declines.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import { testCardNamed } from '../payment-methods/test-cards.ts'
import type { Transaction } from '../store/transaction.ts'
import { missing } from '../wire/lookup.ts'
import { cards, isCard } from './card.ts'
import { useToken } from './use-token.ts'

/**
 * Saves the token's card with the customer.
 *
 * @param asDefault also where the customer has a default card already
 * @throws StripeError 400 for a token that is not there or is used, 402 when the bank does not confirm the card
 */
export function addSource(
  tx: Transaction,
  customerId: string,
  token: string,
  { asDefault }: { asDefault: boolean },
): PaymentMethod {
  const { method } = useToken(tx, token, 'source')
  const behaviour = testCardNamed(method.test_card)?.behaviour
  if (behaviour?.kind === 'declined' && behaviour.onAttach) throw cardDeclined(declines[behaviour.reason])
  const card = tx.put(cards, { ...method, customer: customerId })
  tx.emit('customer.source.created', cards, card)
  const customer = tx.get(customers, customerId)
  if (customer && (asDefault || (customer.default_source ?? null) === null)) {
    tx.put(customers, { ...customer, default_source: card.id })
  }
  return card
}

/** @throws StripeError `resource_missing` when it is not this customer's card */
export function sourceOfCustomer(
  tx: Transaction,
  customer: string,
  id: string,
  param: string,
  status = 400,
): PaymentMethod {
  const card = isCard(id) ? tx.get(cards, id) : undefined
  if (!card || card.customer !== customer) throw missing(cards, id, { param, status })
  return card
}

/** For good; the newest of the other cards becomes the default. */
export function removeSource(tx: Transaction, card: PaymentMethod): void {
  const { customer: owner } = card
  tx.emit('customer.source.deleted', cards, card)
  tx.put(cards, { ...card, customer: null, spent: true })
  const customer = owner === null ? undefined : tx.get(customers, owner)
  if (!customer || customer.default_source !== card.id) return
  const left = tx.rows(cards, 'customer', customer.id).filter(({ entity }) => isCard(entity.id))
  tx.put(customers, { ...customer, default_source: left.at(-1)?.entity.id ?? null })
}
