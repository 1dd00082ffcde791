import { isFollowable } from '../pages/page.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam, missingParam, notInSandbox } from '../wire/errors.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { noFeatures, portalConfigurations } from './configuration.ts'
import type { Features, PortalConfiguration } from './configuration.ts'

type FeatureParam = { readonly enabled?: boolean; readonly [option: string]: unknown }

export interface ConfigurationParams {
  active?: boolean
  business_profile?: { headline?: string; privacy_policy_url?: string; terms_of_service_url?: string }
  default_return_url?: string
  features?: { readonly [feature: string]: FeatureParam }
  login_page?: { enabled: boolean }
  metadata?: MetadataParam
  name?: string
}

/** @throws StripeError 400 for features that lack what they need */
export function createConfiguration(tx: Transaction, params: ConfigurationParams): PortalConfiguration {
  const blank = blankConfiguration(tx)
  const created = tx.put(portalConfigurations, merged(tx, blank, params))
  tx.emit('billing_portal.configuration.created', portalConfigurations, created)
  return created
}

/** @throws StripeError 400 for features that lack what they need, or a default that would be switched off */
export function updateConfiguration(
  tx: Transaction,
  configuration: PortalConfiguration,
  params: ConfigurationParams,
): PortalConfiguration {
  if (configuration.is_default && params.active === false) {
    throw invalidParam('active', 'You cannot deactivate the default configuration.')
  }
  return tx.update(
    'billing_portal.configuration.updated',
    portalConfigurations,
    merged(tx, configuration, params),
  )
}

/** What sessions use unless told otherwise; at Stripe it is saved in the Dashboard, here it is there from the start. */
export function defaultConfiguration(tx: Transaction): PortalConfiguration {
  const present = tx.rows(portalConfigurations).find(({ entity }) => entity.is_default)?.entity
  if (present) return present
  return tx.put(portalConfigurations, {
    ...blankConfiguration(tx),
    features: {
      ...noFeatures,
      customer_update: { allowed_updates: ['email', 'name', 'phone'], enabled: true },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true, payment_method_configuration: null },
      subscription_cancel: { ...noFeatures.subscription_cancel, enabled: true },
    },
    is_default: true,
  })
}

function blankConfiguration(tx: Transaction): PortalConfiguration {
  return {
    id: tx.newId(portalConfigurations),
    created: tx.now,
    active: true,
    default_return_url: null,
    features: noFeatures,
    headline: null,
    is_default: false,
    login_page: false,
    metadata: {},
    name: null,
    privacy_policy_url: null,
    terms_of_service_url: null,
    updated: tx.now,
  }
}

function merged(
  tx: Transaction,
  configuration: PortalConfiguration,
  params: ConfigurationParams,
): PortalConfiguration {
  const profile = params.business_profile ?? {}
  const urls = {
    'business_profile[privacy_policy_url]': profile.privacy_policy_url,
    'business_profile[terms_of_service_url]': profile.terms_of_service_url,
    default_return_url: params.default_return_url,
  }
  for (const [param, url] of Object.entries(urls)) {
    if (url !== undefined && url !== '' && !isFollowable(url)) {
      throw invalidParam(param, 'Not a valid URL', 'url_invalid')
    }
  }
  if (params.login_page?.enabled === true) throw notInSandbox('login pages of the portal', 'login_page')
  return {
    ...configuration,
    active: params.active ?? configuration.active,
    default_return_url: textOr(configuration.default_return_url, params.default_return_url),
    features: mergedFeatures(configuration.features, params.features ?? {}),
    headline: textOr(configuration.headline, profile.headline),
    metadata: mergeMetadata(configuration.metadata, params.metadata),
    name: textOr(configuration.name, params.name),
    privacy_policy_url: textOr(configuration.privacy_policy_url, profile.privacy_policy_url),
    terms_of_service_url: textOr(configuration.terms_of_service_url, profile.terms_of_service_url),
    updated: tx.now,
  }
}

function mergedFeatures(present: Features, given: NonNullable<ConfigurationParams['features']>): Features {
  const features: Record<string, unknown> = { ...present }
  for (const [name, param] of Object.entries(given)) {
    const before = features[name]
    // The schema has let known features pass only, and their options with them.
    features[name] = mergedOptions(typeof before === 'object' && before !== null ? before : {}, param)
  }
  const result = features as unknown as Features
  const update = result.subscription_update
  if (update.enabled && update.products === null) {
    throw missingParam('features[subscription_update][products]')
  }
  if (update.enabled && update.default_allowed_updates.length === 0) {
    throw missingParam('features[subscription_update][default_allowed_updates]')
  }
  if (result.customer_update.enabled && result.customer_update.allowed_updates.length === 0) {
    throw missingParam('features[customer_update][allowed_updates]')
  }
  if (update.enabled && update.products !== null) {
    const products = update.products.map((product) => ({
      adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
      ...product,
    }))
    return { ...result, subscription_update: { ...update, products } }
  }
  return result
}

/** Lists replace lists, '' empties them, and what stands inside an option is merged in turn. */
function mergedOptions(before: object, given: object): object {
  const result: Record<string, unknown> = { ...before }
  for (const [name, value] of Object.entries(given)) {
    const present = result[name]
    if (value === '') {
      result[name] = Array.isArray(present) ? [] : null
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const inner = typeof present === 'object' && present !== null ? present : {}
      result[name] = mergedOptions(inner, value)
    } else {
      result[name] = value
    }
  }
  return result
}
