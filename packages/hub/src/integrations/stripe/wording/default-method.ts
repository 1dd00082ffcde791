import type { Params } from '../../define.ts'
import { objectAt } from '../json.ts'
import { methodName } from './names.ts'

/** `Visa ••4242`: the first payment method at the paths, each of which must have been expanded. */
export function methodAt(object: Params, paths: readonly string[]): string | undefined {
  for (const path of paths) {
    const method = path
      .split('.')
      .reduce<Params | undefined>((at, key) => (at === undefined ? undefined : objectAt(at, key)), object)
    if (method !== undefined) return methodName(method)
  }
  return undefined
}
