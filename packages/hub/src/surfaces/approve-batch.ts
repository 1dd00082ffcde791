import type { PersonActor } from '../contract/actor.ts'
import { asProblem, Problem, type ProblemWire } from '../contract/problem.ts'
import { requireApprover } from '../confirmations/decide-confirmation.ts'
import { stateAt, type State } from '../confirmations/reducer.ts'
import { approve, type ApproveInput } from './approve.ts'
import type { Hub } from './hub.ts'

/** As many as a person can have read: each was looked at by itself, and is named with its hash. */
export const MAX_BATCH = 20

export interface BatchInput {
  items: Array<Omit<ApproveInput, 'password'>>
  /** Counts for this one request, where its items need it. */
  password?: string | undefined
}

export type BatchAnswer =
  | { confirmation: string; approved: true; state: State }
  | { confirmation: string; approved: false; error: ProblemWire['error'] }

/** Decides each item by itself, in order: one that is refused changes nothing for the others. */
export async function approveBatch(
  hub: Hub,
  person: PersonActor,
  { items, password }: BatchInput,
): Promise<BatchAnswer[]> {
  requireApprover(person)
  if (items.length > MAX_BATCH) {
    throw new Problem('invalid_params', `At most ${MAX_BATCH} at once. Nothing was approved.`)
  }
  if (new Set(items.map((item) => item.confirmation)).size < items.length) {
    throw new Problem('invalid_params', 'A confirmation is in the batch twice. Nothing was approved.')
  }
  // One wrong password is one wrong password, however many items need it.
  let checked: Promise<boolean> | undefined
  const checkPassword = (given: string): Promise<boolean> =>
    (checked ??= hub.access.checkPassword(person, given))

  const answers: BatchAnswer[] = []
  for (const item of items) {
    answers.push(await approveItem(hub, person, { ...item, password }, checkPassword))
  }
  return answers
}

async function approveItem(
  hub: Hub,
  person: PersonActor,
  item: ApproveInput,
  checkPassword: (password: string) => Promise<boolean>,
): Promise<BatchAnswer> {
  const { confirmation } = item
  try {
    const { progress } = await approve(hub, person, item, checkPassword)
    return { confirmation, approved: true, state: stateAt(progress, hub.context.now()) }
  } catch (error) {
    const problem = asProblem(error)
    if (problem.internal !== undefined) hub.log('problem', { code: problem.code, internal: problem.internal })
    return { confirmation, approved: false, error: problem.toWire().error }
  }
}
