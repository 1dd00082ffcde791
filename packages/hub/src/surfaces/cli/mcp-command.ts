import type { Command } from 'commander'
import type { RunCommand } from './command.ts'

export function addMcp(program: Command, run: RunCommand): void {
  const command = program
    .command('mcp')
    .description('Serves MCP on standard input and output, for clients that cannot reach the hub’s /mcp.')
  // Loaded when asked for: no other command should wait for it.
  run(command, { piped: 'text' }, async (context) => (await import('./mcp-bridge.ts')).serveBridge(context))
}
