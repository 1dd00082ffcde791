import type { Actor } from '../contract/actor.ts'
import { Problem } from '../contract/problem.ts'
import type { Connection } from '../connections/connection.ts'
import type { Integration, WireAnswer, WireRequest } from '../integrations/define.ts'
import type { Calls } from './calls.ts'
import { rememberIds } from './seen-ids.ts'

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
  why: { tool: string; purpose: 'call' | 'preview' },
): Promise<Extract<WireAnswer, { kind: 'answer' }>> {
  const { storage, audit, newId } = calls.context
  const subject = newId('call')
  const [path = ''] = request.path.split('?')
  const facts = {
    connection: connection.id,
    account: connection.account,
    mode: connection.mode,
    ...why,
    path,
  }
  try {
    await storage.transaction((tx) =>
      audit.append(tx, { actor, action: 'read.started', subject, detail: facts }),
    )
  } catch (error) {
    throw auditUnavailable(error)
  }

  const answer = await calls.connections.withCredential(connection, (key) =>
    integration.send(request, { origin: calls.originOf(connection), key, idempotencyKey: undefined }),
  )

  const result =
    answer.kind === 'answer'
      ? { status: answer.status, request_id: answer.requestId ?? null }
      : { no_answer: answer.reason }
  await storage.transaction(async (tx) => {
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

export function auditUnavailable(error: unknown): Problem {
  return new Problem('audit_unavailable', 'The audit log cannot be written, so nothing was sent.', {
    nextStep: 'The owner has to look at the hub: its disk may be full.',
    internal: error instanceof Error ? error.message : String(error),
    cause: error,
  })
}
