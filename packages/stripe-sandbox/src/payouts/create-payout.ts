import { availableIn } from '../balance/available.ts'
import { recordPayout } from '../balance/record-balance-transaction.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { bankAccounts, bankAccountsOf } from './bank-account.ts'
import type { BankAccount } from './bank-account.ts'
import { payouts } from './payout.ts'
import type { Payout } from './payout.ts'

export interface CreatePayout {
  amount: number
  currency: string
  description?: string
  destination?: string
  metadata?: MetadataParam
  method?: string
  source_type?: string
  statement_descriptor?: string
}

const DAY_SECONDS = 24 * 60 * 60
/** Banks take two days, instant payouts half an hour. */
const ARRIVAL_SECONDS: Record<string, number> = { instant: 30 * 60, standard: 2 * DAY_SECONDS }
const MAX_DESCRIPTOR_CHARACTERS = 22

/** Takes the money from the balance at once. @throws StripeError 400 `balance_insufficient`, or without a bank account */
export function createPayout(tx: Transaction, params: CreatePayout): Payout {
  const currency = readCurrency(params.currency)
  if (params.amount < 1) {
    throw invalidParam(
      'amount',
      'This value must be greater than or equal to 1.',
      'parameter_invalid_integer',
    )
  }
  const descriptor = params.statement_descriptor
  if (descriptor !== undefined && descriptor.length > MAX_DESCRIPTOR_CHARACTERS) {
    throw invalidParam(
      'statement_descriptor',
      `The statement descriptor must be at most ${MAX_DESCRIPTOR_CHARACTERS} characters.`,
    )
  }
  const metadata = mergeMetadata({}, params.metadata)
  const bank = destinationOf(tx, params.destination, currency)
  // All the balance comes from cards.
  const left =
    params.source_type === undefined || params.source_type === 'card' ? availableIn(tx, currency) : 0
  if (params.amount > left) {
    throw invalidRequest(
      'You have insufficient funds in your Stripe account for this transfer. Your card balance is too low. You can use ' +
        'the the /v1/balance endpoint to view your Stripe balance (for more details, see stripe.com/docs/api#balance).',
      { code: 'balance_insufficient' },
    )
  }
  const method = params.method ?? 'standard'
  return putPayout(tx, {
    amount: params.amount,
    currency,
    description: textOr(null, params.description),
    destination: bank.id,
    metadata,
    method,
    original_payout: null,
    statement_descriptor: textOr(null, descriptor),
  })
}

/** Brings a paid payout back, as a payout the other way. @throws StripeError 400 unless it is paid and not reversed */
export function reversePayout(tx: Transaction, payout: Payout, metadata: MetadataParam | undefined): Payout {
  if (payout.status !== 'paid' || payout.reversed_by !== null || payout.original_payout !== null) {
    throw invalidRequest(
      'Payouts can only be reversed once, after they have been paid, and if they are no reversals.',
    )
  }
  const reversal = putPayout(tx, {
    amount: -payout.amount,
    currency: payout.currency,
    description: payout.description,
    destination: payout.destination,
    metadata: mergeMetadata({}, metadata),
    method: 'standard',
    original_payout: payout.id,
    statement_descriptor: null,
  })
  tx.update('payout.updated', payouts, { ...payout, reversed_by: reversal.id })
  return reversal
}

function putPayout(
  tx: Transaction,
  order: Pick<
    Payout,
    | 'amount'
    | 'currency'
    | 'description'
    | 'destination'
    | 'metadata'
    | 'method'
    | 'original_payout'
    | 'statement_descriptor'
  >,
): Payout {
  const id = tx.newId(payouts)
  const payout = tx.put(payouts, {
    ...order,
    id,
    created: tx.now,
    arrival_date: tx.now + (ARRIVAL_SECONDS[order.method] ?? 0),
    balance_transaction: recordPayout(tx, { ...order, id }, 'payout').id,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    reversed_by: null,
    source_type: 'card',
    status: 'pending',
  })
  tx.emit('payout.created', payouts, payout)
  return payout
}

function destinationOf(tx: Transaction, given: string | undefined, currency: string): BankAccount {
  const banks = bankAccountsOf(tx).filter((bank) => bank.currency === currency)
  if (given !== undefined) {
    const bank = inParam(tx, bankAccounts, given, 'destination')
    if (bank.currency === currency) return bank
    throw invalidParam('destination', `The external account ${bank.id} does not take ${currency}.`)
  }
  const bank = banks.find((candidate) => candidate.default_for_currency)
  if (bank) return bank
  throw invalidRequest(`Sorry, you don't have any external accounts in that currency (${currency})`, {
    param: 'currency',
  })
}
