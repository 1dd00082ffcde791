import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { createRefund } from './create-refund.ts'
import type { CreateRefund } from './create-refund.ts'
import { refunds } from './refund.ts'

interface ListRefunds extends ListParams {
  charge?: string
  created?: RangeParam
  payment_intent?: string
}

const listed = ['limit', 'starting_after', 'ending_before', 'charge', 'created', 'payment_intent'] as const
const accepted = ['amount', 'charge', 'payment_intent', 'metadata', 'reason'] as const

export const refundFamily: Family = {
  kinds: [refunds],
  routes: [
    route<CreateRefund>('refunds.create', accepted, ({ tx, params }) =>
      refunds.format(createRefund(tx, params), tx),
    ),
    route('refunds.retrieve', [], ({ tx, id }) => refunds.format(inPath(tx, refunds, id), tx)),
    route<{ metadata?: MetadataParam }>('refunds.update', ['metadata'], ({ tx, id, params }) => {
      const refund = inPath(tx, refunds, id)
      const metadata = mergeMetadata(refund.metadata, params.metadata)
      return refunds.format(tx.update('refund.updated', refunds, { ...refund, metadata }), tx)
    }),
    route('refunds.cancel', [], ({ tx, id }) => {
      // Card refunds succeed at once; only refunds that wait for the customer can be canceled.
      throw invalidRequest(
        `Refund ${inPath(tx, refunds, id).id} cannot be canceled because it has a status of succeeded. Only a refund with a ` +
          'status of requires_action may be canceled.',
      )
    }),
    route<ListRefunds>('refunds.list', listed, ({ tx, params, url }) => {
      const { charge, payment_intent: intent } = params
      const rows =
        charge !== undefined
          ? tx.rows(refunds, 'charge', charge)
          : intent !== undefined
            ? tx.rows(refunds, 'payment_intent', intent)
            : tx.rows(refunds)
      return listPage(tx, refunds, {
        url,
        params,
        rows,
        where: (refund) =>
          inRange(params.created, refund.created) &&
          (intent === undefined || refund.payment_intent === intent),
      })
    }),
  ],
}
