import { once } from 'node:events'
import { takeHomeLock } from './home-lock.ts'
import { openStorage } from './storage.ts'

/** Another process at the same files. For tests alone. */
const [task = '', file = '', times = '0'] = process.argv.slice(2)
const go = async (): Promise<void> => {
  process.send?.('ready')
  await once(process, 'message')
}

switch (task) {
  case 'open': {
    await go()
    const storage = await openStorage(file)
    await storage.close()
    break
  }
  case 'count': {
    const storage = await openStorage(file)
    await go()
    for (let turn = 0; turn < Number(times); turn += 1) {
      await storage.transaction(async (tx) => {
        const { value } = await tx.selectFrom('hub_facts').selectAll().executeTakeFirstOrThrow()
        await tx
          .updateTable('hub_facts')
          .set({ value: String(Number(value) + 1) })
          .execute()
      })
    }
    await storage.close()
    break
  }
  case 'crash': {
    const storage = await openStorage(file)
    await go()
    await storage.transaction((tx) =>
      tx.insertInto('hub_facts').values({ name: 'committed', value: 'x' }).execute(),
    )
    await storage.transaction(async (tx) => {
      await tx.insertInto('hub_facts').values({ name: 'uncommitted', value: 'x' }).execute()
      process.send?.('in the middle')
      await once(process, 'message')
    })
    break
  }
  case 'lock': {
    const lock = takeHomeLock(file)
    process.send?.(lock === undefined ? 'refused' : 'held')
    // Holds it until it is told to let go, or is killed.
    if (lock !== undefined) await once(process, 'message')
    break
  }
  default:
    throw new Error(`no task ${task}`)
}
process.disconnect?.()
