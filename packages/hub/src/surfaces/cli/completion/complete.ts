import type { Candidate, CommandNode, OptionNode } from './command-tree.ts'

/**
 * What the last of `words` may become; they follow the program's name, as typed up to the cursor.
 * Nothing where anything may stand: the shell then offers files.
 */
export function complete(root: CommandNode, words: string[]): Candidate[] {
  const current = words.at(-1) ?? ''
  const { path, placed, pending, isOnlyWords } = readWords(root, words.slice(0, -1))
  const command = path.at(-1) ?? root
  const options = path.flatMap((one) => one.options)

  if (pending !== undefined) return startingWith(current, pending.values)
  const [name = '', value] = splitAssignment(current)
  if (!isOnlyWords && value !== undefined) {
    const values = findOption(options, name)?.values ?? []
    return startingWith(
      current,
      values.map((one) => ({ ...one, value: `${name}=${one.value}` })),
    )
  }
  if (!isOnlyWords && current.startsWith('-')) return startingWith(current, options.flatMap(optionNames))
  if (placed.length === 0 && command.commands.length > 0) return commandNames(command.commands, current)
  return startingWith(current, wordAt(command, placed.length)?.values ?? [])
}

interface Reading {
  /** The commands that were named, the program first. */
  path: CommandNode[]
  /** What follows them that is neither an option nor its value. */
  placed: string[]
  /** The option whose value comes next. */
  pending: OptionNode | undefined
  /** After `--` nothing is an option. */
  isOnlyWords: boolean
}

function readWords(root: CommandNode, words: string[]): Reading {
  const path = [root]
  const placed: string[] = []
  let pending: OptionNode | undefined
  let isOnlyWords = false
  for (const word of words) {
    if (pending !== undefined) pending = undefined
    else if (isOnlyWords) placed.push(word)
    else if (word === '--') isOnlyWords = true
    else if (word.startsWith('-')) {
      const option = findOption(
        path.flatMap((one) => one.options),
        word,
      )
      if (option?.takesValue === true) pending = option
    } else {
      const next = placed.length === 0 ? findCommand(path.at(-1) ?? root, word) : undefined
      if (next === undefined) placed.push(word)
      else path.push(next)
    }
  }
  return { path, placed, pending, isOnlyWords }
}

function findOption(options: OptionNode[], name: string): OptionNode | undefined {
  return options.find((option) => option.names.includes(name))
}

function findCommand(command: CommandNode, word: string): CommandNode | undefined {
  return command.commands.find(({ name, aliases }) => name === word || aliases.includes(word))
}

/** `--view=full` is an option and its value in one word. */
function splitAssignment(word: string): [name?: string, value?: string] {
  const match = /^(--[\w-]+)=(.*)$/s.exec(word)
  return match === null ? [] : [match[1] ?? '', match[2] ?? '']
}

function optionNames({ names, summary }: OptionNode): Candidate[] {
  return names.filter((name) => name.startsWith('--')).map((value) => ({ value, summary }))
}

/** An alias is offered to who begins to type it: each command is listed once. */
function commandNames(commands: CommandNode[], current: string): Candidate[] {
  return commands.flatMap(({ name, aliases, summary }) =>
    [name, ...(current === '' ? [] : aliases)]
      .filter((value) => value.startsWith(current))
      .slice(0, 1)
      .map((value) => ({ value, summary })),
  )
}

function wordAt({ words }: CommandNode, index: number): CommandNode['words'][number] | undefined {
  const last = words.at(-1)
  return words[index] ?? (last?.repeats === true ? last : undefined)
}

function startingWith(start: string, candidates: Candidate[]): Candidate[] {
  return candidates.filter(({ value }) => value.startsWith(start))
}
