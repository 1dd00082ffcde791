import { loadDefinitions } from './packages/stripe-definitions/src/index.ts'
import { findBrowser } from './packages/stripe-sandbox/test/browser.ts'

/** Once, before the workers start: in a fresh clone each of them would otherwise build and unpack the same files. */
export default async function setup(): Promise<void> {
  await loadDefinitions()
  await findBrowser()
}
