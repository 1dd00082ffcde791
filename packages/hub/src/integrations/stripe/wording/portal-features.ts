import { cleanLine } from '../../../contract/clean-text.ts'
import type { Params } from '../../define.ts'
import { isObject, listAt, objectAt, textAt } from '../json.ts'

/** What an option of a feature does, beside what the feature itself is called. */
interface Feature {
  /** `see their invoices`; told of the feature as a configuration or the params of a new one hold it. */
  says: (feature: Params) => string
  /** The options that `says` tells. */
  tells: string[]
}

const PRORATIONS: Record<string, string> = {
  none: 'without proration',
  create_prorations: 'prorated on the next invoice',
  always_invoice: 'prorated and invoiced at once',
}

/** What the portal can let customers do, in the order in which it is told. */
export const PORTAL_FEATURES: Record<string, Feature> = {
  customer_update: {
    says: (feature) => `change their own ${words(feature['allowed_updates'])}`,
    tells: ['allowed_updates'],
  },
  invoice_history: { says: () => 'see and download their invoices', tells: [] },
  payment_method_update: { says: () => 'add, change and remove payment methods', tells: [] },
  subscription_cancel: {
    says: (feature) =>
      textAt(feature, 'mode') === 'immediately'
        ? `cancel subscriptions at once, ${proration(feature)}`
        : 'cancel subscriptions at the end of the period',
    tells: ['mode', 'proration_behavior', 'cancellation_reason'],
  },
  subscription_pause: { says: (feature) => `pause subscriptions${pauseText(feature)}`, tells: ['duration'] },
  subscription_update: {
    says: (feature) =>
      `change the ${words(feature['default_allowed_updates'])} of subscriptions among ${products(feature)}, ${proration(feature)}`,
    tells: ['default_allowed_updates', 'proration_behavior', 'products'],
  },
}

/** What is switched on, by the name of the feature. */
export function enabledFeatures(features: Params): Array<[name: string, feature: Params]> {
  return Object.keys(PORTAL_FEATURES).flatMap((name): Array<[string, Params]> => {
    const feature = objectAt(features, name)
    return feature?.['enabled'] === true ? [[name, feature]] : []
  })
}

/** One feature in words; options that the words leave out follow literally. */
export function featureText(name: string, feature: Params): string {
  const { says, tells } = PORTAL_FEATURES[name] ?? { says: () => name, tells: [] }
  const rest = Object.entries(feature).filter(([key]) => key !== 'enabled' && !tells.includes(key))
  const also = rest.length === 0 ? '' : `; also ${cleanLine(JSON.stringify(Object.fromEntries(rest)), 150)}`
  return says(feature) + also
}

function products(feature: Params): string {
  const count = listAt(feature, 'products').length
  return count === 1 ? '1 product' : `${count} products`
}

function proration(feature: Params): string {
  const behavior = textAt(feature, 'proration_behavior') ?? 'none'
  return PRORATIONS[behavior] ?? cleanLine(behavior, 40)
}

function pauseText(feature: Params): string {
  const duration = objectAt(feature, 'duration')
  if (duration === undefined) return ' for a month'
  if (textAt(duration, 'type') === 'indefinite') return ' without an end'
  const options = listAt(duration, 'interval_options').map((option) => {
    const [count, interval] = [option['interval_count'], textAt(option, 'interval') ?? 'period']
    return typeof count === 'number' && count > 1 ? `${count} ${interval}s` : `a ${interval}`
  })
  return options.length === 0 ? ' for a month' : ` for ${options.join(' or ')}`
}

function words(list: unknown): string {
  const texts = Array.isArray(list) ? list.filter((item) => typeof item === 'string') : []
  return texts.length === 0
    ? 'nothing'
    : texts.map((text) => cleanLine(text.replaceAll('_', ' '), 40)).join(', ')
}

/** `see their invoices; cancel subscriptions …`, of a whole configuration. */
export function abilities(configuration: Params): string {
  const features = configuration['features']
  const texts = isObject(features)
    ? enabledFeatures(features).map(([name, feature]) => PORTAL_FEATURES[name]?.says(feature) ?? name)
    : []
  return texts.length === 0 ? 'nothing' : texts.join('; ')
}
