import { problem, type Answer, type Body } from '../answer.ts'
import type { GateDeps } from './gate.ts'
import { showFirst } from './hand-out.ts'
import { callKey } from './memory.ts'
import { readView } from './view.ts'

/** Below the minute after which hosts and proxies give up. */
const WAIT_SECONDS = 50

/** Carries out a call that the hook let pass. What the hub has not approved it only hands out, or waits for. */
export async function callTool(
  deps: GateDeps,
  callId: string,
  params: Body,
  signal?: AbortSignal,
): Promise<Answer> {
  const { memory, hub, endpoints } = deps
  const answered = memory.answers.take(callKey(callId, params))
  if (answered !== undefined) return answered
  const { confirmation } = params
  if (typeof confirmation !== 'string') return callUnconfirmed(deps, params, signal)
  if (memory.said.get(confirmation) === 'no') return saidNo(confirmation)

  // OpenClaw does not wait for what its question set off.
  await memory.told.take(confirmation)
  const answer = await hub.ask(endpoints.call, params, signal)
  if (!isPending(answer)) return answer

  const wasHandedOut = memory.handedOut.has(confirmation)
  const wait = { confirmation, wait_seconds: wasHandedOut ? WAIT_SECONDS : 0 }
  const state = await hub.ask(endpoints.getConfirmation, wait, signal)
  const view = state.ok ? readView(state.body) : undefined
  if (view === undefined) return state.ok ? answer : state
  return view.state === 'pending' ? showFirst(memory, view) : hub.ask(endpoints.call, params, signal)
}

/** A read; or a write that came past the hook, which is shown first like any other. */
async function callUnconfirmed(deps: GateDeps, params: Body, signal?: AbortSignal): Promise<Answer> {
  const { memory, hub, endpoints } = deps
  const answer = await hub.ask(endpoints.call, params, signal)
  if (answer.ok || answer.error.code !== 'confirmation_required') return answer
  const { view: _view, fields: _fields, ...write } = params
  const preview = await hub.ask(endpoints.preview, write, signal)
  if (!preview.ok) return preview
  const view = readView(preview.body)
  return view === undefined ? answer : showFirst(memory, view)
}

function isPending(answer: Answer): boolean {
  return !answer.ok && answer.error.code === 'confirmation_pending'
}

function saidNo(confirmation: string): Answer {
  return problem(
    'write_rejected',
    'A person said no to this in the chat. Nothing was sent.',
    'Tell the user, and do not ask for the same again unless they want it.',
    { confirmation },
  )
}
