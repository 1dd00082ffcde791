import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import type { Access, NewSession } from '../../access/access.ts'
import type { PersonActor } from '../../contract/actor.ts'
import { asProblem, Problem } from '../../contract/problem.ts'
import { notice, sendPage } from './page.ts'

export interface SignedIn {
  person: PersonActor
  csrfToken: string
}

/** Who is signed in, or `undefined`. */
export async function findPerson(access: Access, c: Context): Promise<SignedIn | undefined> {
  const token = sessionToken(access, c)
  return token === undefined ? undefined : access.personOf(token)
}

/** Gives the signed-in person of a request, or throws `unauthenticated`. */
export function requirePerson(access: Access): (c: Context) => Promise<SignedIn> {
  return async (c) => {
    const signedIn = await findPerson(access, c)
    if (signedIn === undefined) {
      throw new Problem('unauthenticated', 'Sign in first.', { nextStep: 'Open /sign-in in a browser.' })
    }
    return signedIn
  }
}

/**
 * The same for a request that changes something: it must come from one of our own pages (Origin) and carry the
 * session's CSRF token, which a form sends as `csrf` and a script as `x-csrf-token`.
 */
export function requireWrite(access: Access): (c: Context, csrf?: string) => Promise<SignedIn> {
  const requireSession = requirePerson(access)
  return async (c, csrf = c.req.header('x-csrf-token')) => {
    checkOrigin(access, c)
    const signedIn = await requireSession(c)
    if (!access.checkCsrf(sessionToken(access, c) ?? '', csrf ?? '')) {
      throw new Problem('csrf_failed', 'This form is not from your current session, so nothing was done.', {
        nextStep: 'Load the page again and repeat what you wanted to do.',
      })
    }
    return signedIn
  }
}

/** A browser tells the truth about where a form came from; whoever does not say is no page of ours. */
export function checkOrigin(access: Access, c: Context): void {
  if (c.req.header('origin') === access.publicUrl) return
  throw new Problem('csrf_failed', 'This request does not come from a page of this hub.', {
    nextStep: `Open ${access.publicUrl} and try again there.`,
  })
}

/** Plain http cannot carry a `Secure` cookie, and `__Host-` demands one; http is for this machine alone. */
export function cookieName(publicUrl: string): string {
  return isSecure(publicUrl) ? '__Host-clawlink' : 'clawlink_session'
}

export function setSession(access: Access, c: Context, session: NewSession): void {
  setCookie(c, cookieName(access.publicUrl), session.token, {
    ...cookieAttributes(access),
    expires: new Date(session.expiresAt),
  })
}

export function clearSession(access: Access, c: Context): void {
  deleteCookie(c, cookieName(access.publicUrl), cookieAttributes(access))
}

export function sessionToken(access: Access, c: Context): string | undefined {
  return getCookie(c, cookieName(access.publicUrl))
}

/** Where to go after signing in: a path of ours or the start page, never another site. */
export function safeNext(next: string | undefined): string {
  if (next === undefined || !next.startsWith('/')) return '/'
  const base = 'http://hub.invalid'
  const url = URL.parse(next, base)
  if (url === null || url.origin !== base || url.pathname.startsWith('//')) return '/'
  return `${url.pathname}${url.search}`
}

/**
 * Anything thrown while a page was made, as a page with the status of the Problem. Whoever is not signed in
 * goes to sign in and comes back.
 */
export async function sendProblemPage(access: Access, c: Context, error: unknown): Promise<Response> {
  const problem = asProblem(error)
  if (problem.code === 'unauthenticated' && c.req.method === 'GET') {
    const here = safeNext(c.req.url.slice(new URL(c.req.url).origin.length))
    // Coming from another site, a browser keeps our SameSite cookie back; coming from our own page it sends it.
    if (c.req.header('sec-fetch-site') === 'cross-site') {
      return sendPage(c, {
        title: 'One moment',
        narrow: true,
        continueAt: here,
        body: html`<h1>One moment</h1>
          <p><a href="${here}">Continue to ClawLink</a></p>`,
      })
    }
    return c.redirect(`/sign-in?next=${encodeURIComponent(here)}`, 303)
  }
  const signedIn = await findPerson(access, c).catch(() => undefined)
  const retryAfter = problem.details?.['retry_after_seconds']
  return sendPage(
    c,
    {
      title: 'That did not work',
      narrow: true,
      ...signedIn,
      body: html`<h1>That did not work</h1>
        ${notice('danger', problem.message, problem.nextStep)}
        <p><a href="/">Back to the start</a></p>`,
    },
    problem.status,
    typeof retryAfter === 'number' ? { 'Retry-After': String(retryAfter) } : {},
  )
}

function cookieAttributes(access: Access) {
  return { httpOnly: true, sameSite: 'Strict', path: '/', secure: isSecure(access.publicUrl) } as const
}

function isSecure(publicUrl: string): boolean {
  return publicUrl.startsWith('https:')
}
