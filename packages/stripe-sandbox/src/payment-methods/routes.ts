import { customers, livingCustomer } from '../customers/customer.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { missingParam } from '../wire/errors.ts'
import { listPage } from '../wire/lists.ts'
import type { ListParams } from '../wire/lists.ts'
import { inParam, inPath, missing } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { attachPaymentMethod } from './attach-payment-method.ts'
import {
  checkExpiry,
  createPaymentMethod,
  mergeBilling,
  resolvePaymentMethod,
} from './create-payment-method.ts'
import type { BillingDetailsParam, PaymentMethodData } from './create-payment-method.ts'
import { detachPaymentMethod } from './detach-payment-method.ts'
import { paymentMethods, typeOf } from './payment-method.ts'
import type { PaymentMethod } from './payment-method.ts'

interface UpdatePaymentMethod {
  allow_redisplay?: string
  billing_details?: BillingDetailsParam
  card?: { exp_month?: number; exp_year?: number }
  metadata?: MetadataParam
}

interface ListPaymentMethods extends ListParams {
  customer?: string
  type?: string
  allow_redisplay?: string
}

const listed = ['limit', 'starting_after', 'ending_before', 'type', 'allow_redisplay'] as const

function matches(params: ListPaymentMethods) {
  return (method: PaymentMethod) =>
    (params.type === undefined || params.type === typeOf(method)) &&
    (params.allow_redisplay === undefined || params.allow_redisplay === method.allow_redisplay)
}

export const paymentMethodFamily: Family = {
  kinds: [paymentMethods],
  routes: [
    route<PaymentMethodData>(
      'paymentMethods.create',
      ['type', 'card', 'sepa_debit', 'billing_details', 'metadata', 'allow_redisplay'],
      ({ tx, params }) => paymentMethods.format(createPaymentMethod(tx, params), tx),
    ),
    route('paymentMethods.retrieve', [], ({ tx, id }) =>
      paymentMethods.format(resolvePaymentMethod(tx, id, 'payment_method', 404), tx),
    ),
    route<UpdatePaymentMethod>(
      'paymentMethods.update',
      ['allow_redisplay', 'billing_details', 'card', 'metadata'],
      ({ tx, id, params }) => {
        const method = inPath(tx, paymentMethods, id, 'payment_method')
        checkExpiry(params.card?.exp_month)
        const updated = tx.update('payment_method.updated', paymentMethods, {
          ...method,
          allow_redisplay: params.allow_redisplay ?? method.allow_redisplay,
          billing_details: mergeBilling(method.billing_details, params.billing_details),
          card: {
            ...method.card,
            exp_month: params.card?.exp_month ?? method.card.exp_month,
            exp_year: params.card?.exp_year ?? method.card.exp_year,
          },
          metadata: mergeMetadata(method.metadata, params.metadata),
        })
        return paymentMethods.format(updated, tx)
      },
    ),
    route<{ customer?: string }>('paymentMethods.attach', ['customer'], ({ tx, id, params }) => {
      if (params.customer === undefined) throw missingParam('customer')
      return paymentMethods.format(attachPaymentMethod(tx, id, params.customer), tx)
    }),
    route('paymentMethods.detach', [], ({ tx, id }) => {
      const method = inPath(tx, paymentMethods, id, 'payment_method')
      return paymentMethods.format(detachPaymentMethod(tx, method), tx)
    }),
    route<ListPaymentMethods>('paymentMethods.list', [...listed, 'customer'], ({ tx, params, url }) => {
      // Without a customer Stripe lists what belongs to the account itself: nothing, here.
      const rows =
        params.customer === undefined
          ? []
          : tx.rows(paymentMethods, 'customer', inParam(tx, customers, params.customer, 'customer').id)
      return listPage(tx, paymentMethods, { url, params, rows, where: matches(params) })
    }),
    route<ListPaymentMethods>('customers.listPaymentMethods', listed, ({ tx, id, params, url }) => {
      const rows = tx.rows(paymentMethods, 'customer', livingCustomer(tx, id).id)
      return listPage(tx, paymentMethods, { url, params, rows, where: matches(params) })
    }),
    route('customers.retrievePaymentMethod', [], ({ tx, id, path }) => {
      const customer = livingCustomer(tx, path.customerId ?? '')
      const method = inPath(tx, paymentMethods, id, 'payment_method')
      if (method.customer !== customer.id)
        throw missing(paymentMethods, id, { param: 'payment_method', status: 404 })
      return paymentMethods.format(method, tx)
    }),
  ],
}
