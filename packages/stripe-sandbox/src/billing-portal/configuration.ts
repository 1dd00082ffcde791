import type { JsonObject } from '../store/json.ts'
import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type Features = {
  readonly customer_update: { readonly allowed_updates: readonly string[]; readonly enabled: boolean }
  readonly invoice_history: { readonly enabled: boolean }
  readonly payment_method_update: {
    readonly enabled: boolean
    readonly payment_method_configuration: null
  }
  readonly subscription_cancel: {
    readonly cancellation_reason: {
      readonly enabled: boolean
      readonly feedback_options: null
      readonly options: readonly string[]
    }
    readonly enabled: boolean
    readonly mode: 'at_period_end' | 'immediately'
    readonly proration_behavior: string
  }
  readonly subscription_pause: {
    readonly duration: { readonly interval_options: readonly JsonObject[]; readonly type: string }
    readonly enabled: boolean
  }
  readonly subscription_update: {
    readonly billing_cycle_anchor: string | null
    readonly default_allowed_updates: readonly string[]
    readonly enabled: boolean
    readonly products: readonly JsonObject[] | null
    readonly proration_behavior: string
    readonly schedule_at_period_end: { readonly conditions: readonly JsonObject[] }
    readonly trial_update_behavior: string
  }
}

/** What customers may do for themselves. */
export interface PortalConfiguration {
  id: string
  created: number
  active: boolean
  default_return_url: string | null
  features: Features
  headline: string | null
  is_default: boolean
  login_page: boolean
  metadata: Metadata
  name: string | null
  privacy_policy_url: string | null
  terms_of_service_url: string | null
  updated: number
}

export const portalConfigurations: Kind<PortalConfiguration> = {
  table: 'portal_configurations',
  type: 'BillingPortal.Configuration',
  prefix: 'bpc_',
  idLength: 24,
  noun: 'configuration',
  indexes: [],
  format: (configuration, view) => ({
    id: configuration.id,
    object: 'billing_portal.configuration',
    active: configuration.active,
    application: null,
    business_profile: {
      headline: configuration.headline,
      privacy_policy_url: configuration.privacy_policy_url,
      terms_of_service_url: configuration.terms_of_service_url,
    },
    created: configuration.created,
    default_return_url: configuration.default_return_url,
    features: configuration.features,
    is_default: configuration.is_default,
    livemode: view.livemode,
    login_page: { enabled: configuration.login_page, url: null },
    metadata: configuration.metadata,
    name: configuration.name,
    updated: configuration.updated,
  }),
}

export const noFeatures: Features = {
  customer_update: { allowed_updates: [], enabled: false },
  invoice_history: { enabled: false },
  payment_method_update: { enabled: false, payment_method_configuration: null },
  subscription_cancel: {
    cancellation_reason: {
      enabled: false,
      feedback_options: null,
      options: ['too_expensive', 'missing_features', 'switched_service', 'unused', 'other'],
    },
    enabled: false,
    mode: 'at_period_end',
    proration_behavior: 'none',
  },
  subscription_pause: { duration: { interval_options: [], type: 'indefinite' }, enabled: false },
  subscription_update: {
    billing_cycle_anchor: null,
    default_allowed_updates: [],
    enabled: false,
    products: null,
    proration_behavior: 'none',
    schedule_at_period_end: { conditions: [] },
    trial_update_behavior: 'end_trial',
  },
}
