import type { Command } from 'commander'
import { withLocalHub, type RunCommand } from './command.ts'
import { StartError } from './deps.ts'
import { EXIT } from './exit-codes.ts'
import { safe } from './safe-text.ts'

/** For the operator whose first link expired, or scrolled away in the log of a service. */
export function addSetupLink(program: Command, run: RunCommand): void {
  const command = program
    .command('setup-link')
    .description('Makes a new set-up link, while the hub in this home has no owner.')
  run(command, { piped: 'json' }, async (context) => {
    const { out, settings } = context
    const made = await withLocalHub(context, (hub) => hub.newSetupLink())
    if (made === undefined)
      throw new StartError('This hub has an owner already, so nobody else can become it.')
    const { origin, pathname, search } = new URL(made)
    const link = `${settings.askedHub ?? origin}${pathname}${search}`
    if (out.json) out.data({ setup_link: link })
    else out.line(safe`Open this once to become the owner: ${out.style('cyan', link)}`)
    return EXIT.done
  })
}
