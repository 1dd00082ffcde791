import type { Fault } from './fault.ts'

/** Faults for the next requests that match. */
export interface FaultRule {
  /** As it was written, for people to read. */
  fault: string
  faults: readonly Fault[]
  /** Any unless given. */
  method?: string
  /** The whole path, or its beginning with a `*` at the end; any unless given. */
  path?: string
  /** How many requests are still to be hit. */
  times: number
}

/** What has been ordered, in the order in which it was ordered. */
export interface FaultPlan {
  add(rule: FaultRule): void
  /** The faults for this request; one request uses up one time of one rule. */
  take(method: string, path: string): readonly Fault[]
  list(): readonly FaultRule[]
  clear(): void
}

export function createFaultPlan(): FaultPlan {
  let rules: FaultRule[] = []
  return {
    add: (rule) => void rules.push({ ...rule }),
    take(method, path) {
      const rule = rules.find((candidate) => isFor(candidate, method, path))
      if (!rule) return []
      rule.times -= 1
      if (rule.times <= 0) rules = rules.filter((other) => other !== rule)
      return rule.faults
    },
    list: () => rules,
    clear() {
      rules = []
    },
  }
}

function isFor(rule: FaultRule, method: string, path: string): boolean {
  if (rule.method !== undefined && rule.method !== method) return false
  if (rule.path === undefined) return true
  return rule.path.endsWith('*') ? path.startsWith(rule.path.slice(0, -1)) : path === rule.path
}
