import type { Description, Params } from '../define.ts'
import { cleanLine } from '../../contract/clean-text.ts'
import type { Prepared, Told } from './define-tool.ts'

/** Long enough to judge a value by; the stored bytes hold the rest. */
const SHOWN_VALUE_LENGTH = 200

/** It changes what is answered, and nothing else. */
const WITHOUT_EFFECT = 'expand'

/** Longer than any sentence of a tool. */
const SHOWN_LINE_LENGTH = 500

/**
 * The description of a write, told from what its bytes decode to. A parameter that the tool neither tells nor
 * knows to be harmless is shown as it is and named in `uninterpreted`.
 */
export function describeWrite(sent: Params, prepared: Prepared): Description {
  const told: Told = prepared.describe(sent)
  const others = Object.keys(sent).filter((param) => !told.told.includes(param))
  return {
    summary: line(told.summary),
    changes: told.changes.map(({ what, before, after, ...check }) => ({
      ...check,
      what: line(what),
      before: before === null ? null : line(before),
      after: line(after),
    })),
    warnings: told.warnings.map(line),
    irreversible: line(told.irreversible),
    alsoSends: others.map((param) => ({
      param,
      value: cleanLine(literal(sent[param]), SHOWN_VALUE_LENGTH),
    })),
    uninterpreted: others.filter((param) => param !== WITHOUT_EFFECT && !told.literal.includes(param)),
  }
}

/** Whatever a tool put into it, it stays one line without anything that draws or hides. */
function line(text: string): string {
  return cleanLine(text, SHOWN_LINE_LENGTH)
}

function literal(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
