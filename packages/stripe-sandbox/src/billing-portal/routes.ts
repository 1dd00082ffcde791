import { customers } from '../customers/customer.ts'
import { isFollowable } from '../pages/page.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, invalidRequest, missingParam } from '../wire/errors.ts'
import { listPage } from '../wire/lists.ts'
import type { ListParams } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { portalConfigurations } from './configuration.ts'
import { portalPage } from './page.ts'
import { portalSessions } from './portal-session.ts'
import { createConfiguration, defaultConfiguration, updateConfiguration } from './save-configuration.ts'
import type { ConfigurationParams } from './save-configuration.ts'

interface CreatePortalSession {
  configuration?: string
  customer?: string
  locale?: string
  return_url?: string
}

const configurable = [
  'business_profile',
  'default_return_url',
  'features',
  'login_page',
  'metadata',
  'name',
] as const

export const billingPortalFamily: Family = {
  kinds: [portalConfigurations, portalSessions],
  pages: [portalPage],
  routes: [
    route<ConfigurationParams>('billingPortal.configurations.create', configurable, ({ tx, params }) =>
      portalConfigurations.format(createConfiguration(tx, params), tx),
    ),
    route('billingPortal.configurations.retrieve', [], ({ tx, id }) =>
      portalConfigurations.format(inPath(tx, portalConfigurations, id, 'configuration'), tx),
    ),
    route<ConfigurationParams>(
      'billingPortal.configurations.update',
      [...configurable, 'active'],
      ({ tx, id, params }) => {
        const configuration = inPath(tx, portalConfigurations, id, 'configuration')
        return portalConfigurations.format(updateConfiguration(tx, configuration, params), tx)
      },
    ),
    route<ListParams & { active?: boolean; is_default?: boolean }>(
      'billingPortal.configurations.list',
      ['limit', 'starting_after', 'ending_before', 'active', 'is_default'],
      ({ tx, params, url }) => {
        // The default is there from the start, also for who looks before a session is made.
        defaultConfiguration(tx)
        return listPage(tx, portalConfigurations, {
          url,
          params,
          where: (configuration) =>
            (params.active === undefined || configuration.active === params.active) &&
            (params.is_default === undefined || configuration.is_default === params.is_default),
        })
      },
    ),
    route<CreatePortalSession>(
      'billingPortal.sessions.create',
      ['configuration', 'customer', 'locale', 'return_url'],
      ({ tx, params }) => {
        if (params.customer === undefined) throw missingParam('customer')
        if (params.return_url !== undefined && !isFollowable(params.return_url)) {
          throw invalidParam('return_url', 'Not a valid URL', 'url_invalid')
        }
        const configuration =
          params.configuration === undefined
            ? defaultConfiguration(tx)
            : inParam(tx, portalConfigurations, params.configuration, 'configuration')
        if (!configuration.active) {
          throw invalidRequest(`The configuration ${configuration.id} is not active.`, {
            param: 'configuration',
          })
        }
        const session = tx.put(portalSessions, {
          id: tx.newId(portalSessions),
          created: tx.now,
          configuration: configuration.id,
          customer: inParam(tx, customers, params.customer, 'customer').id,
          locale: params.locale ?? null,
          return_url: textOr(configuration.default_return_url, params.return_url),
          secret: `${tx.livemode ? 'live' : 'test'}_${tx.token(32)}`,
        })
        tx.emit('billing_portal.session.created', portalSessions, session)
        return portalSessions.format(session, tx)
      },
    ),
  ],
}
