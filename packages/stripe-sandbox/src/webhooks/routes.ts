import type { JsonSchema } from '@clawlink/stripe-definitions'
import { route } from '../route.ts'
import type { Family, Route } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { emptyParam, invalidRequest } from '../wire/errors.ts'
import { listPage } from '../wire/lists.ts'
import type { ListParams } from '../wire/lists.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { checkUrl } from './addresses.ts'
import { deliveries } from './delivery.ts'
import { livingEndpoint, webhookEndpoints } from './endpoint.ts'
import type { WebhookEndpoint } from './endpoint.ts'

interface EndpointParams {
  description?: string
  enabled_events?: readonly string[]
  metadata?: MetadataParam
  url?: string
}

interface CreateEndpoint extends EndpointParams {
  api_version?: string
  connect?: boolean
  enabled_events: readonly string[]
  url: string
}

interface UpdateEndpoint extends EndpointParams {
  disabled?: boolean
}

/** Stripe's own bound. */
const MAX_ENDPOINTS = 16
const SECRET_CHARACTERS = 32

export const webhookFamily: Family = {
  kinds: [webhookEndpoints, deliveries],
  routes: [
    withPrefixes(
      route<CreateEndpoint>(
        'webhookEndpoints.create',
        ['api_version', 'connect', 'description', 'enabled_events', 'metadata', 'url'],
        ({ tx, params }) => createEndpoint(tx, params),
      ),
    ),
    route('webhookEndpoints.retrieve', [], ({ tx, id }) =>
      webhookEndpoints.format(livingEndpoint(tx, id), tx),
    ),
    withPrefixes(
      route<UpdateEndpoint>(
        'webhookEndpoints.update',
        ['description', 'disabled', 'enabled_events', 'metadata', 'url'],
        ({ tx, id, params }) => {
          const endpoint = livingEndpoint(tx, id)
          const disabled = params.disabled ?? endpoint.disabled
          const changed = tx.put(webhookEndpoints, { ...withParams(tx, endpoint, params), disabled })
          return webhookEndpoints.format(changed, tx)
        },
      ),
    ),
    route<ListParams>(
      'webhookEndpoints.list',
      ['limit', 'starting_after', 'ending_before'],
      ({ tx, params, url }) => listPage(tx, webhookEndpoints, { url, params }),
    ),
    route('webhookEndpoints.del', [], ({ tx, id }) => {
      tx.put(webhookEndpoints, { ...livingEndpoint(tx, id), deleted: true })
      return { id, object: 'webhook_endpoint', deleted: true }
    }),
  ],
}

/** @throws StripeError 400 for wrong fields and beyond Stripe's bound */
function createEndpoint(tx: Transaction, params: CreateEndpoint): JsonObject {
  const living = tx.rows(webhookEndpoints).filter(({ entity }) => !entity.deleted)
  if (living.length >= MAX_ENDPOINTS) {
    throw invalidRequest(`You have reached the maximum of ${MAX_ENDPOINTS} webhook endpoints.`)
  }
  const blank: WebhookEndpoint = {
    id: tx.newId(webhookEndpoints),
    created: tx.now,
    deleted: false,
    api_version: params.api_version ?? null,
    connect: params.connect ?? false,
    description: null,
    disabled: false,
    enabled_events: [],
    metadata: {},
    secret: `whsec_${tx.token(SECRET_CHARACTERS)}`,
    url: params.url,
  }
  const endpoint = tx.put(webhookEndpoints, withParams(tx, blank, params))
  return { ...webhookEndpoints.format(endpoint, tx), secret: endpoint.secret }
}

function withParams(tx: Transaction, endpoint: WebhookEndpoint, params: EndpointParams): WebhookEndpoint {
  if (params.enabled_events?.length === 0) throw emptyParam('enabled_events')
  return {
    ...endpoint,
    description: textOr(endpoint.description, params.description),
    enabled_events: params.enabled_events ?? endpoint.enabled_events,
    metadata: mergeMetadata(endpoint.metadata, params.metadata),
    url: params.url === undefined ? endpoint.url : checkUrl(params.url, tx.livemode),
  }
}

/** Besides the names of events also all that begin the same: `customer.*`. */
function withPrefixes(of: Route): Route {
  return {
    ...of,
    widen(params: JsonSchema): JsonSchema {
      const events = params.properties?.enabled_events
      const names = events?.items?.enum?.map(String)
      if (!events || !names) return params
      const prefixes = names.flatMap((name) =>
        Array.from(name.matchAll(/\./g), ({ index }) => `${name.slice(0, index)}.*`),
      )
      const items = { ...events.items, enum: [...new Set([...names, ...prefixes])] }
      return { ...params, properties: { ...params.properties, enabled_events: { ...events, items } } }
    },
  }
}
