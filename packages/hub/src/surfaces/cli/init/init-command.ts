import { Argument, Option, type Command } from 'commander'
import type { RunCommand } from '../command.ts'
import { FILE_CLIENTS, type FileClientName } from './clients.ts'

const CLIENTS = [...Object.keys(FILE_CLIENTS), 'openclaw']

export function addInit(program: Command, run: RunCommand): void {
  const command = program
    .command('init')
    .description('Tells an agent’s client of the hub: writes its MCP configuration, with a backup beside it.')
    .addArgument(new Argument('<client>', 'the client').choices(CLIENTS))
    .option('--stdio', 'let the client start `clawlink mcp` instead of connecting to the hub')
    .addOption(
      new Option('--project <folder>', 'for this project (default: the folder you are in)').conflicts(
        'global',
      ),
    )
    .option('--global', 'for every project of yours')
    .option('--undo', 'take back what init wrote, and nothing else')
    .option('--dry-run', 'say what would be done')
  // Loaded when asked for: no other command should wait for what reads the files.
  run(command, { piped: 'json' }, async (context) => {
    const client = context.words[0] ?? ''
    if (client === 'openclaw') return (await import('./openclaw.ts')).initOpenClaw(context)
    return (await import('./init-file.ts')).initFile(context, FILE_CLIENTS[client as FileClientName])
  })
}
