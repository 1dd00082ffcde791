import { ProtocolError, ProtocolErrorCode, type McpServer } from '@modelcontextprotocol/server'
import { refuseCardNumbers } from '../../contract/card-numbers.ts'
import { asProblem } from '../../contract/problem.ts'
import { jobs } from './jobs.ts'

export function addPrompts(server: McpServer): void {
  for (const { name, title, description, args, text } of jobs) {
    server.registerPrompt(name, { title, description, argsSchema: args }, (given) => {
      refuseCards(given)
      return { description, messages: [{ role: 'user', content: { type: 'text', text: text(given) } }] }
    })
  }
}

/** A card number is not handed on to a model either. */
function refuseCards(given: Record<string, unknown>): void {
  try {
    refuseCardNumbers(given)
  } catch (error) {
    const { message, code, nextStep } = asProblem(error)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, message, { code, next_step: nextStep })
  }
}
