import { once } from 'node:events'
import { serveStdio, StdioServerTransport } from '@modelcontextprotocol/server/stdio'
import { NotPaired } from '@clawlink/client'
import type { McpHost, Outcome } from '../mcp/host.ts'
import { createMcpServer } from '../mcp/server.ts'
import { beginPairing } from '../pairing-tools.ts'
import { connectToHub, type Input } from './ask-hub.ts'
import type { CommandContext } from './command.ts'
import { failureOf } from './errors.ts'
import { EXIT, type ExitCode } from './exit-codes.ts'
import { createPairingSteps } from './pairing-steps.ts'
import { safe } from './safe-text.ts'
import type { Settings } from './settings.ts'

/** The hub's MCP server at this end of the wire: what the tools do is asked of the hub, as the device that is paired here. */
export async function serveBridge({ deps, out, settings }: CommandContext): Promise<ExitCode> {
  const host = bridgeHost(settings, deps.version)
  const ended = once(deps.stdin, 'close')
  const bridge = serveStdio(() => createMcpServer(host), {
    transport: new StdioServerTransport(deps.stdin, deps.stdout),
    // Standard output is the protocol's alone.
    onerror: (error) => out.aside(safe`clawlink mcp: ${error.message}`),
  })
  await ended
  await bridge.close()
  return EXIT.done
}

function bridgeHost(settings: Settings, version: string): McpHost {
  const pairing = createPairingSteps(settings, 'MCP client')
  return {
    version,
    now: Date.now,
    run: (endpoint, input, signal) =>
      outcomeOf(async () => (await connectToHub(settings))(endpoint, input as Input, signal)),
    pair: (tool, { deviceLabel }) =>
      outcomeOf(() => (tool === beginPairing ? pairing.begin({ label: deviceLabel }) : pairing.status())),
    async toolCards() {
      const { createStripe } = await import('../../integrations/stripe/stripe.ts')
      const { createSender } = await import('../../integrations/stripe/wire/send.ts')
      return (await createStripe(createSender([]))).tools
    },
  }
}

async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, answer: await work() }
  } catch (error) {
    const { wire } = failureOf(error)
    // The same end as for a command line, but the way there is a tool.
    if (error instanceof NotPaired)
      wire.error.next_step = `Call ${beginPairing.name}, and give the user its code.`
    return { ok: false, problem: wire }
  }
}
