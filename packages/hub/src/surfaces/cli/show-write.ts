import type { Output } from './print.ts'
import { listAt, objectAt, textAt } from './json.ts'
import { safe } from './safe-text.ts'
import { modeOf } from './show-catalog.ts'
import { printTree } from './table.ts'

/** A confirmation as a person judges it: what will happen, what it changes, what to beware of, where to approve. */
export function showConfirmation(out: Output, answer: unknown): void {
  if (textAt(answer, 'needs_confirmation') === 'false') {
    out.line(safe`${textAt(answer, 'tool')} only reads, so it needs no preview: call it.`)
    return
  }
  const connection = objectAt(answer, 'connection')
  const state = textAt(answer, 'state')
  out.wrapped(out.style('bold', textAt(answer, 'summary')))
  out.wrapped(
    safe`  ${textAt(connection, 'account_name')} (${textAt(connection, 'account')}) · ${textAt(connection, 'alias')} · ${modeOf(connection)}`,
  )
  for (const change of listAt(answer, 'changes')) {
    const before = textAt(change, 'before')
    out.wrapped(
      safe`  ${textAt(change, 'what')}: ${before === '' ? '–' : before} → ${textAt(change, 'after')}`,
    )
  }
  for (const sent of listAt(answer, 'also_sends')) {
    out.wrapped(safe`  also sends ${textAt(sent, 'param')} = ${textAt(sent, 'value')}`)
  }
  for (const warning of listAt(answer, 'warnings')) {
    out.wrapped(safe`  ${out.style('yellow', 'Warning:')} ${String(warning)}`)
  }
  const irreversible = textAt(answer, 'irreversible')
  if (irreversible !== '') out.wrapped(safe`  ${out.style('yellow', 'Cannot be undone:')} ${irreversible}`)
  const note = textAt(answer, 'agent_note')
  if (note !== '') out.wrapped(safe`  The agent says (not checked): ${note}`)
  out.wrapped(safe`  ${out.style('dim', textAt(answer, 'confirmation'))} · ${stateWords(answer, state)}`)
  for (const reason of listAt(answer, 'raised_by')) {
    out.wrapped(safe`  ${out.style('dim', textAt(reason, 'rule'))}: ${textAt(reason, 'why')}`)
  }
  if (state === 'pending') {
    out.line(safe`  Approve at ${out.style('underline', textAt(answer, 'approval_url'))}`)
  }
  const problem = objectAt(answer, 'problem')
  if (textAt(problem, 'message') !== '') {
    out.wrapped(safe`  ${out.style('red', textAt(problem, 'code'))}: ${textAt(problem, 'message')}`)
  }
  if (state === 'pending' || state === 'approved') {
    const wait = state === 'pending' ? ' --wait' : ''
    const call = `clawlink call ${textAt(answer, 'tool')} --confirmation ${textAt(answer, 'confirmation')}${wait}`
    out.line(safe`  Then: ${call}`)
  }
  const outcome = objectAt(answer, 'outcome')
  if (Object.keys(outcome).length > 0) showResult(out, outcome)
}

function stateWords(answer: unknown, state: string): string {
  const reason = textAt(answer, 'reason')
  const said = reason === '' ? state : `${state} (${reason})`
  return state === 'pending' || state === 'approved'
    ? `${said}, needs ${textAt(answer, 'needs')}, until ${textAt(answer, 'expires_at')}`
    : said
}

/** The result of a call, under a line that says where it comes from. */
export function showResult(out: Output, answer: unknown): void {
  const connection = objectAt(answer, 'connection')
  const facts = [
    textAt(answer, 'tool'),
    `${textAt(connection, 'alias')} (${textAt(connection, 'account')})`,
    modeOf(connection),
    textAt(answer, 'confirmation'),
    textAt(answer, 'stored') === 'true' ? 'ran earlier; this is its stored answer' : '',
    textAt(answer, 'request_id'),
  ]
  out.line(out.style('dim', facts.filter(Boolean).join(' · ')))
  printTree(out, objectAt(answer, 'result'))
}
