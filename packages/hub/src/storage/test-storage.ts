import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStorage, type Storage } from './storage.ts'

/** A new database in a temporary folder. For tests alone. */
export interface TestStorage {
  storage: Storage
  folder: string
  file: string
  close(): Promise<void>
}

export async function openTestStorage(): Promise<TestStorage> {
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-storage-'))
  const file = join(folder, 'hub.db')
  const storage = await openStorage(file)
  return {
    storage,
    folder,
    file,
    async close() {
      await storage.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
