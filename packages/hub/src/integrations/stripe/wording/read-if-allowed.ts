import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'

/** A read that a preview is better with, but does without: a restricted key may not have it. */
export async function readIfAllowed(
  read: Read,
  operation: string,
  params: Params,
): Promise<Params | undefined> {
  try {
    return await read(operation, params)
  } catch (error) {
    const absent =
      error instanceof Problem && (error.code === 'permission_missing' || error.code.endsWith('_not_found'))
    if (absent) return undefined
    throw error
  }
}
