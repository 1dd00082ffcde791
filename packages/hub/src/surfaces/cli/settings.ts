import { join, resolve } from 'node:path'
import { NotPaired, readCredentials } from '@clawlink/client'
import { defaultHome } from './default-home.ts'
import type { CliDeps } from './deps.ts'
import { UsageError } from './errors.ts'

export const DEFAULT_PORT = 4747
export const DEFAULT_HOST = '127.0.0.1'
export const DEFAULT_HUB = `http://localhost:${DEFAULT_PORT}`

/** The options that every command takes. */
export interface GlobalOptions {
  home?: string
  hub?: string
  json?: boolean
}

export interface Settings {
  home: string
  credentialsFile: string
  /** A pairing that waits for a person, begun by one command and asked about by others. */
  pendingFile: string
  /** The origin that was asked for, if any: it must then be the one that this machine is paired with. */
  askedHub: string | undefined
}

export function readSettings(deps: CliDeps, options: GlobalOptions): Settings {
  const variable = (name: string): string | undefined => deps.env[name] || undefined
  const home = resolve(options.home ?? defaultHome(deps.env))
  const device = variable('CLAWLINK_DEVICE')
  const hub = options.hub ?? variable('CLAWLINK_URL')
  const credentialsFile = device === undefined ? join(home, 'cli', 'device.json') : resolve(device)
  return {
    home,
    credentialsFile,
    pendingFile: `${credentialsFile}.pending`,
    askedHub: hub === undefined ? undefined : originOf(hub),
  }
}

/** The hub that this machine is paired with; `undefined` if it is with none. */
export async function pairedHub(settings: Settings): Promise<string | undefined> {
  try {
    const { hub } = await readCredentials(settings.credentialsFile)
    return new URL(hub).origin
  } catch (error) {
    if (error instanceof NotPaired) return undefined
    throw error
  }
}

/** The hub to work with: the one that was asked for, the paired one, or the one on this machine. */
export async function usualHub(settings: Settings): Promise<string> {
  return settings.askedHub ?? (await pairedHub(settings)) ?? DEFAULT_HUB
}

function originOf(hub: string): string {
  const url = URL.parse(hub)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new UsageError(`${hub} is not the address of a hub. It looks like ${DEFAULT_HUB}.`)
  }
  return url.origin
}
