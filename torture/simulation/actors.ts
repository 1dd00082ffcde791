import type { DeviceActor, PersonActor } from '../../packages/hub/src/contract/actor.ts'
import type { ConnectionId, DeviceId, PersonId, WorkspaceId } from '../../packages/hub/src/contract/ids.ts'
import { asProblem, Problem } from '../../packages/hub/src/contract/problem.ts'
import { hashIntent } from '../../packages/hub/src/confirmations/confirmation.ts'
import {
  approveConfirmation,
  denyConfirmation,
} from '../../packages/hub/src/confirmations/decide-confirmation.ts'
import { revokeWaiting } from '../../packages/hub/src/confirmations/revoke-waiting.ts'
import { loadConfirmation } from '../../packages/hub/src/confirmations/store.ts'
import { auditedTransaction } from '../../packages/hub/src/audit/audited-transaction.ts'
import { previewCall } from '../../packages/hub/src/calls/preview-call.ts'
import { runCall } from '../../packages/hub/src/calls/run-call.ts'
import { changePolicy } from '../../packages/hub/src/calls/policy/change-policy.ts'
import { unfreezeConnection } from '../../packages/hub/src/connections/unfreeze-connection.ts'
import type { Actor } from '../../packages/hub/src/contract/actor.ts'
import type { Params } from '../../packages/hub/src/integrations/define.ts'
import { readPolicy } from '../../packages/hub/src/policy/policies.ts'
import { InjectedFailure } from './database.ts'
import type { Evidence } from './evidence.ts'
import type { WriteTool } from './integration.ts'
import type { SimNode } from './node.ts'
import { POLICIES, type PolicyName } from './policies.ts'

/** One write that an agent wants, and how far it has come. */
export interface Wish {
  tool: WriteTool
  params: Params
  device: string
  confirmation?: string
}

export interface Actors {
  preview(node: SimNode, wish: Wish): Promise<string>
  approve(node: SimNode, wish: Wish, who: string, assurance: 'dashboard' | 'passkey'): Promise<string>
  deny(node: SimNode, wish: Wish, who: string): Promise<string>
  call(node: SimNode, wish: Wish, how: CallKind): Promise<string>
  read(node: SimNode, customer: string): Promise<string>
  changePolicy(node: SimNode, name: PolicyName): Promise<string>
  stopConnection(node: SimNode, how: 'freeze' | 'remove' | 'unfreeze'): Promise<string>
  revokeDevice(node: SimNode, device: string): Promise<string>
}

/** `plain`: by the confirmation alone. The last four are not what was previewed. */
export type CallKind =
  | 'plain'
  | 'same_params'
  | 'other_params'
  | 'other_tool'
  | 'other_device'
  | 'no_confirmation'

