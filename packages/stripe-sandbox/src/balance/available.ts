import type { View } from '../store/kind.ts'
import { balanceTransactions, isAvailable, netOf } from './balance-transaction.ts'

/** What can be paid out now, in the currency's smallest unit. */
export function availableIn(view: View, currency: string): number {
  return view
    .rows(balanceTransactions, 'currency', currency)
    .reduce((sum, { entity }) => sum + (isAvailable(entity, view.now) ? netOf(entity) : 0), 0)
}
