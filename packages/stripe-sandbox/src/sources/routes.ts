import { livingCustomer } from '../customers/customer.ts'
import { checkExpiry, methodOf, readCard } from '../payment-methods/create-payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import { testCardOfToken } from '../payment-methods/test-cards.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { addressOr, textOr, toAddress } from '../wire/contact.ts'
import type { AddressParam } from '../wire/contact.ts'
import { missingParam, notInSandbox } from '../wire/errors.ts'
import { listPage } from '../wire/lists.ts'
import type { ListParams } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { cards, isCard } from './card.ts'
import { addSource, removeSource, sourceOfCustomer } from './customer-sources.ts'
import { sources } from './source.ts'
import type { Source } from './source.ts'
import { tokens } from './token.ts'
import { useToken } from './use-token.ts'

interface CardAddress {
  address_city?: string
  address_country?: string
  address_line1?: string
  address_line2?: string
  address_state?: string
  address_zip?: string
  name?: string
}

interface CreateToken {
  card?:
    | string
    | (CardAddress & {
        number: string
        exp_month: string
        exp_year: string
        cvc?: string
        currency?: string
        networks?: unknown
      })
}

interface OwnerParam {
  address?: AddressParam
  email?: string
  name?: string
  phone?: string
}

interface CreateSource {
  amount?: number
  currency?: string
  flow?: string
  metadata?: MetadataParam
  owner?: OwnerParam
  statement_descriptor?: string
  token?: string
  type?: string
  usage?: string
}

interface UpdateCard extends CardAddress {
  exp_month?: string
  exp_year?: string
  metadata?: MetadataParam
}

export const sourceFamily: Family = {
  kinds: [cards, tokens, sources],
  routes: [
    route<CreateToken>('tokens.create', ['card'], ({ tx, params }) => {
      const { card } = params
      if (card === undefined) throw missingParam('card')
      if (typeof card === 'string') throw notInSandbox("tokens of a customer's card", 'card')
      const number = (text: string) => (/^\d{1,4}$/.test(text) ? Number(text) : 0)
      const { testCard, expiry } = readCard(
        tx,
        {
          number: card.number,
          exp_month: number(card.exp_month),
          exp_year: number(card.exp_year),
          ...(card.cvc === undefined ? {} : { cvc: card.cvc }),
        },
        (name) => name,
      )
      const method = methodOf(tx, tx.newId(cards), testCard, {
        ...expiry,
        cvcGiven: card.cvc !== undefined,
        billing: billingOf(card),
      })
      return tokens.format(tx.put(tokens, { id: tx.newId(tokens), created: tx.now, method, used: false }), tx)
    }),
    route('tokens.retrieve', [], ({ tx, id }) => {
      // A magic token is there for all to see, and is a new one whenever it is used.
      const testCard = testCardOfToken(id)
      if (!testCard) return tokens.format(inPath(tx, tokens, id, 'token'), tx)
      const method = methodOf(tx, tx.newId(cards), testCard, { cvcGiven: true })
      return tokens.format({ id, created: tx.now, method, used: false }, tx)
    }),

    route<CreateSource>(
      'sources.create',
      ['amount', 'currency', 'flow', 'metadata', 'owner', 'statement_descriptor', 'token', 'type', 'usage'],
      ({ tx, params }) => sources.format(createSource(tx, params), tx),
    ),
    route('sources.retrieve', [], ({ tx, id }) => sources.format(inPath(tx, sources, id, 'source'), tx)),
    route<{ metadata?: MetadataParam; owner?: OwnerParam }>(
      'sources.update',
      ['metadata', 'owner'],
      ({ tx, id, params }) => {
        const source = inPath(tx, sources, id, 'source')
        const owner = params.owner ? ownerOf(source.owner, params.owner) : source.owner
        const metadata = mergeMetadata(source.metadata, params.metadata)
        return sources.format(tx.put(sources, { ...source, metadata, owner }), tx)
      },
    ),

    route<{ source: string; metadata?: MetadataParam }>(
      'customers.createSource',
      ['source', 'metadata'],
      ({ tx, id, params }) => {
        const card = addSource(tx, livingCustomer(tx, id).id, params.source, { asDefault: false })
        const metadata = mergeMetadata(card.metadata, params.metadata)
        return cards.format(tx.put(cards, { ...card, metadata }), tx)
      },
    ),
    route<ListParams & { object?: string }>(
      'customers.listSources',
      ['limit', 'starting_after', 'ending_before', 'object'],
      ({ tx, id, params, url }) =>
        listPage(tx, cards, {
          url,
          params,
          rows: tx.rows(cards, 'customer', livingCustomer(tx, id).id),
          where: (card) => isCard(card.id) && (params.object === undefined || params.object === 'card'),
        }),
    ),
    route('customers.retrieveSource', [], ({ tx, id, path }) =>
      cards.format(cardInPath(tx, path.customerId, id), tx),
    ),
    route<UpdateCard>(
      'customers.updateSource',
      [
        'address_city',
        'address_country',
        'address_line1',
        'address_line2',
        'address_state',
        'address_zip',
        'exp_month',
        'exp_year',
        'metadata',
        'name',
      ],
      ({ tx, id, path, params }) => {
        const card = cardInPath(tx, path.customerId, id)
        checkExpiry(params.exp_month === undefined ? undefined : Number(params.exp_month))
        const updated = tx.update('customer.source.updated', cards, {
          ...card,
          billing_details: {
            ...card.billing_details,
            address: addressOf(params) ?? card.billing_details.address,
            name: textOr(card.billing_details.name, params.name),
          },
          card: {
            ...card.card,
            exp_month: Number(params.exp_month ?? card.card.exp_month),
            exp_year: Number(params.exp_year ?? card.card.exp_year),
          },
          metadata: mergeMetadata(card.metadata, params.metadata),
        })
        return cards.format(updated, tx)
      },
    ),
    route('customers.deleteSource', [], ({ tx, id, path }) => {
      removeSource(tx, cardInPath(tx, path.customerId, id))
      return { id, object: 'card', deleted: true }
    }),
  ],
}

