import { cleanLine } from '../../../contract/clean-text.ts'
import { formatMoney, type Money } from '../../../contract/money.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Change, Params, Read } from '../../define.ts'
import { idAt, integerAt, listAt, objectAt, textAt } from '../json.ts'
import { methodAt } from './default-method.ts'
import { customerName } from './names.ts'

/** More lines than this are counted instead of shown. */
const LINES_SHOWN = 10

/** What leads on from each status, for whoever wanted something else. */
const WAY_OUT: Record<string, string> = {
  draft:
    'A draft is finalized with stripe_finalize_invoice, or deleted with stripe_delete_invoice (of a subscription: finalize it, then void it).',
  open: 'An open invoice is reduced with stripe_create_credit_note, or ended with stripe_void_invoice.',
  paid: 'A paid invoice is corrected with stripe_create_credit_note.',
  uncollectible: 'It can still be paid; stripe_void_invoice ends it for good.',
  void: 'A void invoice stays void: make a new one with stripe_create_invoice.',
}

/** Where the card of an invoice that is charged automatically is found, in the order in which Stripe takes it. */
const METHODS = [
  'default_payment_method',
  'parent.subscription_details.subscription.default_payment_method',
  'customer.invoice_settings.default_payment_method',
]

/** An invoice with its customer and whatever it would be charged to. */
export async function readInvoice(read: Read, id: string, expand: string[] = []): Promise<Params> {
  return read('invoices.retrieve', { id, expand: ['customer', ...METHODS, ...expand] })
}

/** `Visa ••4242` that an invoice of `readInvoice` would be charged to. */
export function chargedTo(invoice: Params): string | undefined {
  return methodAt(invoice, METHODS)
}

/** The subscription that an invoice or an item is of; nothing for what somebody made by itself. */
export function subscriptionOf(invoice: Params): string | undefined {
  return idAt(objectAt(objectAt(invoice, 'parent') ?? {}, 'subscription_details') ?? {}, 'subscription')
}

/** Refuses what Stripe would refuse in this status, with the way that leads on from it. */
export function requireStatus(invoice: Params, allowed: readonly string[], cannot: string): string {
  const status = textAt(invoice, 'status') ?? 'unknown'
  if (allowed.includes(status)) return status
  throw new Problem('invalid_state', `${textAt(invoice, 'id') ?? ''} is ${status}: it cannot be ${cannot}.`, {
    nextStep: WAY_OUT[status] ?? 'Read it with stripe_get_invoice and tell the user its status.',
  })
}

export function moneyOf(object: Params, key: string): Money {
  return { amount: integerAt(object, key), currency: textAt(object, 'currency') ?? '' }
}

/** `invoice ABC-0001 (in_…) for Jane Doe <jane@example.com> (cus_…)` */
export function invoiceName(invoice: Params): string {
  const id = textAt(invoice, 'id') ?? ''
  const number = textAt(invoice, 'number')
  return `${number === undefined ? id : `${cleanLine(number, 40)} (${id})`} for ${billedTo(invoice)}`
}

/** Whom it is made out to: what stands on the invoice, which a later change of the customer leaves alone. */
export function billedTo(invoice: Params): string {
  const { customer_name: name, customer_email: email } = invoice
  return customerName({ id: idAt(invoice, 'customer'), name, email })
}

/** `1 × Gold (at $10.00 / month): $10.00` */
export function lineText(line: Params): string {
  const what = textAt(line, 'description')
  return `${what === undefined ? 'without a description' : cleanLine(what, 120)}: ${formatMoney(moneyOf(line, 'amount'))}`
}

/** A row for each line, and one that counts those that are too many to show. */
export function lineRows(what: string, lines: readonly Params[], hasMore = false): Change[] {
  const rest = lines.length - LINES_SHOWN
  return [
    ...lines.slice(0, LINES_SHOWN).map((line) => ({ what, before: null, after: lineText(line) })),
    ...(rest > 0 || hasMore
      ? [{ what, before: null, after: hasMore ? 'and more lines' : `and ${rest} more lines` }]
      : []),
  ]
}

export function linesOf(invoice: Params): { lines: Params[]; hasMore: boolean } {
  const list = objectAt(invoice, 'lines') ?? {}
  return { lines: listAt(list, 'data'), hasMore: list['has_more'] === true }
}

/** Who gets an e-mail, or why nobody does. */
export function emailRow(object: Params, to: string | undefined, what: string): Change {
  const address = to === undefined ? 'nobody: the customer has no e-mail address' : cleanLine(to, 80)
  return {
    what: 'E-mail',
    before: null,
    after:
      object['livemode'] === true
        ? `${what} to ${address}`
        : `none in test mode (live: ${what} to ${address})`,
  }
}
