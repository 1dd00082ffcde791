import type { Kind, View } from '../store/kind.ts'
import type { Stored } from '../store/table.ts'
import { emptyParam, invalidRequest } from './errors.ts'
import type { StripeError } from './errors.ts'

/** Longer than any id; an answer need not repeat more. */
const MAX_ID_CHARACTERS = 255

/** Stripe answers 404 for an id in the path and 400 for one in a parameter. */
export function missing(
  kind: Pick<Kind<never>, 'noun' | 'missingHint' | 'table'>,
  id: string,
  { param, status = 400 }: { param: string; status?: number },
): StripeError {
  return invalidRequest(
    `No such ${kind.noun ?? kind.table}: '${id.slice(0, MAX_ID_CHARACTERS)}'${kind.missingHint ?? ''}`,
    {
      status,
      code: 'resource_missing',
      param,
    },
  )
}

/** @throws StripeError 404 when the object in the path is not there */
export function inPath<E extends Stored>(view: View, kind: Kind<E>, id: string, param = 'id'): E {
  const entity = view.get(kind, id)
  if (!entity) throw missing(kind, id, { param, status: 404 })
  return entity
}

/** @throws StripeError 400 when a parameter names an object that is not there, or a deleted one */
export function inParam<E extends Stored>(view: View, kind: Kind<E>, id: string, param: string): E {
  if (id === '') throw emptyParam(param)
  const entity = view.get(kind, id)
  if (!entity || kind.isDeleted?.(entity) === true) throw missing(kind, id, { param })
  return entity
}
