import type { Problem } from '../../../contract/problem.ts'
import { invalid } from '../check-params.ts'

/** A parameter that its schema and the rules let pass, and Stripe would not. */
export function wrongParam(path: string, message: string): Problem {
  return invalid(`${message}.`, [{ path, rule: 'const', message }])
}
