import { customers } from '../customers/customer.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import { invalidParam, missingParam } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'

type ComponentParam = { readonly enabled: boolean; readonly features?: JsonObject }

interface CreateCustomerSession {
  components: { readonly [component: string]: ComponentParam }
  customer?: string
}

/** Stripe's own; long enough to render a page. */
const SESSION_SECONDS = 30 * 60

const plain = ['active_entitlements', 'buy_button', 'customer_portal', 'pricing_table'] as const
/** What the components with features do unless told otherwise. */
const defaults = {
  customer_sheet: { payment_method_allow_redisplay_filters: ['always'], payment_method_remove: 'enabled' },
  mobile_payment_element: {
    payment_method_allow_redisplay_filters: ['always'],
    payment_method_redisplay: 'enabled',
    payment_method_remove: 'enabled',
    payment_method_save: 'enabled',
    payment_method_save_allow_redisplay_override: null,
  },
  payment_element: {
    payment_method_allow_redisplay_filters: ['always'],
    payment_method_redisplay: 'disabled',
    payment_method_redisplay_limit: 10,
    payment_method_remove: 'disabled',
    payment_method_save: 'disabled',
    payment_method_save_usage: null,
  },
}

/** Opens the customer's data to components in a browser. Nothing asks for a session again, so none is kept. */
export const customerSessionFamily: Family = {
  kinds: [],
  routes: [
    route<CreateCustomerSession>('customerSessions.create', ['components', 'customer'], ({ tx, params }) => {
      if (params.customer === undefined) throw missingParam('customer')
      const customer = inParam(tx, customers, params.customer, 'customer')
      const { components } = params
      if (!Object.values(components).some(({ enabled }) => enabled)) {
        throw invalidParam('components', 'You must enable at least one component.')
      }
      return {
        object: 'customer_session',
        client_secret: `cuss_secret_${tx.token(32)}`,
        components: Object.fromEntries([
          ...plain.map((name) => [name, { enabled: components[name]?.enabled ?? false }]),
          ...Object.entries(defaults).map(([name, features]) => {
            const given = components[name]
            const enabled = given?.enabled ?? false
            return [name, { enabled, features: enabled ? { ...features, ...given?.features } : null }]
          }),
        ]),
        created: tx.now,
        customer: customer.id,
        customer_account: null,
        expires_at: tx.now + SESSION_SECONDS,
        livemode: tx.livemode,
      }
    }),
  ],
}
