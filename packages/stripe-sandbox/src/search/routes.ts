import { route } from '../route.ts'
import type { Family, Route } from '../route.ts'
import {
  chargeSearch,
  customerSearch,
  invoiceSearch,
  paymentIntentSearch,
  priceSearch,
  productSearch,
  subscriptionSearch,
} from './resources.ts'
import { searchPage } from './search-page.ts'
import type { Found, SearchParams, SearchRequest } from './search-page.ts'

/** @param lagSeconds how long new objects take until they are found; at Stripe up to a minute */
export function createSearchFamily({ lagSeconds }: { lagSeconds: number }): Family {
  const search = <E extends Found>(
    operation: string,
    resource: Pick<SearchRequest<E>, 'customerOf' | 'kind' | 'searchable'>,
  ): Route =>
    route<SearchParams>(operation, ['limit', 'page', 'query'], ({ tx, params, url }) =>
      searchPage(tx, { ...resource, params, url, lagSeconds }),
    )
  return {
    kinds: [],
    routes: [
      search('charges.search', chargeSearch),
      search('customers.search', customerSearch),
      search('invoices.search', invoiceSearch),
      search('paymentIntents.search', paymentIntentSearch),
      search('prices.search', priceSearch),
      search('products.search', productSearch),
      search('subscriptions.search', subscriptionSearch),
    ],
  }
}
