import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import { pendingWebhooks } from '../webhooks/delivery.ts'
import { API_VERSION } from '../wire/versions.ts'

export interface EventEntity {
  id: string
  /** `customer.updated` */
  type: string
  created: number
  data: { object: JsonObject; previous_attributes?: JsonObject }
  request: { id: string | null; idempotency_key: string | null }
}

export const events: Kind<EventEntity> = {
  table: 'events',
  type: 'Event',
  prefix: 'evt_',
  idLength: 24,
  noun: 'event',
  indexes: ['type'],
  format: (event, view) => ({
    id: event.id,
    object: 'event',
    api_version: API_VERSION,
    created: event.created,
    data: event.data,
    livemode: view.livemode,
    pending_webhooks: pendingWebhooks(view, event.id),
    request: event.request,
    type: event.type,
  }),
}
