import { recordPayout } from '../balance/record-balance-transaction.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { route } from '../route.ts'
import type { Call, Family } from '../route.ts'
import { accountInvalid } from '../wire/auth.ts'
import { invalidParam, invalidRequest, notInSandbox } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { bankAccountFrom, bankAccounts, bankAccountsOf } from './bank-account.ts'
import type { BankAccount, BankDetails } from './bank-account.ts'
import { createPayout, reversePayout } from './create-payout.ts'
import type { CreatePayout } from './create-payout.ts'
import { payouts } from './payout.ts'

interface ListPayouts extends ListParams {
  arrival_date?: RangeParam
  created?: RangeParam
  destination?: string
  status?: string
}

interface CreateExternalAccount {
  external_account: string | (Partial<BankDetails> & { object?: string })
  default_for_currency?: boolean
  metadata?: MetadataParam
}

interface UpdateExternalAccount {
  account_holder_name?: string
  default_for_currency?: boolean
  metadata?: MetadataParam
}

const listed = ['limit', 'starting_after', 'ending_before', 'created'] as const

export const payoutFamily: Family = {
  kinds: [payouts, bankAccounts],
  routes: [
    route<CreatePayout>(
      'payouts.create',
      [
        'amount',
        'currency',
        'description',
        'destination',
        'metadata',
        'method',
        'source_type',
        'statement_descriptor',
      ],
      ({ tx, params }) => payouts.format(createPayout(tx, params), tx),
    ),
    route('payouts.retrieve', [], ({ tx, id }) => {
      return payouts.format(inPath(tx, payouts, id, 'payout'), tx)
    }),
    route<{ metadata?: MetadataParam }>('payouts.update', ['metadata'], ({ tx, id, params }) => {
      const payout = inPath(tx, payouts, id, 'payout')
      const metadata = mergeMetadata(payout.metadata, params.metadata)
      return payouts.format(tx.update('payout.updated', payouts, { ...payout, metadata }), tx)
    }),
    route('payouts.cancel', [], ({ tx, id }) => {
      const payout = inPath(tx, payouts, id, 'payout')
      if (payout.status !== 'pending' || payout.original_payout !== null) {
        throw invalidRequest(
          `Payouts can only be canceled if they have not already been paid out. This one has a status of ${payout.status}.`,
        )
      }
      recordPayout(tx, payout, 'payout_cancel')
      return payouts.format(tx.update('payout.canceled', payouts, { ...payout, status: 'canceled' }), tx)
    }),
    route<{ metadata?: MetadataParam }>('payouts.reverse', ['metadata'], ({ tx, id, params }) => {
      return payouts.format(reversePayout(tx, inPath(tx, payouts, id, 'payout'), params.metadata), tx)
    }),
    route<ListPayouts>(
      'payouts.list',
      [...listed, 'arrival_date', 'destination', 'status'],
      ({ tx, params, url }) => {
        return listPage(tx, payouts, {
          url,
          params,
          where: (payout) =>
            inRange(params.created, payout.created) &&
            inRange(params.arrival_date, payout.arrival_date) &&
            (params.destination === undefined || payout.destination === params.destination) &&
            (params.status === undefined || payout.status === params.status),
        })
      },
    ),

    route<CreateExternalAccount>(
      'accounts.createExternalAccount',
      ['external_account', 'default_for_currency', 'metadata'],
      (call) => bankAccounts.format(createExternalAccount(call), call.tx),
    ),
    route<ListParams & { object?: string }>(
      'accounts.listExternalAccounts',
      ['limit', 'starting_after', 'ending_before', 'object'],
      (call) => {
        const { tx, params, url } = call
        checkAccount(call, call.id)
        bankAccountsOf(tx)
        return listPage(tx, bankAccounts, { url, params, where: () => params.object !== 'card' })
      },
    ),
    route('accounts.retrieveExternalAccount', [], (call) => bankAccounts.format(bankInPath(call), call.tx)),
    route<UpdateExternalAccount>(
      'accounts.updateExternalAccount',
      ['account_holder_name', 'default_for_currency', 'metadata'],
      (call) => {
        const { tx, params } = call
        const bank = bankInPath(call)
        const updated: BankAccount = {
          ...bank,
          account_holder_name: params.account_holder_name ?? bank.account_holder_name,
          metadata: mergeMetadata(bank.metadata, params.metadata),
        }
        return bankAccounts.format(put(call, updated, params.default_for_currency === true), tx)
      },
    ),
    route('accounts.deleteExternalAccount', [], (call) => {
      const { tx } = call
      const bank = bankInPath(call)
      const others = bankAccountsOf(tx).filter(
        ({ id, currency }) => id !== bank.id && currency === bank.currency,
      )
      if (bank.default_for_currency && others.length > 0) {
        throw invalidRequest(
          'You cannot delete the default external account for your default currency. Please make another external account ' +
            'the default using the `default_for_currency` param, and then delete this one.',
        )
      }
      tx.put(bankAccounts, { ...bank, deleted: true })
      return { id: bank.id, object: 'bank_account', deleted: true }
    }),
  ],
}

type AccountCall = Pick<Call<never>, 'tx' | 'id' | 'path' | 'key'>

function checkAccount({ tx, key }: AccountCall, account: string): void {
  if (account !== tx.accountId) throw accountInvalid(key, account)
}

function bankInPath(call: AccountCall): BankAccount {
  checkAccount(call, call.path.accountId ?? '')
  bankAccountsOf(call.tx)
  const bank = inPath(call.tx, bankAccounts, call.id)
  if (!bank.deleted) return bank
  throw invalidRequest(`No such external account: '${bank.id}'`, {
    status: 404,
    code: 'resource_missing',
    param: 'id',
  })
}

/** @throws StripeError 400 for a number or currency that is none, 501 for tokens and cards */
function createExternalAccount(call: Call<CreateExternalAccount>): BankAccount {
  const { tx, params } = call
  checkAccount(call, call.id)
  const given = params.external_account
  const param = 'external_account'
  if (typeof given === 'string') throw notInSandbox('external accounts by token', param)
  const { account_number: number, country, currency, ...rest } = given
  if (given.object === 'card' || number === undefined)
    throw notInSandbox('external accounts that are no bank accounts', param)
  if (!/^[A-Z0-9]{4,34}$/.test(number))
    throw invalidParam(`${param}[account_number]`, 'Invalid account number.', 'account_number_invalid')
  const bank = bankAccountFrom(tx, tx.newId(bankAccounts), {
    ...rest,
    account_number: number,
    country: country ?? 'US',
    currency: readCurrency(currency ?? 'usd'),
  })
  const first = !bankAccountsOf(tx).some((other) => other.currency === bank.currency)
  const metadata = mergeMetadata({}, params.metadata)
  return put(call, { ...bank, metadata }, first || params.default_for_currency === true)
}

/** One account per currency is the default. */
function put({ tx }: AccountCall, bank: BankAccount, isDefault: boolean): BankAccount {
  for (const other of isDefault ? bankAccountsOf(tx) : []) {
    if (other.currency === bank.currency && other.default_for_currency)
      tx.put(bankAccounts, { ...other, default_for_currency: false })
  }
  return tx.put(bankAccounts, isDefault ? { ...bank, default_for_currency: true } : bank)
}
