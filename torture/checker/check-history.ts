import type { Evidence } from '../simulation/evidence.ts'
import { checkApprovals } from './approvals.ts'
import { checkOutcomes } from './outcomes.ts'
import { readLog, type Life } from './read-log.ts'
import { checkStaleness } from './staleness.ts'
import { checkWire } from './wire.ts'

/** A promise that was not kept, and where. */
export type Fail = (promise: string, where: unknown) => void

/**
 * Compares what really happened (the provider's ledger, what left the nodes, what people did) with what the gate wrote
 * down. It shares no code with the gate: it knows the six properties, not how they are kept.
 */
export function checkHistory(evidence: Evidence): string[] {
  const failures: string[] = []
  const fail: Fail = (promise, where) => void failures.push(`${promise}: ${JSON.stringify(where)}`)
  const lives: Map<string, Life> = readLog(evidence)
  checkWire(evidence, lives, fail)
  checkApprovals(evidence, lives, fail)
  checkStaleness(evidence, lives, fail)
  checkOutcomes(evidence, lives, fail)
  for (const change of evidence.changedAfterEnd) fail('P6 what has ended never changes', change)
  if (!evidence.chain.ok) fail('the audit chain is whole', evidence.chain.reason)
  return failures
}
