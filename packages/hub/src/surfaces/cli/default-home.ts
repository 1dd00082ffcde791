import { homedir } from 'node:os'
import { join } from 'node:path'

/** Where the hub and the device keep their data, unless an option says otherwise. */
export function defaultHome(env: Record<string, string | undefined>): string {
  return env['CLAWLINK_HOME'] || join(homedir(), '.clawlink')
}
