import type { Endpoint, Hub } from '../hub.ts'
import type { Settings } from '../settings.ts'
import type { Memory } from './memory.ts'

export interface GateDeps {
  hub: Hub
  endpoints: { preview: Endpoint; call: Endpoint; getConfirmation: Endpoint }
  settings: Settings
  memory: Memory
  /** Milliseconds since the epoch. */
  now: () => number
  log: (message: string) => void
}
