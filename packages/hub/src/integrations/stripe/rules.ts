import type { Violation } from '@clawlink/stripe-definitions'
import type { Params } from '../define.ts'
import { isObject } from './json.ts'

/**
 * What Stripe insists on between parameters, as data: said to agents as sentences, checked before the wire.
 * Parameters inside others are written `recurring.interval`.
 */
export type Rule =
  | { exactlyOne: string[] }
  | { atLeastOne: string[] }
  | { atMostOne: string[] }
  /** Where `when` has the value `is` (or is given at all), `needs` must be given. */
  | { when: string; is?: string | boolean; needs: string[] }
  /** Where `when` has the value `is` (or is given at all), none of `excludes` may be given. */
  | { when: string; is?: string | boolean; excludes: string[] }
  /** Bounds of an integer, both included. */
  | { param: string; min?: number; max?: number }

export type RuleViolation = Omit<Violation, 'rule'> & { rule: 'required' | 'exclusive' | 'range' }

export function sayRule(rule: Rule): string {
  if ('exactlyOne' in rule) return `Exactly one of ${list(rule.exactlyOne)}.`
  if ('atLeastOne' in rule) return `At least one of ${list(rule.atLeastOne)}.`
  if ('atMostOne' in rule) return `Only one of ${list(rule.atMostOne)}.`
  if ('needs' in rule) return `${condition(rule)} needs ${list(rule.needs)}.`
  if ('excludes' in rule) return `${condition(rule)} does not go with ${list(rule.excludes)}.`
  return `${rule.param} is ${bounds(rule)}.`
}

export function checkRules(rules: readonly Rule[], params: Params): RuleViolation[] {
  return rules.flatMap((rule) => {
    const violation = broken(rule, params)
    return violation === undefined ? [] : [{ ...violation, message: sayRule(rule) }]
  })
}

function broken(rule: Rule, params: Params): Omit<RuleViolation, 'message'> | undefined {
  const given = (names: string[]): string[] => names.filter((name) => valueAt(params, name) !== undefined)
  if ('exactlyOne' in rule) {
    const found = given(rule.exactlyOne)
    if (found.length === 0) return { path: rule.exactlyOne[0] ?? '', rule: 'required' }
    return found.length > 1 ? { path: found[1] ?? '', rule: 'exclusive' } : undefined
  }
  if ('atLeastOne' in rule) {
    return given(rule.atLeastOne).length === 0
      ? { path: rule.atLeastOne[0] ?? '', rule: 'required' }
      : undefined
  }
  if ('atMostOne' in rule) {
    const found = given(rule.atMostOne)
    return found.length > 1 ? { path: found[1] ?? '', rule: 'exclusive' } : undefined
  }
  if ('param' in rule) {
    const value = valueAt(params, rule.param)
    if (typeof value !== 'number') return undefined
    const outside = value < (rule.min ?? -Infinity) || value > (rule.max ?? Infinity)
    return outside ? { path: rule.param, rule: 'range' } : undefined
  }
  const value = valueAt(params, rule.when)
  if (value === undefined || (rule.is !== undefined && value !== rule.is)) return undefined
  if ('excludes' in rule) {
    const [found] = given(rule.excludes)
    return found === undefined ? undefined : { path: found, rule: 'exclusive' }
  }
  const missing = rule.needs.find((name) => valueAt(params, name) === undefined)
  return missing === undefined ? undefined : { path: missing, rule: 'required' }
}

function valueAt(params: Params, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>((at, key) => (isObject(at) && Object.hasOwn(at, key) ? at[key] : undefined), params)
}

function condition({ when, is }: { when: string; is?: string | boolean }): string {
  return is === undefined ? when : `${when}: ${JSON.stringify(is)}`
}

function bounds({ min, max }: { min?: number; max?: number }): string {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`
  return min === undefined ? `at most ${max}` : `at least ${min}`
}

function list(names: string[]): string {
  return names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
