import { join } from 'node:path'
import type { ConfigFormat, ServerEntry } from './config-format.ts'

/** Where clients look for their files. */
export interface Machine {
  platform: NodeJS.Platform
  env: Record<string, string | undefined>
  userHome: string
}

/** A client that keeps its MCP servers in a file. */
export interface FileClient {
  title: string
  format: () => Promise<ConfigFormat>
  section: string
  /** Below the project's folder; `undefined` where the client has one file for all projects. */
  projectFile: string | undefined
  /** `undefined` where the client alone may write it. */
  userFile: ((machine: Machine) => string) | undefined
  /** What tells the client itself; the hub's address follows. */
  userCommand?: string
  /** It starts servers and does not connect to any. */
  isStdioAlone?: boolean
  /** What this client calls the two ways to reach a server. */
  types?: { http: 'http'; stdio?: 'stdio' }
  next: { http: string; stdio: string }
}

const json = async (): Promise<ConfigFormat> => (await import('./json-config.ts')).jsonConfig
const toml = async (): Promise<ConfigFormat> => (await import('./toml-config.ts')).tomlConfig

const PAIR = 'Pair this machine with `clawlink pair`, or ask the agent to: it has clawlink_begin_pairing.'

export const FILE_CLIENTS = {
  claude: {
    title: 'Claude Code',
    format: json,
    section: 'mcpServers',
    projectFile: '.mcp.json',
    // Its own file for the user holds its whole state, and is written while it runs.
    userFile: undefined,
    userCommand: 'claude mcp add --scope user --transport http clawlink',
    types: { http: 'http' },
    next: {
      http: 'Start claude in the project, say yes to the server, then /mcp, clawlink, Authenticate.',
      stdio: `Start claude in the project and say yes to the server. ${PAIR}`,
    },
  },
  'claude-desktop': {
    title: 'Claude Desktop',
    format: json,
    section: 'mcpServers',
    projectFile: undefined,
    userFile: (machine) => join(applicationData(machine), 'Claude', 'claude_desktop_config.json'),
    isStdioAlone: true,
    next: { http: '', stdio: `Quit Claude Desktop and start it again. ${PAIR}` },
  },
  cursor: {
    title: 'Cursor',
    format: json,
    section: 'mcpServers',
    projectFile: join('.cursor', 'mcp.json'),
    userFile: ({ userHome }) => join(userHome, '.cursor', 'mcp.json'),
    next: {
      http: 'In Cursor: Settings, MCP, clawlink, Connect.',
      stdio: `In Cursor: Settings, MCP, switch clawlink on. ${PAIR}`,
    },
  },
  vscode: {
    title: 'VS Code',
    format: json,
    section: 'servers',
    projectFile: join('.vscode', 'mcp.json'),
    userFile: (machine) => join(applicationData(machine), 'Code', 'User', 'mcp.json'),
    types: { http: 'http', stdio: 'stdio' },
    next: {
      http: 'In VS Code: open the file, press Start above the server, and allow the sign-in.',
      stdio: `In VS Code: open the file and press Start above the server. ${PAIR}`,
    },
  },
  codex: {
    title: 'Codex',
    format: toml,
    section: 'mcp_servers',
    projectFile: undefined,
    userFile: ({ env, userHome }) => join(env['CODEX_HOME'] || join(userHome, '.codex'), 'config.toml'),
    next: { http: 'Run `codex mcp login clawlink`, then start codex.', stdio: `Start codex. ${PAIR}` },
  },
} satisfies Record<string, FileClient>

export type FileClientName = keyof typeof FILE_CLIENTS

/** The hub's server in the words of this client. */
export function entryFor(client: FileClient, server: { url: string } | { command: string[] }): ServerEntry {
  if ('url' in server) return { ...(client.types && { type: client.types.http }), url: server.url }
  const [command = '', ...args] = server.command
  return { ...(client.types?.stdio && { type: client.types.stdio }), command, args }
}

function applicationData({ platform, env, userHome }: Machine): string {
  if (platform === 'darwin') return join(userHome, 'Library', 'Application Support')
  if (platform === 'win32') return env['APPDATA'] || join(userHome, 'AppData', 'Roaming')
  return env['XDG_CONFIG_HOME'] || join(userHome, '.config')
}
