import type { NewId, Now } from '../contract/ids.ts'
import type { Storage } from '../storage/storage.ts'
import type { Audit } from './audit.ts'

/** What every operation that changes something works with; nothing reads the clock or makes an id around it. */
export interface Context {
  storage: Storage
  audit: Audit
  now: Now
  newId: NewId
}
