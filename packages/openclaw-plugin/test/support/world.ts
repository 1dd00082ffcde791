import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startTestHub, type TestHub } from '../../../hub/test/support/test-hub.ts'
import { openChat, type Chat } from './chat.ts'
import { startClawHub, type ClawHub } from './clawhub-stand-in.ts'
import { createGateway, readConfig, type Gateway } from './gateway.ts'
import { installHost } from './host.ts'
import { startModel, type Model } from './model.ts'
import { packPlugin } from './plugin-pack.ts'

/** A real OpenClaw with the packed plugin, a real hub on the sandbox, and the people at both. */
export interface World {
  hub: TestHub
  gateway: Gateway
  model: Model
  clawhub: ClawHub
  /** Opens a chat in a session of its own; in some, nobody can be asked. */
  chat(session: string, options?: { asks: boolean }): Promise<Chat>
  close(): Promise<void>
}

export const PLUGIN = 'clawlink-plugin'

export async function startWorld(): Promise<World> {
  await installHost()
  const folder = mkdtempSync(join(tmpdir(), 'clawlink-packed-'))
  const [hub, packed, model] = await Promise.all([startTestHub(), packPlugin(folder), startModel()])
  const clawhub = await startClawHub(packed.tarball, packed.name, packed.version)
  const gateway = await createGateway({ model: model.url, clawhub: clawhub.url })
  const chats: Chat[] = []
  return {
    hub,
    gateway,
    model,
    clawhub,
    async chat(session, { asks } = { asks: true }) {
      const chat = await openChat(gateway.url, `agent:main:${session}`, asks)
      chats.push(chat)
      return chat
    },
    async close() {
      for (const chat of chats) chat.close()
      await gateway.remove()
      await Promise.all([clawhub.close(), model.close(), hub.stop()])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/** What `openclaw config set` would write, without its twelve seconds. */
export function writePluginConfig(gateway: Gateway, config: object): void {
  const before = readConfig(gateway) as { plugins: { entries: Record<string, object> } }
  before.plugins.entries[PLUGIN] = { ...before.plugins.entries[PLUGIN], config }
  writeFileSync(join(gateway.stateDir, 'openclaw.json'), JSON.stringify(before, null, 2))
}

/** What is in a tool's answer, which is JSON in a text. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
export function told(text: string | undefined): any {
  const start = text?.indexOf('{') ?? -1
  if (text === undefined || start === -1) throw new Error(`no JSON was answered: ${text}`)
  return JSON.parse(text.slice(start, text.lastIndexOf('}') + 1))
}

/** The same, of a tool that was called over HTTP. */
// oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
export async function invoked(gateway: Gateway, tool: string, args: unknown): Promise<any> {
  const { status, body } = await gateway.invoke(tool, args)
  const { result } = body as { result?: { content: Array<{ text: string }> } }
  if (status !== 200 || result === undefined) throw new Error(`${tool}: ${status} ${JSON.stringify(body)}`)
  return told(result.content[0]?.text)
}
