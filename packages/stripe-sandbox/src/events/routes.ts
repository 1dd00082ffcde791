import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { invalidRequest } from '../wire/errors.ts'
import { isDelivered } from '../webhooks/delivery.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { events } from './event.ts'

interface ListEvents extends ListParams {
  created?: RangeParam
  delivery_success?: boolean
  /** `customer.updated`, or all of a sort: `charge.*` */
  type?: string
  types?: readonly string[]
}

const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'created',
  'delivery_success',
  'type',
  'types',
] as const

export const eventFamily: Family = {
  kinds: [events],
  routes: [
    route('events.retrieve', [], ({ tx, id }) => events.format(inPath(tx, events, id), tx)),
    route<ListEvents>('events.list', listed, ({ tx, params, url }) => {
      const { type, types } = params
      if (type !== undefined && types !== undefined) {
        throw invalidRequest('You may only specify one of these parameters: type, types.', { stored: false })
      }
      const wanted = types ?? (type === undefined ? undefined : [type])
      return listPage(tx, events, {
        url,
        params,
        where: (event) =>
          inRange(params.created, event.created) &&
          (params.delivery_success === undefined || isDelivered(tx, event.id) === params.delivery_success) &&
          (wanted === undefined || wanted.some((pattern) => matches(pattern, event.type))),
      })
    }),
  ],
}

function matches(pattern: string, type: string): boolean {
  return pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern
}
