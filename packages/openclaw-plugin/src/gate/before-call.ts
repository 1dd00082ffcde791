import { problem, type Answer, type Body } from '../answer.ts'
import type { ToolCallContext, ToolCallEvent, ToolCallVerdict } from '../openclaw-api.ts'
import type { Settings } from '../settings.ts'
import { askPerson } from './ask-person.ts'
import type { GateDeps } from './gate.ts'
import { showFirst } from './hand-out.ts'
import { callKey, writeKey } from './memory.ts'
import { writePrompt, type Prompt } from './prompt.ts'
import { isUpToTheAgent, readView, type View } from './view.ts'

/**
 * Before each clawlink_call_tool: finds out what the write would do, and asks the person in the chat where that is
 * enough. Whatever it lets pass still meets the hub, which sends nothing that is not approved as its policy says.
 */
export async function beforeCall(
  deps: GateDeps,
  event: ToolCallEvent,
  context: ToolCallContext,
): Promise<ToolCallVerdict | undefined> {
  const { memory } = deps
  const found = await findWrite(deps, event.params, context)
  if (found.kind === 'read') return undefined
  if (found.kind === 'refused') {
    if (found.answer.error.code === 'hub_unreachable' || found.answer.error.code === 'not_a_hub') {
      const { message, next_step: nextStep = '' } = found.answer.error
      return { block: true, blockReason: `Nothing was sent. ${message} ${nextStep}` }
    }
    memory.answers.set(callKey(event.toolCallId, event.params), found.answer)
    return undefined
  }

  const { view, isGiven } = found
  const next = whatNext(deps, view, isGiven, context)
  const params = { ...event.params, confirmation: view.confirmation }
  if (next === 'call') return { params }
  if (next === 'show') {
    memory.answers.set(callKey(event.toolCallId, event.params), showFirst(memory, view))
    return undefined
  }
  return { params, requireApproval: askPerson(deps, view, next, context) }
}

type Found =
  | { kind: 'read' }
  | { kind: 'refused'; answer: Answer & { ok: false } }
  /** `isGiven`: the model named the confirmation, so it has seen what it says. */
  | { kind: 'write'; view: View; isGiven: boolean }

async function findWrite(deps: GateDeps, params: Body, context: ToolCallContext): Promise<Found> {
  const { memory, hub, endpoints } = deps
  const { confirmation, tool } = params
  const load = (id: string) => hub.ask(endpoints.getConfirmation, { confirmation: id }, context.abortSignal)
  if (typeof confirmation === 'string') return foundIn(await load(confirmation), true)
  if (typeof tool === 'string' && memory.reads.has(tool)) return { kind: 'read' }

  // Two confirmations of one write could be approved twice: the one that waits is taken again.
  const key = writeKey(context.sessionKey, params)
  const before = memory.waiting.get(key)
  if (before !== undefined && memory.said.get(before) !== 'no') {
    const found = foundIn(await load(before), false)
    if (found.kind === 'write' && isOpen(found.view)) return found
  }

  const { confirmation: _none, view: _view, fields: _fields, ...write } = params
  const answer = await hub.ask(endpoints.preview, write, context.abortSignal)
  if (answer.ok && answer.body['needs_confirmation'] === false) {
    if (typeof tool === 'string') memory.reads.set(tool, true)
    return { kind: 'read' }
  }
  const found = foundIn(answer, false)
  if (found.kind === 'write') memory.waiting.set(key, found.view.confirmation)
  return found
}

function foundIn(answer: Answer, isGiven: boolean): Found {
  if (!answer.ok) return { kind: 'refused', answer }
  const view = readView(answer.body)
  if (view !== undefined) return { kind: 'write', view, isGiven }
  return {
    kind: 'refused',
    answer: problem(
      'not_a_hub',
      'The hub’s preview cannot be read, so nobody can be asked about it.',
      'Tell the user to update the hub or this plugin: they do not fit together.',
    ),
  }
}

/** Calls it, shows it to the model first, or asks the person with this prompt. */
function whatNext(
  { memory, settings, now }: GateDeps,
  view: View,
  isGiven: boolean,
  context: ToolCallContext,
): 'call' | 'show' | Prompt {
  const otherwise = isGiven ? 'call' : 'show'
  if (!isOpen(view)) return 'call'
  if (memory.said.has(view.confirmation)) return 'call'
  if (view.state === 'approved' && !isUpToTheAgent(view)) return 'call'
  // Somebody is looking at it, or another plugin took the question away: either way it is not asked twice.
  if (now() < (memory.asked.get(view.confirmation) ?? 0)) return 'show'
  if (!isForTheChat(view, settings, memory.mayAttest)) return otherwise
  const until = memory.unaskable.get(context.sessionKey ?? '') ?? 0
  if (!context.requester?.channel || now() < until) return otherwise
  return writePrompt(view, now()) ?? otherwise
}

function isForTheChat(view: View, { approvals }: Settings, mayAttest: boolean): boolean {
  if (view.needs === 'chat') return mayAttest
  return isUpToTheAgent(view) && approvals === 'every-write'
}

/** Not ended: it can still be called, or is waiting for a person. */
function isOpen({ state }: View): boolean {
  return state === 'pending' || state === 'approved'
}
