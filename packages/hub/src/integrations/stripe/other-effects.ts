import type { Operation } from '@clawlink/stripe-definitions'
import type { Effect } from '../../contract/effects.ts'
import { isRead } from './wire/request.ts'

/**
 * What the operations that no curated tool is for can do. The first line that fits counts; what none fits may
 * move money or destroy something, as far as this hub knows.
 */
const EFFECTS: Array<[RegExp, Exclude<Effect, 'read'>]> = [
  // They exist in test mode alone.
  [/^testHelpers\.|^v2\.testHelpers\.|\.testHelpers\./, 'draft'],
  // They calculate, or gather what is there already.
  [/^tax\.calculations\.create$|^reporting\.reportRuns\.create$/, 'draft'],
  // Drafts that nobody outside sees until another operation finishes them.
  [/^quotes\.(create|update|cancel)$/, 'draft'],
  [/^invoices\.(updateLineItem|updateLines|removeLines)$/, 'draft'],
  [/^invoiceItems\.(update|del)$/, 'change'],
  // What is shown to or remembered about somebody, and can be set back.
  [
    /^(charges|refunds|payouts|transfers|topups|balanceTransactions|invoices|creditNotes|paymentIntents|setupIntents|paymentMethods)\.update$/,
    'change',
  ],
  [
    /^(products|prices|plans|coupons|promotionCodes|taxRates|shippingRates|paymentLinks)\.(create|update)$/,
    'change',
  ],
  [
    /^(billingPortal\.configurations|checkout\.sessions|fileLinks|disputes|subscriptionItems)\.update$/,
    'change',
  ],
  [/^customers\.(createTaxId|deleteTaxId|deleteDiscount)$|^taxIds\.(create|del)$/, 'change'],
  [/^(entitlements\.features|products)\.(create|update|createFeature|deleteFeature)$/, 'change'],
  [/^billing\.(meters|alerts|feedbackOptions)\./, 'change'],
  [/^radar\.(valueLists|valueListItems)\.(create|update)$|^reviews\.approve$/, 'change'],
  [/^tax\.(registrations|settings|locations)\.(create|update)$/, 'change'],
  [
    /^terminal\.(configurations|locations)\.(create|update)$|^terminal\.readers\.(update|setReaderDisplay)$/,
    'change',
  ],
  [/^(fileLinks|quotes|invoiceRenderingTemplates|paymentMethodDomains)\.\w+$/, 'change'],
]

/** Offers that become obligations, whatever the lines above say of their family. */
const BINDING = new Set(['quotes.accept'])

export function effectOf(operation: Operation): Effect {
  if (isRead(operation)) return 'read'
  if (BINDING.has(operation.id)) return 'money'
  return EFFECTS.find(([pattern]) => pattern.test(operation.id))?.[1] ?? 'money'
}
