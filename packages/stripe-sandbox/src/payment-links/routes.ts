import { lineItems } from '../checkout/line-item.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { listPage } from '../wire/lists.ts'
import type { ListParams } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { paymentLinkPage } from './buy.ts'
import { paymentLinks } from './payment-link.ts'
import { createPaymentLink, updatePaymentLink } from './save-payment-link.ts'
import type { CreatePaymentLink, PaymentLinkParams } from './save-payment-link.ts'

interface UpdatePaymentLink extends PaymentLinkParams {
  line_items?: readonly { id: string; quantity?: number }[]
}

const cursors = ['limit', 'starting_after', 'ending_before'] as const
const settings = [
  'after_completion',
  'allow_promotion_codes',
  'billing_address_collection',
  'customer_creation',
  'inactive_message',
  'line_items',
  'metadata',
  'payment_method_collection',
  'phone_number_collection',
  'restrictions',
  'submit_type',
] as const

export const paymentLinkFamily: Family = {
  kinds: [paymentLinks],
  pages: [paymentLinkPage],
  routes: [
    route<CreatePaymentLink>(
      'paymentLinks.create',
      [...settings, 'currency', 'payment_intent_data', 'subscription_data'],
      ({ tx, params }) => paymentLinks.format(createPaymentLink(tx, params), tx),
    ),
    route('paymentLinks.retrieve', [], ({ tx, id }) =>
      paymentLinks.format(inPath(tx, paymentLinks, id, 'payment_link'), tx),
    ),
    route<UpdatePaymentLink>('paymentLinks.update', [...settings, 'active'], ({ tx, id, params }) =>
      paymentLinks.format(updatePaymentLink(tx, inPath(tx, paymentLinks, id, 'payment_link'), params), tx),
    ),
    route<ListParams & { active?: boolean }>(
      'paymentLinks.list',
      [...cursors, 'active'],
      ({ tx, params, url }) =>
        listPage(tx, paymentLinks, {
          url,
          params,
          where: (link) => params.active === undefined || link.active === params.active,
        }),
    ),
    route<ListParams>('paymentLinks.listLineItems', cursors, ({ tx, id, params, url }) => {
      const link = inPath(tx, paymentLinks, id, 'payment_link')
      return listPage(tx, lineItems, { url, params, rows: tx.rows(lineItems, 'owner', link.id) })
    }),
  ],
}
