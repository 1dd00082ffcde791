import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { createSession } from './create-session.ts'
import type { CreateSession } from './create-session.ts'
import { lineItems } from './line-item.ts'
import { checkoutPage } from './page.ts'
import { paymentPageRoutes } from './payment-page.ts'
import { expireSession } from './pay-session.ts'
import { checkoutSessions } from './session.ts'

interface ListSessions extends ListParams {
  created?: RangeParam
  customer?: string
  customer_details?: { email: string }
  payment_intent?: string
  payment_link?: string
  status?: string
  subscription?: string
}

const listed = ['limit', 'starting_after', 'ending_before'] as const
const creatable = [
  'allow_promotion_codes',
  'allowed_payment_method_types',
  'automatic_tax',
  'billing_address_collection',
  'cancel_url',
  'client_reference_id',
  'currency',
  'customer',
  'customer_creation',
  'customer_email',
  'discounts',
  'excluded_payment_method_types',
  'expires_at',
  'invoice_creation',
  'line_items',
  'locale',
  'metadata',
  'mode',
  'payment_intent_data',
  'payment_method_collection',
  'payment_method_types',
  'phone_number_collection',
  'redirect_on_completion',
  'return_url',
  'setup_intent_data',
  'shipping_options',
  'submit_type',
  'subscription_data',
  'success_url',
  'ui_mode',
] as const

export const checkoutFamily: Family = {
  kinds: [checkoutSessions, lineItems],
  pages: [checkoutPage],
  routes: [
    ...paymentPageRoutes,
    route<CreateSession>('checkout.sessions.create', creatable, ({ tx, params }) =>
      checkoutSessions.format(createSession(tx, params), tx),
    ),
    route('checkout.sessions.retrieve', [], ({ tx, id }) => {
      return checkoutSessions.format(inPath(tx, checkoutSessions, id, 'session'), tx)
    }),
    route<{ metadata?: MetadataParam }>('checkout.sessions.update', ['metadata'], ({ tx, id, params }) => {
      const session = inPath(tx, checkoutSessions, id, 'session')
      const metadata = mergeMetadata(session.metadata, params.metadata)
      return checkoutSessions.format(tx.put(checkoutSessions, { ...session, metadata }), tx)
    }),
    route('checkout.sessions.expire', [], ({ tx, id }) => {
      return checkoutSessions.format(expireSession(tx, inPath(tx, checkoutSessions, id, 'session')), tx)
    }),
    route<ListSessions>(
      'checkout.sessions.list',
      [
        ...listed,
        'created',
        'customer',
        'customer_details',
        'payment_intent',
        'payment_link',
        'status',
        'subscription',
      ],
      ({ tx, params, url }) => {
        const { customer, customer_details: details } = params
        return listPage(tx, checkoutSessions, {
          url,
          params,
          ...(customer === undefined ? {} : { rows: tx.rows(checkoutSessions, 'customer', customer) }),
          where: (session) =>
            inRange(params.created, session.created) &&
            (details === undefined || session.customer_details?.email === details.email) &&
            (['payment_intent', 'payment_link', 'status', 'subscription'] as const).every(
              (name) => params[name] === undefined || session[name] === params[name],
            ),
        })
      },
    ),
    route<ListParams>('checkout.sessions.listLineItems', listed, ({ tx, id, params, url }) => {
      const session = inPath(tx, checkoutSessions, id, 'session')
      return listPage(tx, lineItems, { url, params, rows: tx.rows(lineItems, 'owner', session.id) })
    }),
  ],
}
