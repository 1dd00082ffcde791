import { cleanLine } from '../../../contract/clean-text.ts'
import type { Money } from '../../../contract/money.ts'
import type { Change, Params } from '../../define.ts'
import { isObject, objectAt, textAt } from '../json.ts'
import { renewalTexts, sumOf, type CheckoutLine } from './checkout-lines.ts'
import { formatDate } from './dates.ts'
import { holdsOnly } from './holds-only.ts'
import { wrongParam } from './wrong-param.ts'

/** Parts of nested parameters that have no consequences beyond themselves. */
const HARMLESS: Record<string, string[]> = {
  payment_intent_data: [
    'description',
    'metadata',
    'statement_descriptor',
    'statement_descriptor_suffix',
    'capture_method',
  ],
  setup_intent_data: ['description', 'metadata'],
  subscription_data: ['description', 'metadata', 'trial_period_days', 'trial_end'],
}

/** The nested parameters of which everything is told or harmless. */
export function harmlessData(sent: Params): string[] {
  return Object.entries(HARMLESS).flatMap(([name, keys]) => (holdsOnly(sent[name], keys) ? [name] : []))
}

/** `for 14 days`, `until 2026-12-01 00:00 UTC`, where the subscription starts with a trial. */
export function trialText(params: Params): string | undefined {
  const data = objectAt(params, 'subscription_data') ?? {}
  const [days, end] = [data['trial_period_days'], data['trial_end']]
  if (typeof days === 'number') return `for ${days} days`
  return typeof end === 'number' ? `until ${formatDate(end)}` : undefined
}

/** Stripe refuses what does not fit the mode. */
export function refuseWrongMode(params: Params, lines: readonly CheckoutLine[]): void {
  const mode = textAt(params, 'mode')
  const lacksCurrency =
    params['currency'] === undefined && params['allowed_payment_method_types'] === undefined
  if (mode === 'setup' && lacksCurrency)
    throw wrongParam('currency', 'mode "setup" needs a currency, or allowed_payment_method_types')
  const recurring = lines.findIndex((line) => line.recurring !== undefined)
  if (mode === 'payment' && recurring !== -1) {
    throw wrongParam('mode', `line_items[${recurring}] has a recurring price: use mode "subscription"`)
  }
  if (mode === 'subscription' && recurring === -1)
    throw wrongParam('mode', 'mode "subscription" needs a line with a recurring price')
}

/** Addresses that Stripe refuses for a kind of page. */
const UNFIT_URLS: Record<string, string[]> = {
  hosted_page: ['return_url', 'redirect_on_completion'],
  embedded_page: ['success_url', 'cancel_url'],
  elements: ['success_url', 'cancel_url'],
}

/** Where a page leads is needed by some kinds of page, and refused by others. */
export function refuseWrongUrls(params: Params): void {
  const page = textAt(params, 'ui_mode') ?? ''
  const has = (name: string): boolean => params[name] !== undefined
  if (page === 'hosted_page' && !has('success_url'))
    throw wrongParam('success_url', '"success_url" is needed: where the customer is sent afterwards')
  const unfit = UNFIT_URLS[page]?.find(has)
  if (unfit !== undefined)
    throw wrongParam(unfit, `"${unfit}" does not go with ui_mode "${cleanLine(page, 40)}"`)
}

/** What makes the total something else than the sum of the lines. */
const CHANGES_TOTAL = ['discounts', 'automatic_tax', 'shipping_options', 'optional_items', 'managed_payments']

/** The sum of the lines as Stripe will answer it, where that is certain. */
export function totalOf(sent: Params, lines: readonly CheckoutLine[]): Money | undefined {
  const sum = sumOf(lines)
  if (sum === undefined || trialText(sent) !== undefined || addsTax(sent)) return undefined
  return { amount: sum, currency: (textAt(lines[0]?.price ?? {}, 'currency') ?? '').toLowerCase() }
}

/** Whether the sum is what is paid; a discount that the customer has already comes off a subscription by itself. */
export function isWholeTotal(sent: Params, customer: Params | undefined): boolean {
  return CHANGES_TOTAL.every((name) => sent[name] === undefined) && !isObject(customer?.['discount'])
}

/** The parameters that the warnings tell in full. */
export function toldData(sent: Params): string[] {
  return holdsOnly(sent['automatic_tax'], ['enabled']) ? ['automatic_tax'] : []
}

export function expiryText(sent: Params): string {
  const at = sent['expires_at']
  return typeof at === 'number' ? `until ${formatDate(at)}` : 'for 24 hours'
}

export function subscriptionRows(sent: Params, lines: readonly CheckoutLine[]): Change[] {
  if (textAt(sent, 'mode') !== 'subscription') return []
  const trial = trialText(sent)
  const costs = renewalTexts(lines).join(' and ')
  const after = `${trial === undefined ? '' : `free ${trial}, then `}${costs}, until it is cancelled`
  return [{ what: 'Subscription that starts', before: null, after }]
}

export function secretWarning(sent: Params): string {
  return textAt(sent, 'ui_mode') === 'hosted_page'
    ? 'The url is for the customer alone: whoever has it sees this checkout and can finish it.'
    : 'The client_secret is for the page of this customer alone.'
}

export function checkoutWarnings(sent: Params): string[] {
  const manual = textAt(objectAt(sent, 'payment_intent_data') ?? {}, 'capture_method') === 'manual'
  return [
    ...(addsTax(sent) ? ['Stripe works out taxes on the page, and adds them.'] : []),
    ...(sent['allow_promotion_codes'] === true
      ? ['Customers can type promotion codes and then pay less.']
      : []),
    ...(manual ? ['The money is only held: it has to be captured with stripe_capture_payment_intent.'] : []),
  ]
}

function addsTax(sent: Params): boolean {
  return objectAt(sent, 'automatic_tax')?.['enabled'] === true
}
