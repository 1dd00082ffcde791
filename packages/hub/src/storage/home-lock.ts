import SQLite from 'better-sqlite3'

export interface HomeLock {
  release(): void
}

/**
 * Holds `file` for this process alone, or answers `undefined` if another one holds it. The operating system lets
 * go of it however the process ends, so that a crash leaves no lock behind.
 */
export function takeHomeLock(file: string): HomeLock | undefined {
  const database = new SQLite(file, { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (error) {
    database.close()
    if ((error as { code?: unknown }).code === 'SQLITE_BUSY') return undefined
    throw error
  }
  return { release: () => database.close() }
}