export function createActors(
  workspace: WorkspaceId,
  connection: ConnectionId,
  evidence: Pick<Evidence, 'asked' | 'decided' | 'called' | 'policies' | 'attempts' | 'audit'>,
): Actors {
  const device = (id: string): DeviceActor => ({
    type: 'device',
    workspace,
    deviceId: id as DeviceId,
    label: id,
    scope: { connections: ['*'], tools: ['*'], readOnly: false, chatApprovals: false },
  })
  const person = (id: string): PersonActor => ({
    type: 'person',
    workspace,
    personId: id as PersonId,
    name: id,
    role: id === 'viewer' ? 'viewer' : id === 'olivia' ? 'owner' : 'approver',
  })
  /** Who asks: a device tries what only people may. */
  const whoever = (id: string): Actor => (id.startsWith('device') ? device(id) : person(id))
  const hub: Actor = { type: 'system', workspace, part: 'hub' }
  const moment = (): number => evidence.audit.length

  /** Looks at a confirmation as a page does, and decides about what it saw. */
  const decide = async (
    node: SimNode,
    { confirmation = '' }: Wish,
    who: string,
    what: 'approve' | 'deny',
    assurance: 'dashboard' | 'passkey' | null,
  ): Promise<string> => {
    const seen = await loadConfirmation(node.context.storage.db, workspace, confirmation)
    const decided: Evidence['decided'][number] = {
      confirmation,
      who,
      what,
      assurance,
      from: moment(),
      to: Infinity,
      outcome: 'failed',
    }
    evidence.decided.push(decided)
    try {
      if (assurance === null)
        await denyConfirmation(node.context, whoever(who), { id: confirmation, reason: 'no' })
      else
        await approveConfirmation(node.context, whoever(who), {
          id: confirmation,
          intentHash: hashIntent(seen.intent),
          assurance,
          evidence: assurance === 'passkey' ? 'password' : 'session',
        })
      decided.outcome = 'done'
    } catch (error) {
      decided.outcome = error instanceof Problem && error.code !== 'audit_unavailable' ? 'refused' : 'failed'
      throw error
    } finally {
      decided.to = moment()
    }
    return 'done'
  }

  return {
    async preview(node, wish) {
      const { tool, params } = wish
      const preview = await previewCall(node.calls, device(wish.device), { tool, params })
      if (!preview.needs_confirmation) throw new Error('a write needs no confirmation?')
      wish.confirmation = preview.confirmation
      evidence.asked.push({ confirmation: preview.confirmation, tool, params, device: wish.device })
      return preview.state
    },
    approve: (node, wish, who, assurance) => decide(node, wish, who, 'approve', assurance),
    deny: (node, wish, who) => decide(node, wish, who, 'deny', null),
    async call(node, { tool, params, device: own, confirmation = '' }, how) {
      const other = { ...params, ...(tool === 'sim_refund' ? { amount: 9_999 } : { customer: 'cus_other' }) }
      const called: Evidence['called'][number] = {
        confirmation,
        device: how === 'other_device' ? 'device_other' : own,
        isOther: how !== 'plain' && how !== 'same_params',
        from: moment(),
        to: Infinity,
        answer: 'none',
        attemptsBefore: evidence.attempts.length,
      }
      evidence.called.push(called)
      try {
        await runCall(node.calls, device(called.device), {
          tool: how === 'other_tool' ? (tool === 'sim_delete' ? 'sim_rename' : 'sim_delete') : tool,
          ...(how === 'plain' || how === 'other_device' || how === 'other_tool'
            ? {}
            : { params: how === 'other_params' ? other : params }),
          ...(how === 'no_confirmation' ? {} : { confirmation }),
        })
        called.answer = 'result'
      } catch (error) {
        called.answer = asProblem(error).code
        throw error
      } finally {
        called.to = moment()
      }
      return 'result'
    },
    async read(node, customer) {
      await runCall(node.calls, device('device_1'), { tool: 'sim_get', params: { customer } })
      return 'read'
    },
    async changePolicy(node, name) {
      const { version } = await readPolicy(node.context.storage.db, workspace)
      evidence.policies.set(version + 1, name)
      const change = () => POLICIES[name](node.context.now())
      await changePolicy(node.context, person('olivia'), { replaces: version, how: name, change })
      return name
    },
    async stopConnection(node, how) {
      if (how === 'remove') await node.calls.connections.remove(person('olivia'), connection)
      else if (how === 'unfreeze') await unfreezeConnection(node.context, person('olivia'), connection)
      else
        await auditedTransaction(node.context, (tx) =>
          node.calls.connections.freeze(tx, person('olivia'), connection, 'by hand'),
        )
      return how
    },
    async revokeDevice(node, id) {
      await auditedTransaction(node.context, async (tx) => {
        await node.context.audit.append(tx, {
          actor: person('olivia'),
          action: 'device.revoked',
          subject: id,
        })
        await revokeWaiting(node.context, tx, hub, 'device_revoked', { device: id as DeviceId })
      })
      return id
    },
  }
}

/** An error that a caller may meet, as a word for the trace; undefined if it is none of the gate's own. */
export function expectedError(error: unknown): string | undefined {
  if (error instanceof InjectedFailure) return 'database failed'
  if (error instanceof Problem && error.code !== 'internal_error') return error.code
  return undefined
}
