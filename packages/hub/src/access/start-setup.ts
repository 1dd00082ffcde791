import { isoTime, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { Db, Tx } from '../storage/storage.ts'
import { hashToken, newToken, type AccessContext } from './context.ts'

/** Time to install today and set up tomorrow; the link is in a terminal's scrollback all the while. */
const SETUP_LINK_TTL_SECONDS = 24 * 60 * 60

export async function hasOwner(db: Db | Tx, workspace: WorkspaceId): Promise<boolean> {
  const owner = await db
    .selectFrom('people')
    .select('id')
    .where('workspace', '=', workspace)
    .where('role', '=', 'owner')
    .executeTakeFirst()
  return owner !== undefined
}

/** Makes the one-time link that turns whoever opens it into the owner. A new one replaces the old. */
export async function startSetup(context: AccessContext, workspace: WorkspaceId): Promise<string> {
  const token = newToken()
  await context.storage.transaction(async (tx) => {
    if (await hasOwner(tx, workspace)) {
      throw new Problem('forbidden', 'This hub already has an owner, so it cannot be set up again.', {
        nextStep: 'Sign in at /sign-in.',
      })
    }
    await tx
      .deleteFrom('setup_links')
      .where('workspace', '=', workspace)
      .where('used_at', 'is', null)
      .execute()
    await tx
      .insertInto('setup_links')
      .values({
        token_hash: hashToken(token),
        workspace,
        role: 'owner',
        created_at: isoTime(context.now()),
        expires_at: isoTime(context.now() + SETUP_LINK_TTL_SECONDS * 1000),
        used_at: null,
      })
      .execute()
    await context.audit.append(tx, {
      actor: { type: 'system', workspace, part: 'hub' },
      action: 'setup.link_made',
      subject: workspace,
    })
  })
  return `${context.publicUrl}/setup?token=${token}`
}
