import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Kind } from '../store/kind.ts'
import { cards } from './card.ts'

/** A card that can be used once: to charge it, to save it, or to make a source or payment method of it. */
export interface Token {
  id: string
  created: number
  /** The card without its number, under the id that it will have. */
  method: PaymentMethod
  used: boolean
}

export const tokens: Kind<Token> = {
  table: 'tokens',
  type: 'Token',
  prefix: 'tok_',
  idLength: 24,
  noun: 'token',
  indexes: [],
  format: (token, view) => {
    // A token's card belongs to nobody yet, and says nothing about customers.
    const { customer: _, ...card } = cards.format(token.method, view)
    return {
      id: token.id,
      object: 'token',
      card,
      client_ip: null,
      created: token.created,
      livemode: view.livemode,
      type: 'card',
      used: token.used,
    }
  },
}
