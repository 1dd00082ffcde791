import { text as readText } from 'node:stream/consumers'
import { confirm, isCancel, password } from '@clack/prompts'
import { Argument, type Command } from 'commander'
import type { Connection } from '../../connections/connection.ts'
import { withLocalHub, type CommandContext, type RunCommand } from './command.ts'
import { UsageError } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { safe } from './safe-text.ts'
import { modeOf, printConnections } from './show-catalog.ts'

const SECRET_KEY_WARNING =
  'This is a secret key, which can do everything in the account. A restricted key (rk_) with only what agents need is safer.'

export function addConnectionCommands(program: Command, run: RunCommand): void {
  const connections = program
    .command('connections')
    .description('The Stripe accounts of the hub in this home.')

  const list = connections.command('list', { isDefault: true }).description('Lists the connections.')
  run(list, { piped: 'json' }, async (context) => {
    const found = (await withLocalHub(context, (hub) => hub.listConnections())).map(listed)
    const { out } = context
    if (out.json) out.data({ connections: found })
    else if (found.length === 0) out.line(safe`No connections yet: clawlink connections add --alias NAME`)
    else printConnections(out, found)
    return EXIT.done
  })

  const add = connections
    .command('add')
    .description(
      'Connects an account by its key, which is asked for, or read from a pipe; never an argument.',
    )
    .requiredOption('--alias <name>', 'what agents call this connection')
    .option('--default', 'use it where a call names no connection')
    .option('--yes', 'connect a live account without asking')
  run(add, { piped: 'json' }, addConnection)

  const remove = connections
    .command('remove')
    .description('Removes a connection and destroys its sealed key.')
    .addArgument(new Argument('<alias>'))
  run(remove, { piped: 'json' }, async (context) => {
    const { out, words } = context
    const [alias = ''] = words
    await withLocalHub(context, (hub) => hub.removeConnection(alias))
    if (out.json) out.data({ removed: alias })
    else out.line(safe`Removed ${alias}. Its key still works at Stripe until it is rolled there.`)
    return EXIT.done
  })

  const unfreeze = connections
    .command('unfreeze')
    .description('Lets a connection be used again that a fault has frozen, once you have looked at it.')
    .addArgument(new Argument('<alias>'))
  run(unfreeze, { piped: 'json' }, async (context) => {
    const { out, words } = context
    const [alias = ''] = words
    await withLocalHub(context, (hub) => hub.unfreezeConnection(alias))
    if (out.json) out.data({ unfrozen: alias })
    else out.line(safe`${alias} can be used again.`)
    return EXIT.done
  })
}

async function addConnection(context: CommandContext): Promise<ExitCode> {
  const { out, options } = context
  const key = await readKey(context)
  if (key === undefined || !(await mayConnect(context, key))) {
    out.aside(safe`Nothing was connected.`)
    return EXIT.failed
  }
  const added = await withLocalHub(context, (hub) =>
    hub.addConnection({ alias: String(options['alias']), key, makeDefault: options['default'] === true }),
  )
  const connection = listed(added)
  const warnings = added.kind === 'secret_key' ? [SECRET_KEY_WARNING] : []
  if (out.json) out.data({ connection, warnings })
  else {
    out.line(
      safe`${out.style('green', 'Connected')} ${connection.alias}: ${connection.account_name} (${connection.account}), ${out.style('bold', modeOf(connection))}`,
    )
  }
  for (const warning of warnings) out.aside(safe`${out.style('yellow', 'Warning:')} ${warning}`)
  return EXIT.done
}

/** Typed unseen, or from a pipe; `undefined` if the person thought better of it. */
async function readKey({ deps }: CommandContext): Promise<string | undefined> {
  const { stdin, stderr } = deps
  if (!stdin.isTTY) {
    const key = (await readText(stdin)).trim()
    if (key === '' || /\s/.test(key))
      throw new UsageError('Standard input must hold one key and nothing else.')
    return key
  }
  const typed = await password({
    message: 'The key of the account (a restricted key, rk_, is best)',
    input: stdin,
    // Not standard output, which may be a file that wants the JSON.
    output: stderr,
    validate: (value) => ((value ?? '').trim() === '' ? 'Paste the key, or press Ctrl-C.' : undefined),
  })
  return isCancel(typed) ? undefined : typed.trim()
}

/** Real money is said yes to once more, by a person or by the script's author. */
async function mayConnect({ deps, options }: CommandContext, key: string): Promise<boolean> {
  const { stdin, stderr } = deps
  if (!/^[a-z]+_live_/.test(key) || options['yes'] === true) return true
  if (!stdin.isTTY) throw new UsageError('This is a LIVE key: real money. Add --yes to connect it.')
  const answer = await confirm({
    message: 'This is a LIVE key: agents will work with real money, within the policy. Connect it?',
    initialValue: false,
    input: stdin,
    output: stderr,
  })
  return !isCancel(answer) && answer
}

/** In the words of the agents' list of integrations. */
function listed(
  connection: Connection,
): Record<string, unknown> & { alias: string; account: string; account_name: string } {
  return {
    id: connection.id,
    alias: connection.alias,
    integration: connection.integration,
    account: connection.account,
    account_name: connection.displayName,
    mode: connection.mode,
    state: connection.state,
    ...(connection.stateReason === null ? {} : { reason: connection.stateReason }),
    default: connection.isDefault,
    kind: connection.kind,
    ...(connection.kind === 'sandbox' ? { sandbox: true } : {}),
    created_at: connection.createdAt,
  }
}
