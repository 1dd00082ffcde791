import type { Kind, View } from '../store/kind.ts'
import { inPath, missing } from '../wire/lookup.ts'
import type { Metadata } from '../wire/metadata.ts'

/** Where events are told. */
export interface WebhookEndpoint {
  id: string
  created: number
  deleted: boolean
  api_version: string | null
  /** Only for events of connected accounts, of which there are none here. */
  connect: boolean
  description: string | null
  disabled: boolean
  enabled_events: readonly string[]
  metadata: Metadata
  secret: string
  url: string
}

export const webhookEndpoints: Kind<WebhookEndpoint> = {
  table: 'webhook_endpoints',
  type: 'WebhookEndpoint',
  prefix: 'we_',
  idLength: 24,
  noun: 'webhook endpoint',
  indexes: [],
  isDeleted: (endpoint) => endpoint.deleted,
  // Without the secret: it is told once, to whom the endpoint was made for.
  format: (endpoint, view) => ({
    id: endpoint.id,
    object: 'webhook_endpoint',
    api_version: endpoint.api_version,
    application: null,
    created: endpoint.created,
    description: endpoint.description,
    enabled_events: endpoint.enabled_events,
    livemode: view.livemode,
    metadata: endpoint.metadata,
    status: endpoint.disabled ? 'disabled' : 'enabled',
    url: endpoint.url,
  }),
}

/** @throws StripeError 404 when there is none, or none any more */
export function livingEndpoint(view: View, id: string): WebhookEndpoint {
  const endpoint = inPath(view, webhookEndpoints, id)
  if (endpoint.deleted) throw missing(webhookEndpoints, id, { param: 'id', status: 404 })
  return endpoint
}

/** `*` is all, `customer.*` is all that begin so. */
export function isEnabledFor(endpoint: WebhookEndpoint, type: string): boolean {
  if (endpoint.deleted || endpoint.disabled || endpoint.connect) return false
  return endpoint.enabled_events.some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : pattern === type,
  )
}
