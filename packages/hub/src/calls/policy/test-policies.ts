import { DEFAULT_POLICY, type PolicyDocument } from '../../policy/document.ts'
import { readPolicy } from '../../policy/policies.ts'
import { previewCall } from '../preview-call.ts'
import { runCall } from '../run-call.ts'
import { DEVICE, OWNER, type TestCalls } from '../test-calls.ts'
import { setPolicy } from './set-policy.ts'

/** In test mode an agent vouches for everything, so that only the rules under test stand in the way. For tests alone. */
export const AGENT_VOUCHES: PolicyDocument = {
  ...DEFAULT_POLICY,
  assurance: {
    ...DEFAULT_POLICY.assurance,
    test: { read: 'none', draft: 'agent', change: 'agent', money: 'agent' },
  },
}

export async function versionOf(one: TestCalls): Promise<number> {
  return (await readPolicy(one.home.storage.db, OWNER.workspace)).version
}

export async function withRules(one: TestCalls, ...rules: unknown[]): Promise<void> {
  await setPolicy(one.calls.context, OWNER, {
    replaces: await versionOf(one),
    document: { ...AGENT_VOUCHES, rules },
  })
}

/** A charge of that many cents, paid; without an amount of its own that a refund would state. */
export async function charged(one: TestCalls, amount: number): Promise<string> {
  const charge = await one.ask('POST', '/v1/charges', {
    amount: String(amount),
    currency: 'usd',
    source: 'tok_visa',
  })
  return String(charge['id'])
}

/** Previews a write, and says how it stands. */
export async function preview(one: TestCalls, tool: string, params: Record<string, unknown>) {
  const previewed = await previewCall(one.calls, DEVICE, { tool, params })
  if (!previewed.needs_confirmation) throw new Error(`${tool} is a read`)
  return previewed
}

/** Calls a confirmation on a node, and gives `sent`, or the code of the refusal. */
export async function outcome(one: Pick<TestCalls, 'calls'>, id: string, tool: string): Promise<string> {
  return runCall(one.calls, DEVICE, { tool, confirmation: id }).then(
    () => 'sent',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )
}
