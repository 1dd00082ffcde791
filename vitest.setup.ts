import { loadDefinitions } from './packages/stripe-definitions/src/index.ts'

/** Built once before the workers start: in a fresh clone each of them would otherwise build the same file. */
export default async function setup(): Promise<void> {
  await loadDefinitions()
}
