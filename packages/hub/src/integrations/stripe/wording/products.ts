import { cleanLine } from '../../../contract/clean-text.ts'
import type { Params } from '../../define.ts'
import { textAt } from '../json.ts'

/** `Pro plan (prod_…)` */
export function productName(product: Params): string {
  const id = cleanLine(textAt(product, 'id') ?? 'unknown', 60)
  const name = textAt(product, 'name')
  return name === undefined ? id : `${cleanLine(name, 60)} (${id})`
}

/** What archiving a product does, and does not do. */
export const ARCHIVED = [
  'It cannot be bought any more: checkouts, payment links and new subscriptions with it are refused.',
  'Subscriptions that have it go on and keep being charged.',
]
