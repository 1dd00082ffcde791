import { hostname } from 'node:os'
import { join } from 'node:path'
import { createDeviceClient } from '@clawlink/client'
import { createCommand } from './command.ts'
import { beforeCall } from './gate/before-call.ts'
import type { GateDeps } from './gate/gate.ts'
import { createMemory } from './gate/memory.ts'
import { createHub } from './hub.ts'
import type { OpenClawApi } from './openclaw-api.ts'
import { createPairing, type Polls } from './pairing.ts'
import { readSettings } from './settings.ts'
import { agentTool } from './tool-table.ts'
import { createTools } from './tools.ts'

/** A preview reads what is concerned from Stripe, which can take its time. */
const HOOK_TIMEOUT_MS = 60_000

/** One for the process: OpenClaw registers the plugin more than once, and a call may meet both registrations. */
const memory = createMemory()
const polls: Polls = { running: undefined }

export default {
  id: 'clawlink-plugin',
  name: 'ClawLink',
  description: 'Stripe through your own ClawLink hub, with a person’s approval for every write.',
  register(api: OpenClawApi): void {
    const settings = readSettings(api.pluginConfig, hostname())
    const folder = join(api.runtime.state.resolveStateDir(), 'clawlink')
    const files = {
      credentialsFile: join(folder, 'device.json'),
      pendingFile: join(folder, 'pairing.json'),
    }
    const hub = createHub({
      client: createDeviceClient({ credentialsFile: files.credentialsFile }),
      credentialsFile: files.credentialsFile,
      configuredHub: settings.hubUrl,
      finishPairing: () => pairing.finish(),
    })
    const pairing = createPairing({
      ...files,
      settings,
      isPaired: () => hub.ask(agentTool('clawlink_list_integrations'), {}),
      onPaired() {
        memory.mayAttest = true
      },
      polls,
    })
    const deps: GateDeps = {
      hub,
      endpoints: {
        preview: agentTool('clawlink_preview_tool'),
        call: agentTool('clawlink_call_tool'),
        getConfirmation: agentTool('clawlink_get_confirmation'),
      },
      settings,
      memory,
      now: Date.now,
      log: (message) => api.logger.warn(message),
    }

    for (const tool of createTools(deps, pairing)) api.registerTool(tool)
    api.on('before_tool_call', (event, context) => beforeCall(deps, event, context), {
      matcher: ['clawlink_call_tool'],
      timeoutMs: HOOK_TIMEOUT_MS,
    })
    api.registerCommand(createCommand({ hub, pairing, files, settings }))
  },
}
