import { openSimDatabase } from './simulation/database.ts'
import { runHistory } from './simulation/history.ts'

/** Everything that happens in one history, in order, and the audit log it leaves. */
export async function replay(seed: number): Promise<string[]> {
  const database = await openSimDatabase()
  const { lines, traceHash, evidence } = await runHistory(database, seed, { keepTrace: true })
  const rows = evidence.audit.map(
    ({ at, actor, action, subject, detail }) => `${at} ${actor} ${action} ${subject} ${detail}`,
  )
  return [...lines, '', ...rows, '', `trace ${traceHash}`]
}
