import { Argument, type Command } from 'commander'
import type { RunCommand } from '../command.ts'
import { EXIT } from '../exit-codes.ts'
import { SCRIPTS, SHELLS, WHERE, type Shell } from './scripts.ts'

export function addCompletion(program: Command, run: RunCommand): void {
  const command = program
    .command('completion')
    .description('Prints the script that lets a shell complete commands, options and tools with the Tab key.')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText('after', `\nWhere it goes:\n${SHELLS.map((shell) => `  ${WHERE[shell]}`).join('\n')}`)
  run(command, { piped: 'text' }, async ({ deps, out, words }) => {
    const script = SCRIPTS[words[0] as Shell](executables(program))
    if (out.json) out.data({ shell: words[0], script })
    else deps.stdout.write(script)
    return EXIT.done
  })
}

/** The program, and each command that it is under a name of its own. */
export function executables(program: Command): string[] {
  const aliases = program.commands.flatMap((command) => command.aliases())
  return [program.name(), ...aliases.filter((alias) => alias.startsWith(`${program.name()}_`)).toSorted()]
}
