import { expect, vi } from 'vitest'
import type { Chat, Question } from './chat.ts'
import { ownerOf, type Owner } from './people.ts'
import { invoked, startWorld, told, type World } from './world.ts'

export const REFUND = 'stripe_create_refund'

/** What the tests tell their stories with: a world, its owner, and the chat that is open. */
export interface Scene {
  world: World
  owner: Owner
  chat: Chat
  /** A turn in which the model calls one tool; what the tool answered. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
  call(tool: string, args?: Record<string, unknown>): Promise<any>
  /** The same with clawlink_call_tool, about which the person is asked first. */
  callAndAsk(args: Record<string, unknown>): Promise<{ question: Question; answer: Promise<string> }>
  /** Calls a tool over HTTP, where nobody can be asked. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
  invoke(tool: string, args: unknown): Promise<any>
  /** A charge of $100.00. */
  charged(): Promise<string>
  refundsOf(charge: string): Promise<number>
  becomes(confirmation: string, state: string): Promise<void>
}

export async function setScene(): Promise<Scene> {
  const world = await startWorld()
  const owner = ownerOf(world.hub)
  const scene: Omit<Scene, 'chat'> & { chat?: Chat } = {
    world,
    owner,
    async call(tool, args = {}) {
      const [answer] = await open().take({ tool, args })
      return told(answer)
    },
    async callAndAsk(args) {
      const chat = open()
      const answer = chat.take({ tool: 'clawlink_call_tool', args }).then(([text]) => text ?? '')
      // A turn that ends without a question says why.
      const question = await Promise.race([chat.nextQuestion(), answer.then(notAsked)])
      return { question, answer }
    },
    invoke: (tool, args) => invoked(world.gateway, tool, args),
    charged: async () => (await world.hub.charge(10_000, 'usd')).charge,
    refundsOf: async (charge) => (await world.hub.stripe.refunds.list({ charge })).data.length,
    becomes: (confirmation, state) =>
      vi.waitFor(async () => expect(await owner.stateOf(confirmation)).toBe(state), { timeout: 10_000 }),
  }
  const open = (): Chat => {
    if (scene.chat === undefined) throw new Error('no chat is open')
    return scene.chat
  }
  return scene as Scene
}

function notAsked(answer: string): never {
  throw new Error(`nobody was asked; the call answered ${answer}`)
}
