import { Argument, Option, type Command } from 'commander'
import { agentEndpoints } from '../agent-endpoints.ts'
import { collectInput, inputOptions, wholeNumber } from './agent-options.ts'
import { connectToHub, type AskHub, type Input } from './ask-hub.ts'
import type { RunCommand } from './command.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import type { Output } from './print.ts'
import { showIntegrations, showSearch, showTool, showTools } from './show-catalog.ts'
import { showConfirmation, showResult } from './show-write.ts'
import { printTree } from './table.ts'
import { callAndWait, waitForConfirmation } from './wait.ts'
import type { DeviceEndpoint } from '../endpoint.ts'

/** Looked at by people, a command of the hub's is more than its JSON; without an entry here it is just that. */
interface Appearance {
  command: string
  /** The field that may be typed without its option. */
  positional?: string
  /** The positional takes all the words there are. */
  isWords?: boolean
  show: (out: Output, answer: unknown) => void
  options?: Option[]
  run?: (ask: AskHub, input: Input, options: Record<string, unknown>, out: Output) => Promise<Answer>
}

export interface Answer {
  body: unknown
  exit: ExitCode
}

const seconds = (help: string): Option =>
  new Option('--seconds <number>', help).argParser(wholeNumber('--seconds'))

const APPEARANCES: Record<string, Appearance> = {
  clawlink_list_integrations: { command: 'integrations', show: showIntegrations },
  clawlink_list_tools: { command: 'tools', show: showTools },
  clawlink_search_tools: { command: 'search', positional: 'query', isWords: true, show: showSearch },
  clawlink_describe_tool: { command: 'describe', positional: 'tool', show: showTool },
  clawlink_preview_tool: { command: 'preview', positional: 'tool', show: showConfirmation },
  clawlink_call_tool: {
    command: 'call',
    positional: 'tool',
    show: showResult,
    options: [
      new Option('--wait', "wait for a person's approval of --confirmation, then call"),
      seconds('with --wait: at most this long'),
    ],
    run: callAndWait,
  },
  clawlink_get_confirmation: {
    command: 'wait',
    positional: 'confirmation',
    show: showConfirmation,
    run: waitForConfirmation,
  },
}

/** A command for each thing that agents can do, under its short name and under the tool's own. */
export function addAgentCommands(program: Command, run: RunCommand): void {
  for (const endpoint of agentEndpoints) addAgentCommand(program, run, endpoint)
}

function addAgentCommand(program: Command, run: RunCommand, endpoint: DeviceEndpoint): void {
  const plain: Appearance = { command: endpoint.name.replace(/^clawlink_/, ''), show: printTree }
  const appearance = APPEARANCES[endpoint.name] ?? plain
  const options = inputOptions(endpoint)
  const command = program.command(appearance.command).alias(endpoint.name).description(endpoint.summary)
  const { positional, isWords = false } = appearance
  if (positional !== undefined) {
    command.addArgument(new Argument(isWords ? `[${positional}...]` : `[${positional}]`))
  }
  for (const { option } of options) command.addOption(option)
  for (const option of appearance.options ?? []) command.addOption(option)

  run(command, { piped: 'json' }, async ({ deps, out, settings, options: given, words }) => {
    const typed = words.length === 0 ? undefined : words.join(' ')
    const input = await collectInput(
      options,
      given,
      positional === undefined ? undefined : { field: positional, value: typed },
      deps,
    )
    const ask = await connectToHub(settings)
    const answer = await (appearance.run ?? askOnce(endpoint))(ask, input, given, out)
    if (out.json) out.data(answer.body)
    else appearance.show(out, answer.body)
    return answer.exit
  })
}

function askOnce(endpoint: DeviceEndpoint): NonNullable<Appearance['run']> {
  return async (ask, input) => ({ body: await ask(endpoint, input), exit: EXIT.done })
}
