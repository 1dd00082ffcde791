import type { HttpBindings } from '@hono/node-server'
import { Hono, type Context } from 'hono'
import { html } from 'hono/html'
import type { Access, Consent, ConsentRequest } from '../../access/access.ts'
import { Problem } from '../../contract/problem.ts'
import { csrfField, moment, pageHeaders, sendPage, type Html, type Page } from './page.ts'
import { forViewers, readOnlyField } from './pair-pages.ts'
import { requirePerson, requireWrite, sendProblemPage, type SignedIn } from './person-session.ts'
import { readForm } from './read-body.ts'

/** The page on which a person decides about an MCP client that sent their browser here. */
export function consentPages(access: Access): Hono<{ Bindings: HttpBindings }> {
  const app = new Hono<{ Bindings: HttpBindings }>()
  const person = requirePerson(access)
  const write = requireWrite(access)

  app.onError((error, c) => sendProblemPage(access, c, error))

  app.get('/oauth/consent/:id', async (c) => {
    const signedIn = await person(c)
    const consent = await access.findConsent(requestOf(c, c.req.param('id')))
    return sendPage(c, consentPage(signedIn, consent), 200, {
      'Content-Security-Policy': policyFor(consent.redirectUri),
    })
  })

  app.post('/oauth/consent/:id', async (c) => {
    const form = await readForm(c)
    const { person: decider } = await write(c, form('csrf'))
    const request = requestOf(c, c.req.param('id'))
    const decision = form('decision')
    if (decision !== 'allow' && decision !== 'refuse') {
      throw new Problem('invalid_params', 'Choose “Allow” or “Refuse”.')
    }
    const { continueAt } =
      decision === 'allow'
        ? await access.approveConsent(decider, request, { readOnly: form('read_only') !== '' })
        : await access.denyConsent(decider, request)
    return c.redirect(continueAt, 303)
  })

  return app
}

function requestOf(c: Context<{ Bindings: HttpBindings }>, id: string): ConsentRequest {
  return { id, incoming: c.env.incoming, outgoing: c.env.outgoing }
}

/** Chromium holds the redirect that answers a form against `form-action` too, so where this one leads is named. */
function policyFor(redirectUri: string): string {
  const { origin, protocol, hostname } = new URL(redirectUri)
  // A policy has no way to name an IPv6 address, nor an app but by its scheme.
  const source = origin === 'null' || hostname.startsWith('[') ? protocol : origin
  const policy = pageHeaders['Content-Security-Policy'] ?? ''
  return policy.replace("form-action 'self'", `form-action 'self' ${source}`)
}

function consentPage(signedIn: SignedIn, consent: Consent): Page {
  return {
    ...signedIn,
    title: 'Connect this program?',
    current: '/devices',
    narrow: true,
    body: html`<h1>Connect this program?</h1>
      <p class="lead">Say yes only if you just started this yourself, in a program that you know.</p>
      <section class="card" aria-label="What is asked">
        <dl class="facts">
          <dt>Calls itself</dt>
          <dd>“${consent.label}”</dd>
          <dt>Gets the answer at</dt>
          <dd>${receiver(consent.redirectUri)}</dd>
          <dt>Registered from</dt>
          <dd><code>${consent.address}</code></dd>
          <dt>Asks to</dt>
          <dd>${consent.requested.readOnly ? 'read only' : 'read, and ask for changes'}</dd>
          <dt>Valid until</dt>
          <dd>${moment(consent.expiresAt)}</dd>
        </dl>
      </section>
      ${signedIn.person.role === 'viewer' ? forViewers() : decisionForm(signedIn, consent)}`,
  }
}

/** The name says nothing, since anyone can take any; where the answer goes is what cannot be forged. */
function receiver(redirectUri: string): Html {
  const { protocol, host } = new URL(redirectUri)
  if (protocol === 'https:') return html`<code>${host}</code>`
  if (protocol === 'http:') return html`a program on this computer, at <code>${host}</code>`
  return html`the app on this computer that opens <code>${protocol}</code> links`
}

function decisionForm(signedIn: SignedIn, consent: Consent): Html {
  return html`<form class="card" method="post" action="/oauth/consent/${consent.id}">
    ${csrfField(signedIn.csrfToken)} ${readOnlyField(consent.requested.readOnly)}
    <div class="actions">
      <button class="primary" name="decision" value="allow">Allow</button>
      <button class="quiet" name="decision" value="refuse">Refuse</button>
    </div>
  </form>`
}
