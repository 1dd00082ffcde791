import { livingCustomer } from '../customers/customer.ts'
import { readCurrency } from '../payment-intents/amount.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { View } from '../store/kind.ts'
import { textOr } from '../wire/contact.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { missing } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { changeBalance } from './change-balance.ts'
import { customerBalanceTransactions } from './customer-balance-transaction.ts'
import type { CustomerBalanceTransaction } from './customer-balance-transaction.ts'

interface CreateTransaction {
  amount: number
  currency: string
  description?: string
  metadata?: MetadataParam
}

interface UpdateTransaction {
  description?: string
  metadata?: MetadataParam
}

interface ListTransactions extends ListParams {
  created?: RangeParam
  invoice?: string
}

export const customerBalanceFamily: Family = {
  kinds: [customerBalanceTransactions],
  routes: [
    route<CreateTransaction>(
      'customers.createBalanceTransaction',
      ['amount', 'currency', 'description', 'metadata'],
      ({ tx, id, params }) => {
        livingCustomer(tx, id)
        const transaction = changeBalance(tx, id, {
          amount: params.amount,
          currency: readCurrency(params.currency),
          description: textOr(null, params.description),
          metadata: mergeMetadata({}, params.metadata),
          type: 'adjustment',
        })
        return customerBalanceTransactions.format(transaction, tx)
      },
    ),
    route('customers.retrieveBalanceTransaction', [], ({ tx, path }) =>
      customerBalanceTransactions.format(transactionInPath(tx, path), tx),
    ),
    route<UpdateTransaction>(
      'customers.updateBalanceTransaction',
      ['description', 'metadata'],
      ({ tx, path, params }) => {
        const transaction = transactionInPath(tx, path)
        const updated = tx.put(customerBalanceTransactions, {
          ...transaction,
          description: textOr(transaction.description, params.description),
          metadata: mergeMetadata(transaction.metadata, params.metadata),
        })
        return customerBalanceTransactions.format(updated, tx)
      },
    ),
    route<ListTransactions>(
      'customers.listBalanceTransactions',
      ['limit', 'starting_after', 'ending_before', 'created', 'invoice'],
      ({ tx, id, params, url }) => {
        livingCustomer(tx, id)
        return listPage(tx, customerBalanceTransactions, {
          url,
          params,
          rows: tx.rows(customerBalanceTransactions, 'customer', id),
          where: (entry) =>
            inRange(params.created, entry.created) &&
            (params.invoice === undefined || entry.invoice === params.invoice),
        })
      },
    ),
  ],
}

function transactionInPath(view: View, path: Readonly<Record<string, string>>): CustomerBalanceTransaction {
  const { id = '', customerId = '' } = path
  const transaction = view.get(customerBalanceTransactions, id)
  if (transaction?.customer === customerId) return transaction
  throw missing(customerBalanceTransactions, id, { param: 'transaction', status: 404 })
}
