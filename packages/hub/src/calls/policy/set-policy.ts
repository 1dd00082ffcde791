import type { Context } from '../../audit/context.ts'
import type { Actor } from '../../contract/actor.ts'
import { canonicalJson } from '../../contract/canonical.ts'
import { Problem } from '../../contract/problem.ts'
import type { PolicyDocument } from '../../policy/document.ts'
import { parsePolicy } from '../../policy/policies.ts'
import { PRESETS } from '../../policy/presets.ts'
import { changePolicy, type Changed } from './change-policy.ts'

/** A whole document, or the name of a preset; exactly one. */
export interface ChosenPolicy {
  document?: unknown
  preset?: string | undefined
}

/** Replaces the whole policy. */
export function setPolicy(
  context: Context,
  actor: Actor,
  input: ChosenPolicy & { replaces: number },
): Promise<Changed> {
  const { replaces } = input
  return changePolicy(context, actor, {
    replaces,
    how: input.preset === undefined ? 'set' : `preset ${input.preset}`,
    change(current) {
      const document = chosenPolicy(input)
      refuseNewAllowances(current, document)
      return document
    },
  })
}

export function chosenPolicy({ document, preset }: ChosenPolicy): PolicyDocument {
  if ((document === undefined) === (preset === undefined)) {
    throw new Problem('invalid_params', 'Give either a document or a preset.')
  }
  if (preset === undefined) return parsePolicy(document)
  const found = PRESETS.find(({ name }) => name === preset)
  if (found === undefined) {
    throw new Problem('preset_not_found', 'There is no preset of this name.', {
      nextStep: 'Take one of the names listed.',
      details: { presets: PRESETS.map(({ name }) => name) },
    })
  }
  return found.document
}

/** When an allowance was made is the hub's to say: in a document it could be any time. */
function refuseNewAllowances(current: PolicyDocument, next: PolicyDocument): void {
  const known = new Set(current.allowances.map((allowance) => canonicalJson(allowance)))
  if (next.allowances.every((allowance) => known.has(canonicalJson(allowance)))) return
  throw new Problem(
    'invalid_params',
    'A document may keep or drop allowances, but not make or change them.',
    {
      nextStep: 'Set the policy without it, then add the allowance.',
    },
  )
}
