import { isPayable } from '../money.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import type { Transaction } from '../store/transaction.ts'
import { invalidParam, missingParam, notInSandbox } from '../wire/errors.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { shippingRates } from './shipping-rate.ts'
import type { DeliveryTime, ShippingRate } from './shipping-rate.ts'

export interface CreateShippingRate {
  delivery_estimate?: { maximum?: DeliveryTime; minimum?: DeliveryTime }
  display_name: string
  fixed_amount?: { amount: number; currency: string; currency_options?: object }
  metadata?: MetadataParam
  tax_behavior?: string
  type?: string
}

/** @throws StripeError 400 for an amount or currency that is none */
export function createShippingRate(tx: Transaction, params: CreateShippingRate): ShippingRate {
  const given = params.fixed_amount
  if (!given) throw missingParam('fixed_amount')
  if (given.currency_options)
    throw notInSandbox('shipping rates in several currencies', 'fixed_amount[currency_options]')
  const currency = readCurrency(given.currency)
  if (given.amount < 0 || !isPayable(given.amount, currency)) {
    throw invalidParam(
      'fixed_amount[amount]',
      'This value must be greater than or equal to 0.',
      'parameter_invalid_integer',
    )
  }
  return tx.put(shippingRates, {
    id: tx.newId(shippingRates),
    created: tx.now,
    active: true,
    amount: given.amount,
    currency,
    delivery_estimate: params.delivery_estimate
      ? {
          maximum: params.delivery_estimate.maximum ?? null,
          minimum: params.delivery_estimate.minimum ?? null,
        }
      : null,
    display_name: params.display_name,
    metadata: mergeMetadata({}, params.metadata),
    tax_behavior: params.tax_behavior ?? 'unspecified',
  })
}
