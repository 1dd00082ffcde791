import { randomUUID } from 'node:crypto'
import { TOKEN } from './gateway.ts'
import { scriptOf, type Step } from './model.ts'

/** What a person in the Control UI sees and does: it writes in a chat, is asked, and answers. */
export interface Chat {
  /** Says something; the reply, once the turn has ended. */
  say(text: string): Promise<string>
  /** Lets the scripted model take these steps; what each tool answered. */
  take(...steps: Step[]): Promise<string[]>
  /** The next question that this person is asked. */
  nextQuestion(): Promise<Question>
  answer(question: Question, decision: 'allow-once' | 'deny'): Promise<void>
  questions(): number
  close(): void
}

export interface Question {
  id: string
  request: {
    title: string
    description: string
    severity: string
    scope?: object
    allowedDecisions: string[]
  }
  expiresAtMs: number
}

interface Frame {
  type: 'event' | 'res'
  id?: string
  ok?: boolean
  event?: string
  payload?: unknown
  error?: unknown
}

const TURN_TIMEOUT_MS = 120_000

/** A client with the rights of the Control UI, over the gateway's own protocol; `asks`: it can show approvals. */
export async function openChat(url: string, sessionKey: string, asks: boolean): Promise<Chat> {
  const socket = new WebSocket(url.replace('http', 'ws'))
  const waiting = new Map<string, { resolve: (value: unknown) => void; reject: (error: Error) => void }>()
  const listeners = new Set<(frame: Frame) => void>()
  const asked: Question[] = []
  let count = 0

  const request = (method: string, params: unknown): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const id = randomUUID()
      waiting.set(id, { resolve, reject })
      socket.send(JSON.stringify({ type: 'req', id, method, params }))
    })
  const challenged = Promise.withResolvers<void>()
  socket.addEventListener('message', ({ data }) => {
    const frame = JSON.parse(String(data)) as Frame
    if (frame.type === 'res' && frame.id !== undefined) {
      const who = waiting.get(frame.id)
      waiting.delete(frame.id)
      if (frame.ok === true) who?.resolve(frame.payload)
      else who?.reject(new Error(JSON.stringify(frame.error)))
    }
    if (frame.event === 'connect.challenge') challenged.resolve()
    if (frame.event === 'plugin.approval.requested') {
      asked.push(frame.payload as Question)
      count += 1
    }
    for (const listener of listeners) listener(frame)
  })
  socket.addEventListener('error', () => challenged.reject(new Error('the gateway refused the connection')))
  await challenged.promise
  await request('connect', {
    minProtocol: 4,
    maxProtocol: 4,
    client: { id: 'gateway-client', version: '1.0.0', platform: 'test', mode: 'backend' },
    role: 'operator',
    scopes: ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals'],
    caps: asks ? ['approvals'] : [],
    auth: { token: TOKEN },
  })

  /** The first frame that tells something. */
  const until = <Told>(read: (frame: Frame) => Told | undefined, what: string): Promise<Told> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        listeners.delete(listener)
        reject(new Error(`${what} did not come`))
      }, TURN_TIMEOUT_MS)
      const listener = (frame: Frame): void => {
        const told = read(frame)
        if (told === undefined) return
        clearTimeout(timer)
        listeners.delete(listener)
        resolve(told)
      }
      listeners.add(listener)
    })

  const chat: Chat = {
    questions: () => count,
    async say(text) {
      const runId = randomUUID()
      const ended = until((frame) => finalText(frame, runId), 'the end of the turn')
      await request('chat.send', { sessionKey, message: text, idempotencyKey: runId })
      return ended
    },
    async take(...steps) {
      return JSON.parse(await chat.say(scriptOf(steps))) as string[]
    },
    async nextQuestion() {
      const [first] = asked.splice(0, 1)
      if (first !== undefined) return first
      await until((frame) => (frame.event === 'plugin.approval.requested' ? true : undefined), 'a question')
      return chat.nextQuestion()
    },
    async answer({ id }, decision) {
      await request('plugin.approval.resolve', { id, decision })
    },
    close: () => socket.close(),
  }
  return chat
}

interface ChatEvent {
  runId: string
  state: string
  message?: { content?: Array<{ text?: string }> | string }
  errorMessage?: string
}

function finalText({ event, payload }: Frame, runId: string): string | undefined {
  if (event !== 'chat') return undefined
  const chat = payload as ChatEvent
  if (chat.runId !== runId || !['final', 'error', 'aborted'].includes(chat.state)) return undefined
  const content = chat.message?.content
  if (typeof content === 'string') return content
  return content?.map((part) => part.text ?? '').join('') ?? chat.errorMessage ?? ''
}
