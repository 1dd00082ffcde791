import { once } from 'node:events'
import type { ConfirmationId } from '../contract/ids.ts'
import { openStorage } from '../storage/storage.ts'
import { applyEvent } from './store.ts'
import { contextOf, START, SYSTEM } from './test-confirmation.ts'

/** One node of a race: takes every confirmation it is told of, as fast as it can. For tests alone. */
const [file = '', ids = ''] = process.argv.slice(2)
const storage = await openStorage(file)
const context = contextOf(storage, () => START)
const holder = `node_${process.pid}`
// Both have opened the database before either begins.
process.send?.('ready')
await once(process, 'message')
const won: string[] = []
for (const id of ids.split(',') as ConfirmationId[]) {
  const applied = await storage.transaction((tx) =>
    applyEvent(context, tx, SYSTEM, id, { type: 'take', holder }, 'sending'),
  )
  if (applied.ok) won.push(id)
}
await storage.close()
process.send?.({ holder, won })
process.disconnect?.()
