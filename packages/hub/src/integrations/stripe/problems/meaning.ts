import type { ProblemCode } from '../../../contract/problem.ts'

/** What an error of Stripe means to the caller. */
export interface Meaning {
  code: ProblemCode
  /** One sentence: it names a tool, or says who has to act. */
  nextStep: string
}

/** Names of Stripe's that mean the same, separated by white space. */
export interface MeaningGroup extends Meaning {
  names: string
}

/** The groups by name; a map, because a name from outside may be one of the prototype's. */
export function meaningsByName(groups: readonly MeaningGroup[]): ReadonlyMap<string, Meaning> {
  const byName = new Map<string, Meaning>()
  for (const { names, code, nextStep } of groups) {
    for (const name of names.trim().split(/\s+/)) {
      if (byName.has(name)) throw new Error(`${name} has two meanings`)
      byName.set(name, { code, nextStep })
    }
  }
  return byName
}
