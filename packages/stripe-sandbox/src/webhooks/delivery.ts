import type { Kind, View } from '../store/kind.ts'
import type { EventEntity } from '../events/event.ts'
import { isEnabledFor, webhookEndpoints } from './endpoint.ts'

/** One event on its way to one endpoint. Journalled with the event: neither is ever there without the other. */
export interface Delivery {
  /** The event's and the endpoint's id. */
  id: string
  event: string
  endpoint: string
  /** How many times it has been tried. */
  attempts: number
  /** Milliseconds since the epoch, of the sandbox's clock. */
  next_attempt_at: number
  status: 'pending' | 'delivered' | 'failed'
}

export const deliveries: Kind<Delivery> = {
  table: 'webhook_deliveries',
  type: 'WebhookDelivery',
  indexes: ['event', 'status'],
  // Not an object of Stripe's: nothing answers it.
  format: () => ({}),
}

/** One delivery for each endpoint that wants the event. */
export function deliveriesFor(view: View, event: EventEntity): Delivery[] {
  return view
    .rows(webhookEndpoints)
    .filter(({ entity }) => isEnabledFor(entity, event.type))
    .map(({ entity: { id: endpoint } }) => ({
      id: `${event.id} ${endpoint}`,
      event: event.id,
      endpoint,
      attempts: 0,
      next_attempt_at: 0,
      status: 'pending',
    }))
}

export function endpointIn(deliveryId: string): string {
  return deliveryId.slice(deliveryId.indexOf(' ') + 1)
}

export function pendingWebhooks(view: View, event: string): number {
  return view.rows(deliveries, 'event', event).filter(({ entity }) => entity.status === 'pending').length
}

/** Whether all endpoints have the event. */
export function isDelivered(view: View, event: string): boolean {
  return view.rows(deliveries, 'event', event).every(({ entity }) => entity.status === 'delivered')
}
