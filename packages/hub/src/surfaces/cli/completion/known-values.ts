import { curatedTools } from '../../../integrations/stripe/tools/index.ts'
import type { Candidate, KnownValues } from './command-tree.ts'

/** What the catalog knows without a hub. Tools beyond the curated ones are found by search. */
export function knownValues(): KnownValues {
  const tool = curatedTools.map(({ name, description }) => ({ value: name, summary: description }))
  return {
    tool,
    group: named(curatedTools.map(({ group }) => group)),
    // A tool's name begins with its integration.
    integration: named(curatedTools.map(({ name }) => name.split('_')[0] ?? '')),
  }
}

function named(values: string[]): Candidate[] {
  return [...new Set(values)].map((value) => ({ value, summary: '' }))
}
