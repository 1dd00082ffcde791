import { pageUrl } from '../pages/page.ts'
import type { Kind } from '../store/kind.ts'

/** A customer's way in; whoever has its address is the customer. */
export interface PortalSession {
  id: string
  created: number
  configuration: string
  customer: string
  locale: string | null
  return_url: string | null
  /** The last part of the address, which is nowhere else. */
  secret: string
}

/** Long enough to look around, short enough for an address that is a key. */
const SESSION_SECONDS = 60 * 60

export const portalSessions: Kind<PortalSession> = {
  table: 'portal_sessions',
  type: 'BillingPortal.Session',
  prefix: 'bps_',
  idLength: 24,
  noun: 'billing_portal.session',
  indexes: ['secret'],
  format: (session, view) => ({
    id: session.id,
    object: 'billing_portal.session',
    configuration: session.configuration,
    created: session.created,
    customer: session.customer,
    customer_account: null,
    flow: null,
    livemode: view.livemode,
    locale: session.locale,
    on_behalf_of: null,
    return_url: session.return_url,
    url: pageUrl(view, 'portal', session.secret),
  }),
}

export function isOver(session: PortalSession, nowSeconds: number): boolean {
  return nowSeconds >= session.created + SESSION_SECONDS
}
