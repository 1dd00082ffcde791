import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** What the scripted model does next: it calls a tool. After the last, it says what the tools answered. */
export interface Step {
  tool: string
  args: Record<string, unknown>
}

export interface Model {
  url: string
  /** Names of the tools that the model was last offered. */
  offered(): string[]
  /** What the model was last told beside the conversation. */
  system(): string
  close(): Promise<void>
}

interface Message {
  role: string
  content: unknown
}
interface Asked {
  messages: Message[]
  tools?: Array<{ function: { name: string } }>
}

const SCRIPT = 'SCRIPT '

/** The user's message that makes the model take these steps. */
export function scriptOf(steps: Step[]): string {
  return SCRIPT + JSON.stringify(steps)
}

/** An OpenAI-compatible model that follows the script in the user's last message, and thinks nothing of its own. */
export async function startModel(): Promise<Model> {
  let last: Asked = { messages: [] }
  const server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => {
      text += chunk.toString('utf8')
    })
    request.on('end', () => {
      last = JSON.parse(text) as Asked
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      for (const choice of reply(last)) {
        const chunk = {
          id: 'c',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'scripted',
          choices: [choice],
        }
        response.write(`data: ${JSON.stringify(chunk)}\n\n`)
      }
      response.end('data: [DONE]\n\n')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    offered: () => last.tools?.map((tool) => tool.function.name) ?? [],
    system: () =>
      last.messages
        .filter(({ role }) => role === 'system' || role === 'developer')
        .map(textOf)
        .join('\n'),
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

function reply({ messages, tools }: Asked): object[] {
  const from = messages.findLastIndex(
    (message) => message.role === 'user' && textOf(message).includes(SCRIPT),
  )
  const results = messages.slice(from + 1).filter(({ role }) => role === 'tool')
  const step = from === -1 ? undefined : readScript(textOf(messages[from]))[results.length]
  if (step === undefined) {
    return [
      { index: 0, delta: { role: 'assistant', content: JSON.stringify(results.map(textOf)) } },
      { index: 0, delta: {}, finish_reason: 'stop' },
    ]
  }
  const isOffered = tools?.some((tool) => tool.function.name === step.tool) === true
  // What is not offered by itself is called as OpenClaw's Tool Search wants it.
  const call = isOffered
    ? { name: step.tool, arguments: JSON.stringify(step.args) }
    : { name: 'tool_call', arguments: JSON.stringify({ id: step.tool, args: step.args }) }
  const toolCall = {
    index: 0,
    id: `call_${results.length}_${messages.length}`,
    type: 'function',
    function: call,
  }
  return [
    { index: 0, delta: { role: 'assistant', tool_calls: [toolCall] } },
    { index: 0, delta: {}, finish_reason: 'tool_calls' },
  ]
}

function readScript(text: string): Step[] {
  const start = text.indexOf(SCRIPT) + SCRIPT.length
  const end = text.lastIndexOf(']') + 1
  return JSON.parse(text.slice(start, end)) as Step[]
}

function textOf(message: Message | undefined): string {
  const content = message?.content
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.map((part: { text?: string }) => part.text ?? '').join('')
}
