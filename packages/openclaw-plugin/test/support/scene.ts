import { expect, vi } from 'vitest'
import type { Chat, Question } from './chat.ts'
import { ownerOf, type Owner } from './people.ts'
import { invoked, startWorld, told, type World } from './world.ts'

export const REFUND = 'stripe_create_refund'

/** What the tests tell their stories with: a world, its owner, and the chat that is open. */
export class Scene {
  #world: World | undefined
  #chat: Chat | undefined

  async set(): Promise<void> {
    this.#world = await startWorld()
  }

  get world(): World {
    if (this.#world === undefined) throw new Error('the world has not started')
    return this.#world
  }

  get owner(): Owner {
    return ownerOf(this.world.hub)
  }

  get chat(): Chat {
    if (this.#chat === undefined) throw new Error('no chat is open')
    return this.#chat
  }

  /** Opens a chat in place of the one before; in some, nobody can be asked. */
  async openChat(session: string, options?: { asks: boolean }): Promise<void> {
    this.#chat?.close()
    this.#chat = await this.world.chat(session, options)
  }

  /** A turn in which the model calls one tool; what the tool answered. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
  async call(tool: string, args: Record<string, unknown> = {}): Promise<any> {
    const [answer] = await this.chat.take({ tool, args })
    return told(answer)
  }

  /** The same with clawlink_call_tool, about which the person is asked first. */
  async callAndAsk(args: Record<string, unknown>): Promise<{ question: Question; answer: Promise<string> }> {
    const answer = this.chat.take({ tool: 'clawlink_call_tool', args }).then(([text]) => text ?? '')
    // A turn that ends without a question says why.
    const question = await Promise.race([this.chat.nextQuestion(), answer.then(notAsked)])
    return { question, answer }
  }

  /** Calls a tool over HTTP, where nobody can be asked. */
  // oxlint-disable-next-line typescript/no-explicit-any -- tests look into answers as their readers do
  invoke(tool: string, args: unknown): Promise<any> {
    return invoked(this.world.gateway, tool, args)
  }

  /** A charge of $100.00. */
  async charged(): Promise<string> {
    return (await this.world.hub.charge(10_000, 'usd')).charge
  }

  async refundsOf(charge: string): Promise<number> {
    return (await this.world.hub.stripe.refunds.list({ charge })).data.length
  }

  becomes(confirmation: string, state: string): Promise<void> {
    const isSo = async (): Promise<void> => expect(await this.owner.stateOf(confirmation)).toBe(state)
    return vi.waitFor(isSo, { timeout: 10_000 })
  }
}

function notAsked(answer: string): never {
  throw new Error(`nobody was asked; the call answered ${answer}`)
}
