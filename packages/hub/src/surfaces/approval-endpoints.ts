import { z } from 'zod'
import { hashIntent } from '../confirmations/confirmation.ts'
import { denyConfirmation, requireApprover } from '../confirmations/decide-confirmation.ts'
import { listConfirmations } from '../confirmations/list-confirmations.ts'
import { STATES } from '../confirmations/reducer.ts'
import { requestText } from '../confirmations/request-text.ts'
import { resolveConfirmation } from '../confirmations/resolve-confirmation.ts'
import { loadConfirmation } from '../confirmations/store.ts'
import { viewConfirmation } from '../confirmations/view.ts'
import { approve } from './approve.ts'
import { approveBatch, MAX_BATCH } from './approve-batch.ts'
import { personEndpoint, type PersonEndpoint } from './endpoint.ts'
import { assertion } from './passkey-endpoints.ts'

const id = z.string().min(1).max(120)
const intentHash = z.string().length(64)
const password = z.string().max(1_000).optional()
const reason = z.string().max(300)

/** What people decide, and what they read before they do. */
export const approvalEndpoints: PersonEndpoint[] = [
  personEndpoint({
    name: 'list_approvals',
    method: 'GET',
    path: '/approvals',
    summary: 'Confirmations, newest first; by default those that wait for a person.',
    input: z.strictObject({
      state: z.enum(STATES).default('pending'),
      device: id.optional(),
      connection: id.optional(),
      tool: id.optional(),
      cursor: id.optional(),
      limit: z.int().min(1).max(100).default(50),
    }),
    async run(hub, person, input) {
      const connections = await hub.calls.connections.list(person.workspace)
      const named = connections.find(({ alias }) => alias === input.connection)
      const found = await listConfirmations(hub.context, person.workspace, {
        states: [input.state],
        device: input.device,
        connection: named?.id ?? input.connection,
        tool: input.tool,
        after: input.cursor,
        // One more than is shown: whether there is a next page.
        limit: input.limit + 1,
      })
      const shown = found.slice(0, input.limit)
      const last = shown.at(-1)
      return {
        confirmations: shown.map((one) => viewConfirmation(one, hub.publicUrl, hub.context.now())),
        ...(found.length > shown.length && last !== undefined ? { next_cursor: last.intent.id } : {}),
      }
    },
  }),
  personEndpoint({
    name: 'show_approval',
    method: 'GET',
    path: '/approvals/{confirmation}',
    summary: 'One confirmation as a person judges it, with the exact request.',
    input: z.strictObject({ confirmation: id }),
    async run(hub, person, input) {
      const found = await loadConfirmation(hub.context.storage.db, person.workspace, input.confirmation)
      const { request } = found.intent
      return {
        ...viewConfirmation(found, hub.publicUrl, hub.context.now()),
        request,
        request_text: requestText(request),
      }
    },
  }),
  personEndpoint({
    name: 'approve',
    method: 'POST',
    path: '/approvals/{confirmation}/approve',
    summary:
      'Says yes to exactly the intent of this hash. Live money asks for a passkey, or the password again.',
    input: z.strictObject({
      confirmation: id,
      intent_hash: intentHash,
      password,
      assertion: assertion.optional(),
    }),
    async run(hub, person, input) {
      return viewConfirmation(await approve(hub, person, input), hub.publicUrl, hub.context.now())
    },
  }),
  personEndpoint({
    name: 'approve_batch',
    method: 'POST',
    path: '/approvals/batch',
    summary:
      'Says yes to each of the intents that are named, one by one; the answer tells what became of each.',
    input: z.strictObject({
      items: z
        .array(z.strictObject({ confirmation: id, intent_hash: intentHash, assertion: assertion.optional() }))
        .min(1)
        .max(MAX_BATCH),
      password,
    }),
    run: async (hub, person, input) => ({ items: await approveBatch(hub, person, input) }),
  }),
  personEndpoint({
    name: 'passkey_options',
    method: 'POST',
    path: '/approvals/{confirmation}/passkey-options',
    summary: 'What a browser needs for a passkey of yours to sign this intent.',
    input: z.strictObject({ confirmation: id }),
    async run(hub, person, input) {
      requireApprover(person)
      const { intent } = await loadConfirmation(hub.context.storage.db, person.workspace, input.confirmation)
      const hash = hashIntent(intent)
      const options = await hub.access.passkeys.startAssertion(person, { subject: intent.id, hash })
      return { intent_hash: hash, options }
    },
  }),
  personEndpoint({
    name: 'deny',
    method: 'POST',
    path: '/approvals/{confirmation}/deny',
    summary: 'Says no, with a reason for the agent.',
    input: z.strictObject({ confirmation: id, reason: reason.optional() }),
    async run(hub, person, input) {
      const denied = await denyConfirmation(hub.context, person, {
        id: input.confirmation,
        reason: input.reason ?? null,
      })
      return viewConfirmation(denied, hub.publicUrl, hub.context.now())
    },
  }),
  personEndpoint({
    name: 'resolve',
    method: 'POST',
    path: '/approvals/{confirmation}/resolve',
    summary:
      'Says how a write ended that nobody could prove, after looking in Stripe. Nothing is sent again.',
    input: z.strictObject({ confirmation: id, happened: z.boolean(), reason: reason.min(1) }),
    async run(hub, person, { confirmation, happened, reason: seen }) {
      const resolved = await resolveConfirmation(hub.context, person, {
        id: confirmation,
        happened,
        reason: seen,
      })
      return viewConfirmation(resolved, hub.publicUrl, hub.context.now())
    },
  }),
]
