import { recordChange } from '../customer-balance/change-balance.ts'
import { setCustomerCoupon } from './customer-discount.ts'
import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import { addSource, sourceOfCustomer } from '../sources/customer-sources.ts'
import type { Transaction } from '../store/transaction.ts'
import { testClocks } from '../test-clocks/test-clock.ts'
import { addressOr, shippingOr, textOr } from '../wire/contact.ts'
import type { AddressParam, ShippingParam } from '../wire/contact.ts'
import { invalidParam } from '../wire/errors.ts'
import { inParam, missing } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { checkEmail, customers } from './customer.ts'
import type { Customer, InvoiceSettings } from './customer.ts'

export interface CustomerParams {
  address?: AddressParam | ''
  balance?: number
  business_name?: string
  /** Only from clients of versions before 2025-03-31; '' takes the discount away. */
  coupon?: string
  description?: string
  email?: string
  individual_name?: string
  invoice_prefix?: string
  invoice_settings?: InvoiceSettingsParam
  metadata?: MetadataParam
  name?: string
  next_invoice_sequence?: number
  phone?: string
  preferred_locales?: readonly string[]
  shipping?: ShippingParam | ''
  tax_exempt?: string
}

interface InvoiceSettingsParam {
  custom_fields?: InvoiceSettings['custom_fields'] | ''
  default_payment_method?: string
  footer?: string
  rendering_options?: { amount_tax_display?: string; template?: string } | ''
}

export interface CreateCustomerParams extends CustomerParams {
  payment_method?: string
  test_clock?: string
  /** A token that becomes the customer's default card. */
  source?: string
}

export interface UpdateCustomerParams extends CustomerParams {
  default_source?: string
  source?: string
}

/** @throws StripeError 400 for wrong fields, 402 when the payment method cannot be attached */
export function createCustomer(tx: Transaction, params: CreateCustomerParams): Customer {
  const id = tx.newId(customers)
  const { default_payment_method: defaultMethod, ...settings } = params.invoice_settings ?? {}
  const blank: Customer = {
    id,
    created: tx.now,
    deleted: false,
    address: null,
    balance: 0,
    business_name: null,
    currency: null,
    description: null,
    email: null,
    individual_name: null,
    invoice_prefix: tx.token(8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: 'none',
    ...(params.test_clock === undefined
      ? {}
      : { test_clock: inParam(tx, testClocks, params.test_clock, 'test_clock').id }),
  }
  const created = tx.put(customers, merged(tx, blank, { ...params, invoice_settings: settings }))
  // The magic pm_card_… become real ones on attaching, so the default may be named by its magic name too.
  const attached =
    params.payment_method === undefined ? undefined : attachPaymentMethod(tx, params.payment_method, id)
  const named =
    defaultMethod !== undefined && defaultMethod === params.payment_method ? attached?.id : defaultMethod
  if (named !== undefined) tx.put(customers, merged(tx, created, defaultIs(named)))
  if (params.source !== undefined) addSource(tx, id, params.source, { asDefault: true })
  setCustomerCoupon(tx, id, params.coupon)
  const customer = tx.get(customers, id) ?? created
  if (customer.balance !== 0) recordBalance(tx, customer, customer.balance, 'initial')
  tx.emit('customer.created', customers, customer)
  return customer
}

/** @throws StripeError 400 for wrong fields */
export function updateCustomer(tx: Transaction, customer: Customer, params: UpdateCustomerParams): Customer {
  setCustomerCoupon(tx, customer.id, params.coupon)
  const changed = merged(tx, tx.get(customers, customer.id) ?? customer, params)
  const difference = changed.balance - customer.balance
  if (difference !== 0) recordBalance(tx, changed, difference, 'adjustment')
  if (params.source !== undefined) {
    const { id } = addSource(tx, customer.id, params.source, { asDefault: false })
    return tx.update('customer.updated', customers, { ...changed, default_source: id })
  }
  const given = params.default_source
  if (given === undefined) return tx.update('customer.updated', customers, changed)
  const source = sourceOfCustomer(tx, customer.id, given, 'default_source')
  return tx.update('customer.updated', customers, { ...changed, default_source: source.id })
}

/** A balance that is set is as much of a transaction as one that is added to. */
function recordBalance(
  tx: Transaction,
  customer: Customer,
  amount: number,
  type: 'adjustment' | 'initial',
): void {
  recordChange(tx, customer.id, { amount, currency: customer.currency ?? 'usd', type }, customer.balance)
}

function defaultIs(paymentMethod: string): CustomerParams {
  return { invoice_settings: { default_payment_method: paymentMethod } }
}

function merged(tx: Transaction, customer: Customer, params: CustomerParams): Customer {
  checkEmail(params.email)
  if (params.invoice_prefix !== undefined && !/^[A-Z0-9]{3,12}$/.test(params.invoice_prefix)) {
    throw invalidParam('invoice_prefix', 'Invoice prefixes must be 3 to 12 uppercase letters or numbers.')
  }
  return {
    ...customer,
    address: addressOr(customer.address, params.address),
    balance: params.balance ?? customer.balance,
    business_name: textOr(customer.business_name, params.business_name),
    description: textOr(customer.description, params.description),
    email: textOr(customer.email, params.email),
    individual_name: textOr(customer.individual_name, params.individual_name),
    invoice_prefix: params.invoice_prefix ?? customer.invoice_prefix,
    invoice_settings: mergedSettings(tx, customer, params.invoice_settings),
    metadata: mergeMetadata(customer.metadata, params.metadata),
    name: textOr(customer.name, params.name),
    next_invoice_sequence: params.next_invoice_sequence ?? customer.next_invoice_sequence,
    phone: textOr(customer.phone, params.phone),
    preferred_locales: params.preferred_locales ?? customer.preferred_locales,
    shipping: shippingOr(customer.shipping, params.shipping),
    tax_exempt: params.tax_exempt === '' ? 'none' : (params.tax_exempt ?? customer.tax_exempt),
  }
}

function mergedSettings(
  tx: Transaction,
  customer: Customer,
  given: InvoiceSettingsParam | undefined,
): InvoiceSettings {
  const present = customer.invoice_settings
  if (given === undefined) return present
  const param = 'invoice_settings[default_payment_method]'
  const method = given.default_payment_method
  if (method !== undefined && method !== '') {
    const found = tx.get(paymentMethods, method)
    if (!found) throw missing(paymentMethods, method, { param })
    if (found.customer !== customer.id) {
      throw invalidParam(
        param,
        `The customer does not have a payment method with the ID ${method}. The payment method must be attached to the customer.`,
      )
    }
  }
  const { rendering_options: rendering } = given
  return {
    custom_fields: given.custom_fields === '' ? null : (given.custom_fields ?? present.custom_fields),
    default_payment_method: textOr(present.default_payment_method, method),
    footer: textOr(present.footer, given.footer),
    rendering_options:
      rendering === undefined
        ? present.rendering_options
        : rendering === ''
          ? null
          : {
              amount_tax_display: textOr(null, rendering.amount_tax_display),
              template: textOr(null, rendering.template),
            },
  }
}
