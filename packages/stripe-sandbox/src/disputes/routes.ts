import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { disputes } from './dispute.ts'
import { closeDispute, updateDispute } from './answer-dispute.ts'
import type { UpdateDispute } from './answer-dispute.ts'

interface ListDisputes extends ListParams {
  charge?: string
  created?: RangeParam
  payment_intent?: string
}

const listed = ['limit', 'starting_after', 'ending_before', 'charge', 'created', 'payment_intent'] as const

export const disputeFamily: Family = {
  kinds: [disputes],
  routes: [
    route('disputes.retrieve', [], ({ tx, id }) => disputes.format(inPath(tx, disputes, id), tx)),
    route<UpdateDispute>('disputes.update', ['evidence', 'metadata', 'submit'], ({ tx, id, params }) =>
      disputes.format(updateDispute(tx, inPath(tx, disputes, id, 'dispute'), params), tx),
    ),
    route('disputes.close', [], ({ tx, id }) =>
      disputes.format(closeDispute(tx, inPath(tx, disputes, id, 'dispute')), tx),
    ),
    route<ListDisputes>('disputes.list', listed, ({ tx, params, url }) =>
      listPage(tx, disputes, {
        url,
        params,
        where: (dispute) =>
          inRange(params.created, dispute.created) &&
          (params.charge === undefined || dispute.charge === params.charge) &&
          (params.payment_intent === undefined || dispute.payment_intent === params.payment_intent),
      }),
    ),
  ],
}
