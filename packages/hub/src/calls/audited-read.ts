import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Actor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import type { Connection } from '../connections/connection.ts'
import type { Integration, Params, Read, WireAnswer, WireRequest } from '../integrations/define.ts'
import type { Calls } from './calls.ts'
import { rememberIds } from './seen-ids.ts'

/** What a read is for: an agent's answer, a preview, or what became of a write. */
export interface Why {
  tool: string
  purpose: 'call' | 'preview' | 'reconcile'
}

/**
 * Sends one read: the audit row is durable before the first byte leaves, and a second row tells how it ended.
 * Throws the provider's refusal as a Problem.
 */
export async function auditedRead(
  calls: Calls,
  actor: Actor,
  integration: Integration,
  connection: Connection,
  request: WireRequest,
  why: Why,
): Promise<Extract<WireAnswer, { kind: 'answer' }>> {
  const { audit, newId } = calls.context
  const subject = newId('call')
  const [path = ''] = request.path.split('?')
  const facts = {
    connection: connection.id,
    account: connection.account,
    mode: connection.mode,
    ...why,
    path,
  }
  await auditedTransaction(calls.context, (tx) =>
    audit.append(tx, { actor, action: 'read.started', subject, detail: facts }),
  )

  const answer = await calls.connections.withCredential(connection, (key) =>
    integration.send(request, { origin: calls.originOf(connection), key, idempotencyKey: undefined }),
  )

  const result =
    answer.kind === 'answer'
      ? { status: answer.status, request_id: answer.requestId ?? null }
      : { no_answer: answer.reason }
  await auditedTransaction(calls.context, async (tx) => {
    await audit.append(tx, { actor, action: 'read.finished', subject, detail: result })
    // What a preview reads is shown to a person; what a call reads is what the agent knows from now on.
    if (why.purpose === 'call' && actor.type === 'device' && answer.kind === 'answer') {
      const whose = { workspace: actor.workspace, device: actor.deviceId }
      await rememberIds(calls.context, tx, whose, integration.objectIdsIn(answer.body))
    }
  })

  if (answer.kind !== 'answer' || answer.status >= 300) throw integration.problemOf(answer)
  refuseOtherMode(answer, connection)
  return answer
}

/** The way in which plans and the oracle read: each read audited, each answer an object. */
export function auditedReader(
  calls: Calls,
  actor: Actor,
  integration: Integration,
  connection: Connection,
  why: Why,
): Read {
  return async (operation, params) => {
    const request = integration.encodeRead(operation, params)
    const { body } = await auditedRead(calls, actor, integration, connection, request, why)
    if (typeof body !== 'object' || body === null) {
      throw new Problem('provider_unavailable', 'Stripe answered with something else than an object.')
    }
    return body as Params
  }
}

/** An answer from the other mode means that the credential is not what the connection says it is. */
function refuseOtherMode(answer: Extract<WireAnswer, { kind: 'answer' }>, connection: Connection): void {
  const { body } = answer
  const livemode = typeof body === 'object' && body !== null && 'livemode' in body ? body.livemode : undefined
  if (typeof livemode === 'boolean' && livemode !== (connection.mode === 'live')) {
    throw new Problem(
      'provider_mismatch',
      `The account answered in the other mode than ${connection.mode}.`,
      {
        nextStep: 'The owner has to look at this connection and add it again.',
      },
    )
  }
}