type Tx = Parameters<typeof livingCustomer>[0] & Parameters<typeof useToken>[0]

function cardInPath(tx: Tx, customer: string | undefined, id: string): PaymentMethod {
  return sourceOfCustomer(tx, livingCustomer(tx, customer ?? '').id, id, 'id', 404)
}

/** @throws StripeError 400 without a type or token, 501 for anything but cards */
function createSource(tx: Tx, params: CreateSource): Source {
  if (params.type === undefined) throw missingParam('type')
  if (params.type !== 'card') throw notInSandbox(`sources of type ${params.type}`, 'type')
  if (params.flow !== undefined && params.flow !== 'none')
    throw notInSandbox(`sources with the flow ${params.flow}`, 'flow')
  if (params.token === undefined) throw missingParam('token')
  const { method } = useToken(tx, params.token, 'token')
  const id = tx.newId(sources)
  const { name } = method.billing_details
  const source = tx.put(sources, {
    id,
    created: tx.now,
    amount: params.amount ?? null,
    client_secret: `src_client_secret_${tx.token(24)}`,
    currency: params.currency === undefined ? null : readCurrency(params.currency),
    metadata: mergeMetadata({}, params.metadata),
    method: { ...method, id },
    owner: ownerOf({ address: null, email: null, name, phone: null }, params.owner ?? {}),
    statement_descriptor: textOr(null, params.statement_descriptor),
    status: 'chargeable',
    usage: params.usage ?? 'reusable',
  })
  tx.emit('source.chargeable', sources, source)
  return source
}

function ownerOf(present: Source['owner'], given: OwnerParam): Source['owner'] {
  return {
    address: addressOr(present.address, given.address),
    email: textOr(present.email, given.email),
    name: textOr(present.name, given.name),
    phone: textOr(present.phone, given.phone),
  }
}

function billingOf(card: CardAddress): PaymentMethod['billing_details'] {
  return {
    address: addressOf(card) ?? null,
    email: null,
    name: textOr(null, card.name),
    phone: null,
    tax_id: null,
  }
}

function addressOf(given: CardAddress) {
  const parts = {
    city: given.address_city,
    country: given.address_country,
    line1: given.address_line1,
    line2: given.address_line2,
    postal_code: given.address_zip,
    state: given.address_state,
  }
  const named = Object.entries(parts).filter(([, part]) => part !== undefined)
  return named.length === 0 ? undefined : toAddress(Object.fromEntries(named))
}
