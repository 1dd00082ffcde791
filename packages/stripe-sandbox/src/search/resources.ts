import { charges } from '../charges/charge.ts'
import type { Charge } from '../charges/charge.ts'
import { customers } from '../customers/customer.ts'
import type { Customer } from '../customers/customer.ts'
import { invoices } from '../invoices/invoice.ts'
import type { Invoice } from '../invoices/invoice.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import type { PaymentIntent } from '../payment-intents/payment-intent.ts'
import { prices } from '../prices/price.ts'
import type { Price } from '../prices/price.ts'
import { products } from '../products/product.ts'
import type { Product } from '../products/product.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import type { Subscription } from '../subscriptions/subscription.ts'
import type { Metadata } from '../wire/metadata.ts'
import type { SearchField, Searchable } from './compile-query.ts'
import type { SearchRequest } from './search-page.ts'

/** Everything about searching one sort of object that does not change from request to request. */
type Resource<E extends { id: string; created: number }> = Pick<
  SearchRequest<E>,
  'customerOf' | 'kind' | 'searchable'
>

function token<E>(of: (entity: E) => string | boolean | null | undefined): SearchField<E> {
  return { type: 'token', of }
}

function text<E>(of: (entity: E) => string | null | undefined): SearchField<E> {
  return { type: 'text', of }
}

function number<E>(of: (entity: E) => number | null | undefined): SearchField<E> {
  return { type: 'number', of }
}

function searchable<E extends { created: number; metadata: Metadata }>(
  resource: string,
  fields: Searchable<E>['fields'],
): Searchable<E> {
  return { resource, fields, metadata: (entity) => entity.metadata }
}

export const customerSearch: Resource<Customer> = {
  kind: customers,
  customerOf: ({ id }) => id,
  searchable: searchable('customers', {
    created: number((customer) => customer.created),
    email: text((customer) => customer.email),
    name: text((customer) => customer.name),
    phone: text((customer) => customer.phone),
  }),
}

export const chargeSearch: Resource<Charge> = {
  kind: charges,
  customerOf: ({ customer }) => customer,
  searchable: searchable('charges', {
    amount: number((charge) => charge.amount),
    'billing_details.address.postal_code': token((charge) => charge.billing_details.address?.postal_code),
    created: number((charge) => charge.created),
    currency: token((charge) => charge.currency),
    customer: token((charge) => charge.customer),
    disputed: token((charge) => charge.disputed),
    'payment_method_details.card.brand': token((charge) => charge.card.brand),
    'payment_method_details.card.country': token((charge) => charge.card.country),
    'payment_method_details.card.exp_month': number((charge) => charge.card.exp_month),
    'payment_method_details.card.exp_year': number((charge) => charge.card.exp_year),
    'payment_method_details.card.fingerprint': token((charge) => charge.card.fingerprint),
    'payment_method_details.card.last4': token((charge) => charge.card.last4),
    refunded: token((charge) => charge.captured && charge.amount_refunded === charge.amount_captured),
    status: token((charge) => charge.status),
  }),
}

export const paymentIntentSearch: Resource<PaymentIntent> = {
  kind: paymentIntents,
  customerOf: ({ customer }) => customer,
  searchable: searchable('payment_intents', {
    amount: number((intent) => intent.amount),
    created: number((intent) => intent.created),
    currency: token((intent) => intent.currency),
    customer: token((intent) => intent.customer),
    status: token((intent) => intent.status),
  }),
}

export const priceSearch: Resource<Price> = {
  kind: prices,
  customerOf: () => null,
  searchable: searchable('prices', {
    active: token((price) => price.active),
    created: number((price) => price.created),
    currency: token((price) => price.currency),
    lookup_key: token((price) => price.lookup_key),
    product: token((price) => price.product),
    type: token((price) => (price.recurring === null ? 'one_time' : 'recurring')),
  }),
}

export const productSearch: Resource<Product> = {
  kind: products,
  customerOf: () => null,
  searchable: searchable('products', {
    active: token((product) => product.active),
    created: number((product) => product.created),
    description: text((product) => product.description),
    name: text((product) => product.name),
    shippable: token((product) => product.shippable),
    url: text((product) => product.url),
  }),
}

export const invoiceSearch: Resource<Invoice> = {
  kind: invoices,
  customerOf: ({ customer }) => customer,
  searchable: searchable('invoices', {
    created: number((invoice) => invoice.created),
    currency: token((invoice) => invoice.currency),
    customer: token((invoice) => invoice.customer),
    last_finalization_error_code: token(() => null),
    last_finalization_error_type: token(() => null),
    number: token((invoice) => invoice.number),
    receipt_number: token(() => null),
    status: token((invoice) => invoice.status),
    subscription: token((invoice) => invoice.subscription),
    total: number((invoice) => invoice.total),
  }),
}

export const subscriptionSearch: Resource<Subscription> = {
  kind: subscriptions,
  customerOf: ({ customer }) => customer,
  searchable: searchable('subscriptions', {
    canceled_at: number((subscription) => subscription.canceled_at),
    created: number((subscription) => subscription.created),
    status: token((subscription) => subscription.status),
  }),
}
