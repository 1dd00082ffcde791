import type { Kind } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import type { Metadata } from '../wire/metadata.ts'

/** Where payouts go. The account number is looked at once and kept nowhere. */
export interface BankAccount {
  id: string
  account_holder_name: string | null
  account_holder_type: string | null
  country: string
  currency: string
  default_for_currency: boolean
  deleted: boolean
  /** What becomes of payouts to it; null where they arrive. */
  fails_with: PayoutFailure | null
  fingerprint: string
  last4: string
  metadata: Metadata
  routing_number: string | null
  status: 'new' | 'errored'
}

export type PayoutFailure = 'no_account' | 'account_closed' | 'invalid_currency'

export const failureMessages: Record<PayoutFailure, string> = {
  account_closed: 'The bank account has been closed.',
  invalid_currency:
    'The bank was unable to process this payout because of its currency. This is probably because the bank account ' +
    'cannot accept payments in that currency.',
  no_account:
    'The bank account details on file are probably incorrect. No bank account could be located with those details.',
}

/** Stripe's published test numbers. */
const FAILING_NUMBERS: Record<string, PayoutFailure> = {
  '000111111113': 'account_closed',
  '000111111116': 'no_account',
  '000444444440': 'invalid_currency',
}

export const bankAccounts: Kind<BankAccount> = {
  table: 'bank_accounts',
  type: 'BankAccount',
  prefix: 'ba_',
  idLength: 24,
  noun: 'external account',
  indexes: [],
  isDeleted: (bank) => bank.deleted,
  format: (bank, view) => ({
    id: bank.id,
    object: 'bank_account',
    account: view.accountId,
    account_holder_name: bank.account_holder_name,
    account_holder_type: bank.account_holder_type,
    account_type: null,
    available_payout_methods: ['standard', 'instant'],
    bank_name: 'STRIPE TEST BANK',
    country: bank.country,
    currency: bank.currency,
    default_for_currency: bank.default_for_currency,
    fingerprint: bank.fingerprint,
    last4: bank.last4,
    metadata: bank.metadata,
    routing_number: bank.routing_number,
    status: bank.status,
  }),
}

export interface BankDetails {
  account_holder_name?: string
  account_holder_type?: string
  account_number: string
  country: string
  currency: string
  routing_number?: string
}

export function bankAccountFrom(tx: Transaction, id: string, details: BankDetails): BankAccount {
  const number = details.account_number
  return {
    id,
    account_holder_name: details.account_holder_name ?? null,
    account_holder_type: details.account_holder_type ?? null,
    country: details.country,
    currency: details.currency,
    default_for_currency: false,
    deleted: false,
    fails_with: FAILING_NUMBERS[number] ?? null,
    fingerprint: tx.fingerprint(`bank account ${number}`),
    last4: number.slice(-4),
    metadata: {},
    routing_number: details.routing_number ?? null,
    status: 'new',
  }
}

/** Every account comes with one for US dollars; it is there from the first time that anyone looks. */
export function bankAccountsOf(tx: Transaction): BankAccount[] {
  const first = `ba_${tx.fingerprint('first bank account')}`
  if (!tx.get(bankAccounts, first)) {
    const details = {
      account_number: '000123456789',
      country: 'US',
      currency: 'usd',
      routing_number: '110000000',
    }
    tx.put(bankAccounts, { ...bankAccountFrom(tx, first, details), default_for_currency: true })
  }
  return tx
    .rows(bankAccounts)
    .map(({ entity }) => entity)
    .filter((bank) => !bank.deleted)
}
