import type { Description, Params } from '../define.ts'
import { cleanLine } from '../../contract/clean-text.ts'
import type { Prepared, Told } from './define-tool.ts'

/** Long enough to judge a value by; the stored bytes hold the rest. */
const SHOWN_VALUE_LENGTH = 200

/**
 * The description of a write, told from what its bytes decode to. A parameter that the tool neither tells nor
 * knows to be harmless is shown as it is and named in `uninterpreted`.
 */
export function describeWrite(sent: Params, prepared: Prepared): Description {
  const told: Told = prepared.describe(sent)
  const others = Object.keys(sent).filter((param) => !told.told.includes(param))
  return {
    summary: told.summary,
    changes: told.changes,
    warnings: told.warnings,
    irreversible: told.irreversible,
    alsoSends: others.map((param) => ({
      param,
      value: cleanLine(literal(sent[param]), SHOWN_VALUE_LENGTH),
    })),
    uninterpreted: others.filter((param) => !told.literal.includes(param)),
  }
}

function literal(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
