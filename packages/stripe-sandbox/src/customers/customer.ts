import { invalidParam } from '../wire/errors.ts'
import type { JsonObject } from '../store/json.ts'
import type { Kind, View } from '../store/kind.ts'
import type { Address, Shipping } from '../wire/contact.ts'
import { sourcesOf } from '../sources/card.ts'
import { discounts } from '../discounts/discount.ts'
import { isOver, subscriptions } from '../subscriptions/subscription.ts'
import { innerList } from '../wire/lists.ts'
import { inPath, missing } from '../wire/lookup.ts'
import type { Metadata } from '../wire/metadata.ts'

export type InvoiceSettings = {
  readonly custom_fields: readonly { readonly name: string; readonly value: string }[] | null
  readonly default_payment_method: string | null
  readonly footer: string | null
  readonly rendering_options: {
    readonly amount_tax_display: string | null
    readonly template: string | null
  } | null
}

export interface Customer {
  id: string
  created: number
  deleted: boolean
  address: Address | null
  /** In the smallest unit; negative is credit that the next invoice uses. */
  balance: number
  business_name: string | null
  /** Set by the first object that has one: a customer pays in a single currency. */
  currency: string | null
  /** The card that charges without a source of their own take. */
  default_source?: string | null
  description: string | null
  /** Of a coupon for everything that the customer is billed; clients of newer versions have none. */
  discount?: string
  email: string | null
  individual_name: string | null
  invoice_prefix: string
  invoice_settings: InvoiceSettings
  metadata: Metadata
  name: string | null
  next_invoice_sequence: number
  phone: string | null
  preferred_locales: readonly string[]
  shipping: Shipping | null
  tax_exempt: string
  /** The time that the customer lives in; absent is the sandbox's own. */
  test_clock?: string
}

export const customers: Kind<Customer> = {
  table: 'customers',
  type: 'Customer',
  prefix: 'cus_',
  idLength: 14,
  noun: 'customer',
  indexes: ['email', 'test_clock'],
  isDeleted: (customer) => customer.deleted,
  format: (customer, view) =>
    customer.deleted
      ? { id: customer.id, object: 'customer', deleted: true }
      : {
          id: customer.id,
          object: 'customer',
          address: customer.address,
          balance: customer.balance,
          ...(customer.business_name === null ? {} : { business_name: customer.business_name }),
          created: customer.created,
          currency: customer.currency,
          customer_account: null,
          default_source: customer.default_source ?? null,
          delinquent: false,
          description: customer.description,
          discount: discountOf(customer, view),
          email: customer.email,
          ...(customer.individual_name === null ? {} : { individual_name: customer.individual_name }),
          invoice_prefix: customer.invoice_prefix,
          invoice_settings: customer.invoice_settings,
          livemode: view.livemode,
          metadata: customer.metadata,
          name: customer.name,
          next_invoice_sequence: customer.next_invoice_sequence,
          phone: customer.phone,
          preferred_locales: customer.preferred_locales,
          shipping: customer.shipping,
          tax_exempt: customer.tax_exempt,
          test_clock: customer.test_clock ?? null,
        },
  includes: {
    invoice_credit_balance: () => ({}),
    sources: ({ id }, view) => innerList(`/v1/customers/${id}/sources`, sourcesOf(view, id)),
    subscriptions: ({ id }, view) => {
      const running = view
        .rows(subscriptions, 'customer', id)
        .filter(({ entity }) => !isOver(entity))
        .map(({ entity }) => subscriptions.format(entity, view))
        .reverse()
      return innerList(`/v1/customers/${id}/subscriptions`, running)
    },
    tax_ids: ({ id }) => innerList(`/v1/customers/${id}/tax_ids`, []),
  },
}

function discountOf(customer: Customer, view: View): JsonObject | null {
  const discount = customer.discount === undefined ? undefined : view.get(discounts, customer.discount)
  return discount ? discounts.format(discount, view) : null
}

const MAX_EMAIL_CHARACTERS = 512

/** @throws StripeError 400 `email_invalid` */
export function checkEmail(email: string | undefined, param = 'email'): void {
  if (email === undefined || email === '') return
  if (email.length > MAX_EMAIL_CHARACTERS || !/^[^\s@]+@[^\s@]+$/.test(email)) {
    throw invalidParam(param, `Invalid email address: ${email.slice(0, 100)}`, 'email_invalid')
  }
}

/** @throws StripeError 404 when there is none, or none any more */
export function livingCustomer(view: View, id: string): Customer {
  const customer = inPath(view, customers, id)
  if (customer.deleted) throw missing(customers, id, { param: 'id', status: 404 })
  return customer
}
