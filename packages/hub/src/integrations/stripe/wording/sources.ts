import { cleanLine } from '../../../contract/clean-text.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { objectAt } from '../json.ts'
import { cardName } from './names.ts'
import { readIfAllowed } from './read-if-allowed.ts'

/**
 * What an old token, card or source charges, as people know it: `Visa ••4242 (tok_…)`.
 *
 * @throws Problem for a token that was used before
 */
export async function readSource(read: Read, id: string, customer: string | undefined): Promise<string> {
  const found = await readByKind(read, id, customer)
  if (found?.['used'] === true) {
    throw new Problem('payment_method_unusable', `${id} was used before, and a token works once.`, {
      nextStep: 'Let the customer enter the card anew, on a page of stripe_create_checkout_session.',
    })
  }
  // A token and a source hold their card; a saved card is one itself.
  const card = found === undefined ? undefined : (objectAt(found, 'card') ?? found)
  const name = card === undefined ? undefined : cardName({ card })
  return name === undefined ? cleanLine(id, 60) : `${name} (${cleanLine(id, 60)})`
}

function readByKind(read: Read, id: string, customer: string | undefined): Promise<Params | undefined> {
  if (id.startsWith('tok_')) return readIfAllowed(read, 'tokens.retrieve', { id })
  if (id.startsWith('src_')) return readIfAllowed(read, 'sources.retrieve', { id })
  return customer === undefined
    ? Promise.resolve(undefined)
    : readIfAllowed(read, 'customers.retrieveSource', { customerId: customer, id })
}
