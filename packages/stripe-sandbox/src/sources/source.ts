import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Kind } from '../store/kind.ts'
import type { Address } from '../wire/contact.ts'
import type { Metadata } from '../wire/metadata.ts'

/** The generation between tokens and payment methods; only made of card tokens here. */
export interface Source {
  id: string
  created: number
  amount: number | null
  client_secret: string
  currency: string | null
  metadata: Metadata
  /** The card without its number. */
  method: PaymentMethod
  owner: {
    readonly address: Address | null
    readonly email: string | null
    readonly name: string | null
    readonly phone: string | null
  }
  statement_descriptor: string | null
  status: 'chargeable' | 'consumed'
  usage: string
}

export const sources: Kind<Source> = {
  table: 'sources',
  type: 'Source',
  prefix: 'src_',
  idLength: 24,
  noun: 'source',
  indexes: [],
  format: (source, view) => ({
    id: source.id,
    object: 'source',
    allow_redisplay: 'unspecified',
    amount: source.amount,
    card: {
      address_line1_check: source.method.card.checks.address_line1_check,
      address_zip_check: source.method.card.checks.address_postal_code_check,
      brand: source.method.card.brand,
      country: source.method.card.country,
      cvc_check: source.method.card.checks.cvc_check,
      dynamic_last4: null,
      exp_month: source.method.card.exp_month,
      exp_year: source.method.card.exp_year,
      fingerprint: source.method.card.fingerprint,
      funding: source.method.card.funding,
      last4: source.method.card.last4,
      name: source.owner.name,
      three_d_secure: 'optional',
      tokenization_method: null,
    },
    client_secret: source.client_secret,
    created: source.created,
    currency: source.currency,
    flow: 'none',
    livemode: view.livemode,
    metadata: source.metadata,
    owner: {
      ...source.owner,
      verified_address: null,
      verified_email: null,
      verified_name: null,
      verified_phone: null,
    },
    statement_descriptor: source.statement_descriptor,
    status: source.status,
    type: 'card',
    usage: source.usage,
  }),
}
