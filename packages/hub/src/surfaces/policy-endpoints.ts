import { z } from 'zod'
import { addAllowance } from '../calls/policy/add-allowance.ts'
import { dryRunPolicy, DRY_RUN_DAYS } from '../calls/policy/dry-run-policy.ts'
import { removeAllowance } from '../calls/policy/remove-allowance.ts'
import { setPolicy } from '../calls/policy/set-policy.ts'
import { listPolicyVersions, listPresets, showPolicy } from '../calls/policy/show-policy.ts'
import { newAllowance, policyDocument } from '../policy/document.ts'
import { personEndpoint, type PersonEndpoint } from './endpoint.ts'
import { viewChanged, viewPolicy } from './policy-view.ts'

const version = z.int().min(1)
const chosen = {
  document: policyDocument.optional(),
  preset: z.string().min(1).max(120).optional(),
}

/** What owners do with the policy; each operation asks for the role itself. */
export const policyEndpoints: PersonEndpoint[] = [
  personEndpoint({
    name: 'show_policy',
    method: 'GET',
    path: '/policy',
    summary: 'The policy that counts, with its version; or an earlier version.',
    input: z.strictObject({ version: version.optional() }),
    run: async (hub, person, input) => viewPolicy(await showPolicy(hub.context, person, input)),
  }),
  personEndpoint({
    name: 'list_policy_versions',
    method: 'GET',
    path: '/policy/versions',
    summary: 'Every version of the policy with who made it, newest first.',
    input: z.strictObject({ limit: z.int().min(1).max(100).default(20) }),
    run: async (hub, person, input) => ({
      versions: (await listPolicyVersions(hub.context, person, input)).map(viewPolicy),
    }),
  }),
  personEndpoint({
    name: 'list_policy_presets',
    method: 'GET',
    path: '/policy/presets',
    summary: 'Policies to begin with.',
    input: z.strictObject({}),
    run: (_hub, person) => Promise.resolve({ presets: listPresets(person) }),
  }),
  personEndpoint({
    name: 'set_policy',
    method: 'POST',
    path: '/policy',
    summary: 'Replaces the policy by a document or a preset. Revokes what was approved under the old one.',
    input: z.strictObject({ replaces: version, ...chosen }),
    run: async (hub, person, input) => viewChanged(await setPolicy(hub.context, person, input)),
  }),
  personEndpoint({
    name: 'dry_run_policy',
    method: 'POST',
    path: '/policy/dry-run',
    summary: 'What a policy would have decided about the writes of the last days. Changes nothing.',
    input: z.strictObject({ ...chosen, days: z.int().min(1).max(DRY_RUN_DAYS).default(DRY_RUN_DAYS) }),
    run: (hub, person, input) => dryRunPolicy(hub.context, person, input),
  }),
  personEndpoint({
    name: 'add_allowance',
    method: 'POST',
    path: '/policy/allowances',
    summary: 'Lowers what is needed for some writes, within caps and for at most a day.',
    input: z.strictObject({ replaces: version, allowance: newAllowance }),
    async run(hub, person, input) {
      const changed = await addAllowance(hub.context, person, input)
      return { allowance: changed.allowance, ...viewChanged(changed) }
    },
  }),
  personEndpoint({
    name: 'remove_allowance',
    method: 'POST',
    path: '/policy/allowances/{allowance}/remove',
    summary: 'Ends an allowance before its time.',
    input: z.strictObject({ replaces: version, allowance: z.string().min(1).max(120) }),
    run: async (hub, person, input) => viewChanged(await removeAllowance(hub.context, person, input)),
  }),
]
