/** How a client is told of one MCP server. */
export type ServerEntry = { type?: 'http'; url: string } | { type?: 'stdio'; command: string; args: string[] }

/** The configuration as data: what a section of it names. */
export type Config = Record<string, unknown>

/** A kind of configuration file, edited as a text so that comments and order stay. */
export interface ConfigFormat {
  /** Throws a `ConfigSyntax` where it is not what its client could read. */
  read(text: string): Config
  /** The text with our server in `section`, or without it where `entry` is undefined. */
  edit(text: string, section: string, entry: ServerEntry | undefined): string
}

/** The name under which clients list the hub. */
export const SERVER_NAME = 'clawlink'

export class ConfigSyntax extends Error {
  override name = 'ConfigSyntax'
}

/** What stands under our name; `undefined` where nothing does. */
export function entryIn(config: Config, section: string): unknown {
  const servers = config[section]
  if (servers === undefined) return undefined
  if (!isTable(servers)) throw new ConfigSyntax(`${section} is not a table of servers`)
  return servers[SERVER_NAME]
}

export function isTable(value: unknown): value is Config {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
