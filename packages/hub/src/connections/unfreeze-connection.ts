import { auditedTransaction } from '../audit/audited-transaction.ts'
import type { Context } from '../audit/context.ts'
import type { Actor } from '../contract/actor.ts'
import type { ConnectionId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'

/** An owner, or the operator at the terminal, has looked at what froze a connection: it may be used again. */
export async function unfreezeConnection(context: Context, actor: Actor, id: ConnectionId): Promise<void> {
  const isOwner = actor.type === 'person' && actor.role === 'owner'
  const isOperator = actor.type === 'system' && actor.part === 'terminal'
  if (!isOwner && !isOperator) throw new Problem('forbidden', 'Only an owner can unfreeze a connection.')
  await auditedTransaction(context, async (tx) => {
    const found = await tx
      .selectFrom('connections')
      .select(['state', 'state_reason'])
      .where('workspace', '=', actor.workspace)
      .where('id', '=', id)
      .where('state', '!=', 'removed')
      .executeTakeFirst()
    if (found === undefined) throw new Problem('connection_not_found', 'There is no such connection.')
    if (found.state !== 'frozen')
      throw new Problem('connection_not_frozen', `This connection is ${found.state}: nothing was changed.`)
    await tx
      .updateTable('connections')
      .set({ state: 'active', state_reason: null })
      .where('workspace', '=', actor.workspace)
      .where('id', '=', id)
      .execute()
    await context.audit.append(tx, {
      actor,
      action: 'connection.unfrozen',
      subject: id,
      detail: { was_frozen_because: found.state_reason },
    })
  })
}
