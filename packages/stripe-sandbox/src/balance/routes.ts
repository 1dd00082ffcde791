import { payouts } from '../payouts/payout.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import type { View } from '../store/kind.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { balanceTransactions, isAvailable, netOf } from './balance-transaction.ts'

interface ListBalanceTransactions extends ListParams {
  created?: RangeParam
  currency?: string
  payout?: string
  source?: string
  type?: string
}

const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'created',
  'currency',
  'payout',
  'source',
  'type',
] as const

/** The sum of all balance transactions, by currency; never stored, so never out of step with them. */
export function balanceOf(view: View): JsonObject {
  const sums = new Map([[DEFAULT_CURRENCY, { available: 0, pending: 0 }]])
  for (const { entity } of view.rows(balanceTransactions)) {
    const sum = sums.get(entity.currency) ?? { available: 0, pending: 0 }
    sum[isAvailable(entity, view.now) ? 'available' : 'pending'] += netOf(entity)
    sums.set(entity.currency, sum)
  }
  const part = (name: 'available' | 'pending') =>
    [...sums].map(([currency, sum]) => ({ amount: sum[name], currency, source_types: { card: sum[name] } }))
  return {
    object: 'balance',
    available: part('available'),
    livemode: view.livemode,
    pending: part('pending'),
    refund_and_dispute_prefunding: {
      available: [{ amount: 0, currency: DEFAULT_CURRENCY }],
      pending: [{ amount: 0, currency: DEFAULT_CURRENCY }],
    },
  }
}

const DEFAULT_CURRENCY = 'usd'

export const balanceFamily: Family = {
  kinds: [balanceTransactions],
  routes: [
    route('balance.retrieve', [], ({ tx }) => balanceOf(tx)),
    route('balanceTransactions.retrieve', [], ({ tx, id }) =>
      balanceTransactions.format(inPath(tx, balanceTransactions, id), tx),
    ),
    route<ListBalanceTransactions>('balanceTransactions.list', listed, ({ tx, params, url }) => {
      const { source, currency, type, payout } = params
      if (payout !== undefined) {
        inParam(tx, payouts, payout, 'payout')
        throw invalidRequest(
          'Balance transaction history can only be filtered on automatic transfers, not manual.',
          { param: 'payout' },
        )
      }
      return listPage(tx, balanceTransactions, {
        url,
        params,
        ...(source === undefined ? {} : { rows: tx.rows(balanceTransactions, 'source', source) }),
        where: (transaction) =>
          inRange(params.created, transaction.created) &&
          (currency === undefined || transaction.currency === currency) &&
          (type === undefined || transaction.type === type),
      })
    }),
  ],
}
