import { auditedTransaction } from './audit/audited-transaction.ts'
import type { ConnectionKind } from './connections/connection.ts'
import type { Actor } from './contract/actor.ts'
import type { Secret } from './contract/secret.ts'
import type { Home } from './home.ts'
import type { AccountFacts } from './integrations/define.ts'
import type { Providers } from './providers.ts'

/** Asks the provider whose key this is, before there is a connection: like every read, in the log before a byte leaves. */
export function identifyAccount(
  { context }: Pick<Home, 'context'>,
  { stripe, sender, originOf }: Providers,
  actor: Actor,
  kind: ConnectionKind,
  key: Secret,
): Promise<AccountFacts> {
  const subject = context.newId('call')
  const append = (action: string, detail: Record<string, unknown>): Promise<void> =>
    auditedTransaction(context, (tx) => context.audit.append(tx, { actor, action, subject, detail }))
  return stripe.identify(async (request) => {
    const { path } = request
    await append('read.started', { purpose: 'connect', kind, mode: stripe.readKey(key).mode, path })
    const answer = await sender.send(request, { origin: originOf({ kind }), key, idempotencyKey: undefined })
    await append(
      'read.finished',
      answer.kind === 'answer'
        ? { status: answer.status, request_id: answer.requestId ?? null }
        : { no_answer: answer.reason },
    )
    return answer
  }, key)
}
