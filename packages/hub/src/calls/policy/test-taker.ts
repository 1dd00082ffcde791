import { once } from 'node:events'
import type { DeviceActor } from '../../contract/actor.ts'
import type { ConfirmationId } from '../../contract/ids.ts'
import { loadConfirmation } from '../../confirmations/store.ts'
import { contextOf, DEVICE, START, WORKSPACE } from '../../confirmations/test-confirmation.ts'
import { openStorage } from '../../storage/storage.ts'
import { takeWithinPolicy } from '../take-within-policy.ts'

/** One node of a race: takes every confirmation it is told of, if the policy lets it. For tests alone. */
const [file = '', ids = ''] = process.argv.slice(2)
const storage = await openStorage(file)
const context = contextOf(storage, () => START)
const node = `node_${process.pid}`
// Both have opened the database before either begins.
process.send?.('ready')
await once(process, 'message')
const taken: string[] = []
for (const id of ids.split(',') as ConfirmationId[]) {
  const { intent } = await loadConfirmation(storage.db, WORKSPACE, id)
  const { effect, stakes } = intent
  if (stakes === undefined) throw new Error('not what the test made')
  const won = await storage
    .transaction((tx) =>
      takeWithinPolicy({ context, node }, tx, DEVICE as DeviceActor, intent, { effect, stakes }),
    )
    .then(
      (applied) => applied !== 'policy_changed' && applied.ok,
      (error: { code?: string }) => {
        if (error.code !== 'tool_blocked') throw error
        return false
      },
    )
  if (won) taken.push(id)
}
await storage.close()
process.send?.(taken)
process.disconnect?.()
