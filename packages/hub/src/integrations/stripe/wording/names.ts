import { cleanLine } from '../../../contract/clean-text.ts'
import type { Params, Read } from '../../define.ts'
import { isObject, textAt } from '../json.ts'

/** The person behind a customer as a preview names them: `Jane Doe <jane@example.com> (cus_…)`. */
export function customerName(customer: Params): string {
  const id = textAt(customer, 'id') ?? 'unknown'
  if (customer['deleted'] === true) return `deleted customer ${id}`
  const name = textAt(customer, 'name')
  const email = textAt(customer, 'email')
  const who = [name && cleanLine(name, 60), email && `<${cleanLine(email, 80)}>`].filter(Boolean).join(' ')
  return who === '' ? `customer ${id}` : `${who} (${id})`
}

export async function readCustomer(read: Read, id: string): Promise<Params> {
  return read('customers.retrieve', { id })
}

/** `Visa ••4242` of a payment method, or of a charge's `payment_method_details`. */
export function cardName(method: Params | undefined): string | undefined {
  const card = method?.['card']
  if (!isObject(card)) return undefined
  const brand = textAt(card, 'brand') ?? 'card'
  const last4 = textAt(card, 'last4') ?? '????'
  return `${brand.slice(0, 1).toUpperCase()}${cleanLine(brand.slice(1), 20)} ••${cleanLine(last4, 4)}`
}

/** `Visa ••4242`, or what else a payment method is: `sepa_debit pm_…`. */
export function methodName(method: Params): string {
  return (
    cardName(method) ??
    `${cleanLine(textAt(method, 'type') ?? 'payment method', 40)} ${cleanLine(textAt(method, 'id') ?? '', 60)}`
  )
}
