import { methodOf } from '../payment-methods/create-payment-method.ts'
import { testCardOfToken } from '../payment-methods/test-cards.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidRequest } from '../wire/errors.ts'
import { missing } from '../wire/lookup.ts'
import { cards } from './card.ts'
import { tokens } from './token.ts'
import type { Token } from './token.ts'

/**
 * The token with this id, which is then used; a magic `tok_visa` is a new one each time, as at Stripe.
 *
 * @throws StripeError 400 `resource_missing`, `token_already_used`
 */
export function useToken(tx: Transaction, id: string, param: string): Token {
  const testCard = testCardOfToken(id)
  if (testCard) {
    const method = methodOf(tx, tx.newId(cards), testCard, { cvcGiven: true })
    return tx.put(tokens, { id: tx.newId(tokens), created: tx.now, method, used: true })
  }
  const token = tx.get(tokens, id)
  if (!token) throw missing(tokens, id, { param })
  if (token.used) {
    throw invalidRequest(`You cannot use a Stripe token more than once: ${id}.`, {
      code: 'token_already_used',
      param,
    })
  }
  return tx.put(tokens, { ...token, used: true })
}
