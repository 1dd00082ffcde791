import { DatabaseSync } from 'node:sqlite'
import type { HubOnSandbox } from './hub-on-sandbox.ts'

/** A write that a person approved. */
export interface Written {
  confirmation: string
  kind: 'refund' | 'change' | 'deletion'
  /** The charge, or the customer. */
  object: string
  tool: string
  method: string
  path: string
  params: Record<string, unknown>
}

interface Stored {
  state: string
  intent: string
  attempts: number
}

/** How often each write happened, asked of the sandbox alone, beside what the hub has stored about it. */
export async function compareLedger(
  { stripe, database }: HubOnSandbox,
  writes: Written[],
): Promise<{ states: Record<string, number>; failures: string[] }> {
  const file = new DatabaseSync(database)
  const failures: string[] = []
  const states: Record<string, number> = {}
  try {
    for (const write of writes) {
      const stored = readStored(file, write.confirmation)
      states[stored.state] = (states[stored.state] ?? 0) + 1
      const effects = await countEffects(stripe, write)
      const wrong = (promise: string): void =>
        void failures.push(`${promise}: ${JSON.stringify({ ...write, state: stored.state, effects })}`)
      if (effects > 1) wrong('P3 at most one effect per confirmation')
      if (effects > 0 && stored.attempts === 0) wrong('P4 each attempt is audited before it')
      if (stored.state === 'succeeded' && effects === 0) wrong('P7 what is called succeeded happened')
      if (stored.state === 'failed' && effects > 0) wrong('P7 what is called failed did not happen')
      if (stored.state === 'approved' && effects > 0) wrong('P1 what was not taken did not happen')
      if (!['approved', 'sending', 'reconciling', 'succeeded', 'failed', 'unknown'].includes(stored.state))
        wrong('P7 what was approved has an outcome that can be seen')
    }
  } finally {
    file.close()
  }
  return { states, failures }
}

function readStored(file: DatabaseSync, id: string): Stored {
  const row = file
    .prepare('select state, intent from confirmations where id = ?')
    .get(id) as unknown as Stored
  const rows = file
    .prepare(
      `select count(*) as count from audit where subject = ? and action in
       ('confirmation.sending', 'confirmation.resent', 'confirmation.taken_over')`,
    )
    .get(id) as unknown as { count: number }
  return { ...row, attempts: rows.count }
}

async function countEffects(stripe: HubOnSandbox['stripe'], { kind, object }: Written): Promise<number> {
  if (kind === 'refund') return (await stripe.refunds.list({ charge: object, limit: 100 })).data.length
  const type = kind === 'change' ? 'customer.updated' : 'customer.deleted'
  let count = 0
  for await (const event of stripe.events.list({ type, limit: 100 })) {
    if ((event.data.object as { id?: string }).id === object) count += 1
  }
  return count
}
