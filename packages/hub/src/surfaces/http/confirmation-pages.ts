import { Hono } from 'hono'
import { Problem } from '../../contract/problem.ts'
import { denyConfirmation } from '../../confirmations/decide-confirmation.ts'
import type { Confirmation } from '../../confirmations/confirmation.ts'
import { STATES, type State } from '../../confirmations/reducer.ts'
import { resolveConfirmation } from '../../confirmations/resolve-confirmation.ts'
import { listConfirmations } from '../../confirmations/list-confirmations.ts'
import { loadConfirmation } from '../../confirmations/store.ts'
import { viewConfirmation, type ConfirmationView } from '../../confirmations/view.ts'
import { approve } from '../approve.ts'
import { approveBatch } from '../approve-batch.ts'
import type { Hub } from '../hub.ts'
import { confirmationPage } from './confirmation-page.ts'
import {
  batchPage,
  connectStripePage,
  inboxPage,
  readTicked,
  WAITING_SHOWN,
  welcomePage,
} from './inbox-page.ts'
import { sendPage, type Page } from './page.ts'
import { requirePerson, requireWrite, type SignedIn } from './person-session.ts'
import { readForm } from './read-body.ts'

const WAITING: State[] = ['pending', 'unknown']
const RECENT: State[] = STATES.filter((state) => !WAITING.includes(state))
const RECENT_SHOWN = 20

/** The inbox, and a page for each confirmation where a person decides. */
export function confirmationPages(hub: Hub): Hono {
  const pages = new Hono()
  const { context } = hub
  const person = requirePerson(hub.access)
  const write = requireWrite(hub.access)
  const view = (one: Confirmation): ConfirmationView => viewConfirmation(one, hub.publicUrl, context.now())
  const hasPasskeyOf = async (signedIn: SignedIn): Promise<boolean> =>
    (await hub.access.passkeys.list(signedIn.person)).length > 0
  const pageOf = async (signedIn: SignedIn, one: Confirmation, problem?: Problem): Promise<Page> =>
    confirmationPage(signedIn, view(one), one.intent.request, {
      hasPasskey: await hasPasskeyOf(signedIn),
      ...(problem === undefined ? {} : { problem }),
    })

  pages.get('/', async (c) => {
    if (!(await hub.access.hasOwner(hub.workspace))) return sendPage(c, welcomePage())
    const signedIn = await person(c)
    const { workspace } = signedIn.person
    const waiting = await listConfirmations(context, workspace, { states: WAITING, limit: WAITING_SHOWN })
    const recent = await listConfirmations(context, workspace, { states: RECENT, limit: RECENT_SHOWN })
    const hasPasskey = await hasPasskeyOf(signedIn)
    return sendPage(
      c,
      inboxPage(signedIn, { waiting: waiting.map(view), recent: recent.map(view), hasPasskey }),
    )
  })

  pages.post('/confirmations', async (c) => {
    const form = await readForm(c)
    const signedIn = await write(c, form('csrf'))
    const items = readTicked(form)
    if (items.length === 0) throw new Problem('invalid_params', 'Tick what you want to approve.')
    const answers = await approveBatch(hub, signedIn.person, {
      items,
      password: form('password') || undefined,
    })
    return sendPage(c, batchPage(signedIn, answers))
  })

  pages.get('/dashboard', async (c) => {
    const signedIn = await person(c)
    return c.req.query('add') === undefined ? c.redirect('/', 303) : sendPage(c, connectStripePage(signedIn))
  })

  pages.get('/confirmations/:id', async (c) => {
    const signedIn = await person(c)
    const found = await loadConfirmation(context.storage.db, signedIn.person.workspace, c.req.param('id'))
    return sendPage(c, await pageOf(signedIn, found))
  })

  pages.post('/confirmations/:id', async (c) => {
    const form = await readForm(c)
    const signedIn = await write(c, form('csrf'))
    const id = c.req.param('id')
    const decision = form('decision')
    if (decision === 'resolve') {
      const ended = form('ended')
      if (ended !== 'happened' && ended !== 'did_not_happen')
        throw new Problem('invalid_params', 'Say whether it happened or not.')
      const happened = ended === 'happened'
      await resolveConfirmation(context, signedIn.person, { id, happened, reason: form('reason') })
    } else if (decision === 'deny') {
      await denyConfirmation(context, signedIn.person, { id, reason: form('reason') || null })
    } else if (decision === 'approve') {
      try {
        const password = form('password') || undefined
        await approve(hub, signedIn.person, { confirmation: id, intent_hash: form('intent_hash'), password })
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'assurance_too_low') throw error
        const found = await loadConfirmation(context.storage.db, signedIn.person.workspace, id)
        return sendPage(c, await pageOf(signedIn, found, error), error.status)
      }
    } else {
      throw new Problem('invalid_params', 'Choose one of the buttons of the page.')
    }
    return c.redirect(`/confirmations/${encodeURIComponent(id)}`, 303)
  })

  return pages
}
