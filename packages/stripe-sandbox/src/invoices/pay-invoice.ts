import { customers } from '../customers/customer.ts'
import { confirmIntent } from '../payment-intents/confirm-intent.ts'
import { checkOwner } from '../payment-intents/intent-params.ts'
import { paymentIntents } from '../payment-intents/payment-intent.ts'
import { resolvePaymentMethod } from '../payment-methods/create-payment-method.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Refusal } from '../route.ts'
import type { Transaction } from '../store/transaction.ts'
import { subscriptions } from '../subscriptions/subscription.ts'
import { StripeError, invalidRequest } from '../wire/errors.ts'
import { finalizeInvoice } from './finalize-invoice.ts'
import { amountRemaining, invoices } from './invoice.ts'
import type { Invoice } from './invoice.ts'
import { cancelPayment, markPaid } from './mark-paid.ts'

export interface PayInvoice {
  off_session?: boolean
  paid_out_of_band?: boolean
  payment_method?: string
}

/**
 * Takes what remains from the named method, or from the first default there is. A decline leaves its traces and is a
 * refusal.
 *
 * @throws StripeError 400 when the invoice cannot be paid, or there is nothing to pay with
 */
export function payInvoice(tx: Transaction, given: Invoice, params: PayInvoice): Invoice | Refusal {
  if (given.status === 'paid')
    throw invalidRequest('Invoice is already paid', { code: 'invoice_already_paid' })
  if (given.status === 'void') {
    throw invalidRequest('You can only pass in open invoices. This invoice is void.', {
      code: 'invoice_not_editable',
    })
  }
  const invoice = given.status === 'draft' ? finalizeInvoice(tx, given) : given
  if (invoice.status === 'paid') return invoice
  if (params.paid_out_of_band === true) return payElsewhere(tx, invoice)
  const method =
    params.payment_method === undefined
      ? defaultMethod(tx, invoice)
      : resolvePaymentMethod(tx, params.payment_method, 'payment_method')
  if (!method) throw nothingToPayWith()
  return attemptPayment(tx, invoice, method)
}

/** @param returnUrl where the customer is when the bank asks for authentication; absent where there is nobody */
export function attemptPayment(
  tx: Transaction,
  invoice: Invoice,
  method: PaymentMethod,
  returnUrl?: string,
): Invoice | Refusal {
  checkOwner(method, invoice.customer)
  const intent = invoice.payment_intent === null ? undefined : tx.get(paymentIntents, invoice.payment_intent)
  if (!intent) throw new Error(`an open invoice without a payment: ${invoice.id}`)
  const confirmed = confirmIntent(
    tx,
    tx.put(paymentIntents, { ...intent, payment_method: method.id, status: 'requires_confirmation' }),
    returnUrl === undefined ? {} : { return_url: returnUrl },
  )
  if ('refused' in confirmed) return confirmed
  if (confirmed.status === 'requires_action') {
    return {
      refused: new StripeError(
        'card_error',
        'This payment requires additional user action before it can be completed successfully. Payment can be completed ' +
          `using the PaymentIntent associated with invoice \`${invoice.id}\`. For more details see: ` +
          'https://stripe.com/docs/billing/subscriptions/overview#requires-action',
        { status: 402, code: 'invoice_payment_intent_requires_action' },
      ),
    }
  }
  return current(tx, invoice)
}

/** The invoice's own method, the subscription's, the customer's: the first that there is. */
export function defaultMethod(
  tx: Transaction,
  invoice: Pick<Invoice, 'customer' | 'default_payment_method' | 'subscription'>,
): PaymentMethod | undefined {
  const subscription = invoice.subscription === null ? undefined : tx.get(subscriptions, invoice.subscription)
  const customer = tx.get(customers, invoice.customer)
  const id =
    invoice.default_payment_method ??
    subscription?.default_payment_method ??
    customer?.invoice_settings.default_payment_method ??
    customer?.default_source
  const method = id == null ? undefined : tx.get(paymentMethods, id)
  return method?.customer === invoice.customer ? method : undefined
}

export function nothingToPayWith(): StripeError {
  return invalidRequest(
    'This customer has no attached payment source or default payment method. Please consider adding a default payment ' +
      'method. For more information, visit ' +
      'https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
    { code: 'resource_missing' },
  )
}

function payElsewhere(tx: Transaction, invoice: Invoice): Invoice {
  cancelPayment(tx, invoice)
  const remaining = amountRemaining(invoice)
  return markPaid(tx, {
    ...invoice,
    amount_paid: invoice.amount_paid + remaining,
    amount_paid_off_stripe: invoice.amount_paid_off_stripe + remaining,
  })
}

export function current(tx: Transaction, invoice: Invoice): Invoice {
  return tx.get(invoices, invoice.id) ?? invoice
}
