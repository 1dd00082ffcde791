import { customers, checkEmail } from '../customers/customer.ts'
import { createPaymentMethod, resolvePaymentMethod } from '../payment-methods/create-payment-method.ts'
import type { PaymentMethodData } from '../payment-methods/create-payment-method.ts'
import { typeOf } from '../payment-methods/payment-method.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import type { Transaction } from '../store/transaction.ts'
import { shippingOr, textOr } from '../wire/contact.ts'
import type { ShippingParam } from '../wire/contact.ts'
import { emptyParam, invalidParam, invalidRequest, notInSandbox } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { METHOD_TYPES } from './payment-intent.ts'
import type { PaymentIntent } from './payment-intent.ts'

/** How payments and setups say what they are paid with. */
export interface MethodParams {
  allowed_payment_method_types?: readonly string[]
  excluded_payment_method_types?: readonly string[] | ''
  payment_method?: string
  payment_method_data?: PaymentMethodData
  payment_method_options?: { readonly [type: string]: { readonly [option: string]: unknown } | '' }
  /** Only from clients of versions before 2026-09-30. */
  payment_method_types?: readonly string[]
}

/** What create, update and confirm have in common. */
export interface IntentParams extends MethodParams {
  capture_method?: string
  customer?: string
  description?: string
  metadata?: MetadataParam
  receipt_email?: string
  setup_future_usage?: string
  shipping?: ShippingParam | ''
  statement_descriptor?: string
  statement_descriptor_suffix?: string
  transfer_group?: string
}

/** Applies the given fields; the payment method becomes a real one and belongs to the intent's customer. */
export function withParams(tx: Transaction, intent: PaymentIntent, params: IntentParams): PaymentIntent {
  checkEmail(params.receipt_email, 'receipt_email')
  const { types, excluded } = checkTypes(params)
  const customer =
    params.customer === undefined ? intent.customer : inParam(tx, customers, params.customer, 'customer').id
  const changed: PaymentIntent = {
    ...intent,
    allowed_payment_method_types: types ?? intent.allowed_payment_method_types,
    automatic_payment_methods: types ? null : intent.automatic_payment_methods,
    capture_method: params.capture_method ?? intent.capture_method,
    customer,
    description: textOr(intent.description, params.description),
    excluded_payment_method_types:
      excluded === '' ? null : (excluded ?? intent.excluded_payment_method_types),
    metadata: mergeMetadata(intent.metadata, params.metadata),
    receipt_email: textOr(intent.receipt_email, params.receipt_email),
    request_three_d_secure: threeDSecureOf(params) ?? intent.request_three_d_secure,
    setup_future_usage: textOr(intent.setup_future_usage, params.setup_future_usage),
    shipping: shippingOr(intent.shipping, params.shipping),
    statement_descriptor: descriptor(intent, params, 'statement_descriptor'),
    statement_descriptor_suffix: descriptor(intent, params, 'statement_descriptor_suffix'),
    transfer_group: textOr(intent.transfer_group, params.transfer_group),
  }
  const method = methodGiven(tx, params)
  if (!method) return changed
  checkOwner(method, changed.customer)
  return {
    ...changed,
    payment_method: method.id,
    status: intent.status === 'requires_payment_method' ? 'requires_confirmation' : intent.status,
  }
}

/** @throws StripeError 501 unless something may be used that the sandbox has */
export function checkTypes(params: MethodParams, supported: readonly string[] = METHOD_TYPES) {
  const types = params.allowed_payment_method_types ?? params.payment_method_types
  const excluded = params.excluded_payment_method_types
  if (types && !types.some((type) => supported.includes(type)))
    throw notInSandbox(`payments by ${types.join(', ')}`, 'allowed_payment_method_types')
  if (excluded && excluded.includes('card'))
    throw notInSandbox('payments without cards', 'excluded_payment_method_types')
  return { types, excluded }
}

/** @throws StripeError 400 when both a method and data for one are given, or the method is not there */
export function methodGiven(tx: Transaction, params: MethodParams): PaymentMethod | undefined {
  if (params.payment_method === '') throw emptyParam('payment_method')
  if (params.payment_method !== undefined && params.payment_method_data) {
    throw invalidRequest(
      'You may only specify one of these parameters: payment_method, payment_method_data.',
      {
        stored: false,
      },
    )
  }
  if (params.payment_method !== undefined)
    return resolvePaymentMethod(tx, params.payment_method, 'payment_method')
  return (
    params.payment_method_data && createPaymentMethod(tx, params.payment_method_data, 'payment_method_data')
  )
}

/** @throws StripeError 400 for a card where an account is wanted, or the other way round */
export function checkMethodType(
  method: PaymentMethod,
  intent: Pick<PaymentIntent, 'allowed_payment_method_types' | 'id'>,
): void {
  const type = typeOf(method)
  const allowed = intent.allowed_payment_method_types ?? ['card']
  if (allowed.includes(type)) return
  throw invalidRequest(
    `The PaymentMethod provided (${type}) is not allowed for this ${intent.id.startsWith('seti_') ? 'SetupIntent' : 'PaymentIntent'}. ` +
      `Please attach a PaymentMethod of one of the following types: ${allowed.join(', ')}.`,
    { code: 'payment_intent_incompatible_payment_method', param: 'payment_method' },
  )
}

/** @throws StripeError 400 when the method is saved with someone else */
export function checkOwner(method: PaymentMethod, customer: string | null): void {
  if (method.customer === null || method.customer === customer) return
  throw invalidRequest(
    customer === null
      ? 'The payment method you provided is attached to a customer so for security purposes you must provide the customer ' +
          'in the request.'
      : `The payment method ${method.id} does not belong to the customer ${customer}. Please use this payment method with ` +
          'the Customer that it belongs to instead.',
    { param: 'payment_method' },
  )
}

/** @throws StripeError 501 for any other option */
export function threeDSecureOf(params: MethodParams): string | undefined {
  for (const [type, options] of Object.entries(params.payment_method_options ?? {})) {
    if (options === '') continue
    const other = Object.keys(options).find(
      (option) => type !== 'card' || option !== 'request_three_d_secure',
    )
    if (other !== undefined) {
      const param = `payment_method_options[${type}][${other}]`
      throw notInSandbox(`the parameter ${param}`, param)
    }
    if (typeof options.request_three_d_secure === 'string') return options.request_three_d_secure
  }
  return undefined
}

/** Card networks show at most 22 characters. */
const MAX_DESCRIPTOR_CHARACTERS = 22

function descriptor(
  intent: PaymentIntent,
  params: IntentParams,
  name: 'statement_descriptor' | 'statement_descriptor_suffix',
): string | null {
  const given = params[name]
  if (given !== undefined && given.length > MAX_DESCRIPTOR_CHARACTERS) {
    throw invalidParam(
      name,
      `The statement descriptor must be at most ${MAX_DESCRIPTOR_CHARACTERS} characters.`,
    )
  }
  return textOr(intent[name], given)
}
