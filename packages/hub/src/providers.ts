import { createStripe } from './integrations/stripe/stripe.ts'
import { createSender, STRIPE_ORIGIN, type Sender } from './integrations/stripe/wire/send.ts'
import type { Integration } from './integrations/define.ts'
import type { Connection } from './connections/connection.ts'
import { StartError } from './surfaces/cli/cli.ts'

export interface Providers {
  integrations: Integration[]
  stripe: Integration
  sender: Sender
  originOf: (connection: Pick<Connection, 'kind'>) => string
}

/** The integrations, and the only hosts they may reach. Adding a provider is a folder and a line here. */
export async function createProviders(
  env: Record<string, string | undefined>,
  sandboxOrigin: string | undefined,
): Promise<Providers> {
  const stripeOrigin = loopbackOrigin(env, 'CLAWLINK_STRIPE_URL') ?? STRIPE_ORIGIN
  const sender = createSender([stripeOrigin, ...(sandboxOrigin === undefined ? [] : [sandboxOrigin])])
  const stripe = await createStripe(sender)
  return {
    integrations: [stripe],
    stripe,
    sender,
    originOf(connection) {
      if (connection.kind !== 'sandbox') return stripeOrigin
      if (sandboxOrigin === undefined)
        throw new StartError('The sandbox runs inside the hub: start it with clawlink serve.')
      return sandboxOrigin
    },
  }
}

/** An origin from the environment, for a sandbox of one's own: on this machine alone, so that no key travels. */
export function loopbackOrigin(env: Record<string, string | undefined>, name: string): string | undefined {
  const text = env[name]
  if (text === undefined || text === '') return undefined
  const url = URL.parse(text)
  if (
    url === null ||
    url.protocol !== 'http:' ||
    !['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname)
  ) {
    throw new StartError(
      `${name} must be an http:// address on this machine, such as http://127.0.0.1:12111.`,
    )
  }
  return url.origin
}
