import type { Argument, Command, Option } from 'commander'

/** What may be typed at some place. */
export interface Candidate {
  value: string
  summary: string
}

export interface OptionNode {
  /** As they are typed: `-V`, `--version`. */
  names: string[]
  summary: string
  takesValue: boolean
  /** Empty where anything may stand. */
  values: Candidate[]
}

/** A command as completion sees it: plain data, so that it can be kept between two keystrokes. */
export interface CommandNode {
  name: string
  aliases: string[]
  summary: string
  options: OptionNode[]
  /** What each word after the command may be; the last is asked about again if it `repeats`. */
  words: Array<{ values: Candidate[]; repeats: boolean }>
  commands: CommandNode[]
}

/** What an option or a word of this name may be, where the command line itself does not know. */
export type KnownValues = Record<string, Candidate[]>

/** The commands as they are declared, and nothing beside them. */
export function commandTree(command: Command, known: KnownValues): CommandNode {
  const help = command.createHelp()
  return {
    name: command.name(),
    aliases: command.aliases(),
    summary: firstSentence(command.description()),
    options: help.visibleOptions(command).map((option) => optionNode(option, known)),
    words: command.registeredArguments.map((argument) => ({
      values: valuesOf(argument.name(), argument.argChoices, known),
      repeats: argument.variadic,
    })),
    commands: help
      .visibleCommands(command)
      .filter((one) => one.name() !== 'help')
      .map((one) => commandTree(one, known)),
  }
}

function optionNode(option: Option, known: KnownValues): OptionNode {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    summary: option.description,
    takesValue: option.required || option.optional,
    values: valuesOf(option.attributeName(), option.argChoices, known),
  }
}

function valuesOf(name: string, choices: Argument['argChoices'], known: KnownValues): Candidate[] {
  if (choices !== undefined) return choices.map((value) => ({ value, summary: '' }))
  return Object.hasOwn(known, name) ? (known[name] ?? []) : []
}

/** A shell has a part of a line for it. */
function firstSentence(text: string): string {
  return text.replace(/[.:;]( .*)?$/s, '')
}
