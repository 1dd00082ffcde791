import { Command, CommanderError } from 'commander'
import { addAgentCommands } from './agent-commands.ts'
import { addAuditCommands } from './audit-commands.ts'
import type { RunCommand } from './command.ts'
import { commandTree, type CommandNode } from './completion/command-tree.ts'
import { addCompletion } from './completion/completion-command.ts'
import { addConnectionCommands } from './connection-commands.ts'
import type { CliDeps } from './deps.ts'
import { addDoctor } from './doctor.ts'
import { reportFailure, UsageError } from './errors.ts'
import { EXIT, EXIT_CODES_HELP, type ExitCode } from './exit-codes.ts'
import { carriesKey } from './key-arguments.ts'
import { addInit } from './init/init-command.ts'
import { addMcp } from './mcp-command.ts'
import { addPair } from './pair.ts'
import { addPairingCommands } from './pairing-commands.ts'
import { addPolicyCommands } from './policy-commands.ts'
import { createOutput } from './print.ts'
import { addServe } from './serve.ts'
import { addSetupLink } from './setup-link.ts'
import { DEFAULT_HUB, readSettings } from './settings.ts'

export { StartError, type CliDeps, type Diagnosis, type LocalHub, type RunningHub } from './deps.ts'

/** The command line: `argv` is what follows the program's name. Answers the exit code. */
export async function runCli(argv: string[], deps: CliDeps): Promise<number> {
  const isAsked = argv.includes('--json')
  const isPiped = !deps.stdout.isTTY
  let out = createOutput(deps, isAsked || isPiped)
  let exit: ExitCode = EXIT.done
  let helpForError = ''

  const run: RunCommand = (command, { piped }, work) => {
    command.action(async () => {
      out = createOutput(deps, isAsked || (isPiped && piped === 'json'))
      const options: Record<string, unknown> = command.optsWithGlobals()
      exit = await work({
        deps,
        out,
        settings: readSettings(deps, options),
        options,
        words: command.args,
      })
    })
  }

  try {
    // First of all: nothing after this line may repeat an argument in an error.
    if (argv.some(carriesKey)) throw keyRefused()
    const program = createProgram(deps.version)
    writeTo(program, deps, (text) => (helpForError += text))
    addCommands(program, run)
    await program.parseAsync(argv, { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) exit = reportFailure(error, out, deps)
    else if (error.exitCode === 0) exit = EXIT.done
    else if (error.code === 'commander.help') {
      deps.stderr.write(helpForError)
      exit = EXIT.usage
    } else exit = reportFailure(error, out, deps)
  }
  await Promise.all([flush(deps.stdout), flush(deps.stderr)])
  return exit
}

function addCommands(program: Command, run: RunCommand): void {
  addServe(program.commandsGroup('The hub on this machine:'), run)
  addSetupLink(program, run)
  addConnectionCommands(program, run)
  addPolicyCommands(program, run)
  addAuditCommands(program, run)
  addDoctor(program, run)
  addPair(program.commandsGroup('As a paired device:'), run)
  addPairingCommands(program, run)
  addAgentCommands(program, run)
  addMcp(program, run)
  addInit(program.commandsGroup('For clients and shells:'), run)
  addCompletion(program, run)
}

/** The commands for completion, which runs none of them. */
export async function loadCommandTree(): Promise<CommandNode> {
  const { knownValues } = await import('./completion/known-values.ts')
  const program = createProgram('')
  addCommands(program, () => {})
  return commandTree(program, knownValues())
}

function createProgram(version: string): Command {
  return new Command('clawlink')
    .description(
      'Lets AI agents work with Stripe safely: previews, approvals, at-most-once writes, an audit log.',
    )
    .version(version, '-V, --version', 'the version of this program')
    .option('--home <folder>', 'where the hub and this device keep their data (CLAWLINK_HOME; ~/.clawlink)')
    .option('--hub <url>', `the hub's address (CLAWLINK_URL; the paired one; ${DEFAULT_HUB})`)
    .option('--json', 'JSON on standard output, as when it is piped')
    .exitOverride()
    .configureHelp({
      showGlobalOptions: true,
      subcommandTerm: (command) =>
        [
          command.name(),
          ...command.registeredArguments.map((one) => (one.required ? `<${one.name()}>` : `[${one.name()}]`)),
        ].join(' '),
    })
    .addHelpText('afterAll', `\n${EXIT_CODES_HELP}`)
}

/** Before there are commands: each takes it over from the program. */
function writeTo(program: Command, deps: CliDeps, onErrorText: (text: string) => void): void {
  program.configureOutput({
    writeOut: (text) => void deps.stdout.write(text),
    // Errors are told by `reportFailure`; help that was not asked for is kept for standard error.
    writeErr: onErrorText,
    getOutHelpWidth: () => deps.stdout.columns || 100,
    getErrHelpWidth: () => deps.stderr.columns || 100,
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  })
}

function keyRefused(): UsageError {
  return new UsageError(
    'An argument looks like a Stripe key. Arguments are kept in shell histories and shown in process lists: let `clawlink connections add` ask for the key, or pipe it in. Roll a key that was typed there.',
  )
}

/** Ends when what was written has left this process: `process.exit` would cut a pipe short. */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve())
  })
}
