import { Hono, type Context } from 'hono'
import type { Access } from '../../access/access.ts'
import type { DeviceId, WorkspaceId } from '../../contract/ids.ts'
import { asProblem, Problem } from '../../contract/problem.ts'
import { devicesPage, noticeOf } from './devices-page.ts'
import { sendPage } from './page.ts'
import { enterCodePage, pairingPage } from './pair-pages.ts'
import {
  checkOrigin,
  clearSession,
  findPerson,
  requirePerson,
  requireWrite,
  safeNext,
  sendProblemPage,
  sessionToken,
  setSession,
} from './person-session.ts'
import { readForm } from './read-body.ts'
import { setupPage, signInPage } from './sign-in-pages.ts'

export interface AccessPagesOptions {
  workspace: WorkspaceId
  /** Where a request comes from, for limits and for what the approval page shows. */
  address: (c: Context) => string
}

/** The pages with which people set up, sign in and decide about devices. */
export function accessPages(access: Access, { workspace, address }: AccessPagesOptions): Hono {
  const app = new Hono()
  const person = requirePerson(access)
  const write = requireWrite(access)

  app.onError((error, c) => sendProblemPage(access, c, error))
  app.get('/setup', async (c) => {
    if (await access.hasOwner(workspace)) {
      throw new Problem('setup_link_invalid', 'This hub is set up already.', { nextStep: 'Sign in instead.' })
    }
    return sendPage(c, setupPage({ token: c.req.query('token') ?? '' }))
  })

  app.post('/setup', async (c) => {
    checkOrigin(access, c)
    const form = await readForm(c)
    const input = {
      token: form('token'),
      name: form('name'),
      email: form('email'),
      password: form('password'),
    }
    try {
      const { session } = await access.finishSetup(input)
      setSession(access, c, session)
      return c.redirect('/', 303)
    } catch (error) {
      const problem = asProblem(error)
      if (problem.code !== 'invalid_params') throw error
      return sendPage(c, setupPage({ ...input, problem }), problem.status)
    }
  })

  app.get('/sign-in', async (c) => {
    const next = safeNext(c.req.query('next'))
    if ((await findPerson(access, c)) !== undefined) return c.redirect(next, 303)
    return sendPage(c, signInPage({ next }))
  })

  app.post('/sign-in', async (c) => {
    checkOrigin(access, c)
    const form = await readForm(c)
    const [email, next] = [form('email'), safeNext(form('next'))]
    try {
      const { session } = await access.signIn({
        workspace,
        email,
        password: form('password'),
        address: address(c),
      })
      // A session from before must not live on beside the new one.
      const before = sessionToken(access, c)
      if (before !== undefined) await access.signOut(before)
      setSession(access, c, session)
      return c.redirect(next, 303)
    } catch (error) {
      const problem = asProblem(error)
      if (problem.code !== 'unauthenticated') throw error
      return sendPage(c, signInPage({ next, email, problem }), problem.status)
    }
  })

  app.post('/sign-out', async (c) => {
    const form = await readForm(c)
    await write(c, form('csrf'))
    await access.signOut(sessionToken(access, c) ?? '')
    clearSession(access, c)
    return c.redirect('/sign-in', 303)
  })

  app.get('/pair', async (c) => {
    const signedIn = await person(c)
    const code = c.req.query('code') ?? ''
    if (code === '') return sendPage(c, enterCodePage(signedIn))
    try {
      return await sendPage(c, pairingPage(signedIn, await access.findPairing(code, address(c))))
    } catch (error) {
      const problem = asProblem(error)
      if (problem.code !== 'pairing_not_found') throw error
      return sendPage(c, enterCodePage(signedIn, problem), problem.status)
    }
  })

  app.post('/pair', async (c) => {
    const form = await readForm(c)
    const signedIn = await write(c, form('csrf'))
    const decision = form('decision')
    if (decision === 'deny') {
      await access.denyPairing(signedIn.person, form('code'))
      return c.redirect('/devices?notice=denied', 303)
    }
    if (decision !== 'approve') throw new Problem('invalid_params', 'Choose “Pair” or “Refuse”.')
    await access.approvePairing(signedIn.person, form('code'), {
      connections: ['*'],
      tools: ['*'],
      readOnly: form('read_only') !== '',
      chatApprovals: form('chat_approvals') !== '',
    })
    return c.redirect('/devices?notice=paired', 303)
  })

  app.get('/devices', async (c) => {
    const signedIn = await person(c)
    const devices = await access.listDevices(workspace)
    return sendPage(c, devicesPage(signedIn, devices, noticeOf(c.req.query('notice'))))
  })

  app.post('/devices/:id/revoke', async (c) => {
    const form = await readForm(c)
    const { person: actor } = await write(c, form('csrf'))
    await access.revokeDevice(actor, c.req.param('id') as DeviceId)
    return c.redirect('/devices?notice=revoked', 303)
  })

  return app
}
