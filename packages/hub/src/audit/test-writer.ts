import { once } from 'node:events'
import type { WorkspaceId } from '../contract/ids.ts'
import { openStorage } from '../storage/storage.ts'
import { createAudit } from './audit.ts'

/** Another process that writes the same log. For tests alone. */
const [file = '', rows = '0'] = process.argv.slice(2)
const storage = await openStorage(file)
const audit = createAudit(storage.db, Buffer.alloc(32, 7), Date.now)
process.send?.('ready')
await once(process, 'message')
for (let row = 0; row < Number(rows); row += 1) {
  await storage.transaction((tx) =>
    audit.append(tx, {
      actor: { type: 'system', workspace: 'ws_default' as WorkspaceId, part: 'terminal' },
      action: 'thing.done',
      subject: `there_${row}`,
    }),
  )
}
await storage.close()
process.disconnect?.()
