import { createHash } from 'node:crypto'
import type { Context } from 'hono'
import { html } from 'hono/html'
import type { HtmlEscapedString } from 'hono/utils/html'
import type { PersonActor } from '../../contract/actor.ts'
import { CSS } from './page-style.ts'

export { CSS as stylesheetText } from './page-style.ts'

/** Escaped text: whatever was put into it with `html` cannot become markup. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>

export interface Page {
  title: string
  /** Who is signed in: gives the page its navigation. */
  person?: PersonActor
  /** Needed with `person`, for the sign-out form. */
  csrfToken?: string
  /** The path of the navigation's entry that this page belongs to. */
  current?: string
  /** For pages with one form or message. */
  narrow?: boolean
  /** Where the browser goes by itself at once: a path of ours. */
  continueAt?: string
  body: Html
}

export const STYLESHEET_PATH = '/assets/clawlink.css'
const STYLESHEET_VERSION = createHash('sha256').update(CSS).digest('hex').slice(0, 12)

const NAVIGATION = [
  { path: '/', name: 'Inbox' },
  { path: '/devices', name: 'Devices' },
]

/**
 * What every page is sent with. `same-origin` and not `no-referrer`: with the latter a browser sends
 * `Origin: null` with our own forms, and the check of the Origin would refuse them. Other sites learn nothing either way.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=()',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** The layout that every page shares. */
export function page({ title, person, csrfToken, current, narrow, continueAt, body }: Page): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        ${continueAt === undefined ? '' : html`<meta http-equiv="refresh" content="0; url=${continueAt}" />`}
        <title>${title} · ClawLink</title>
        <link rel="stylesheet" href="${STYLESHEET_PATH}?v=${STYLESHEET_VERSION}" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header class="top">
          <div>
            <a class="brand" href="/">ClawLink</a>
            ${person === undefined ? '' : navigation(person, csrfToken ?? '', current)}
          </div>
        </header>
        <main id="main" class="${narrow === true ? 'narrow' : 'wide'}">${body}</main>
        <footer>ClawLink shows what will happen, before it does.</footer>
      </body>
    </html>`
}

function navigation(person: PersonActor, csrfToken: string, current: string | undefined): Html {
  return html`<nav aria-label="Main">
    ${NAVIGATION.map(
      ({ path, name }) =>
        html`<a href="${path}" ${path === current ? html`aria-current="page"` : ''}>${name}</a>`,
    )}
    <span class="who">${person.name} (${person.role})</span>
    <form method="post" action="/sign-out">${csrfField(csrfToken)}<button>Sign out</button></form>
  </nav>`
}

/** Goes into every form that writes. */
export function csrfField(csrfToken: string): Html {
  return html`<input type="hidden" name="csrf" value="${csrfToken}" />`
}

/** Asks a signed-in person for the password once more. */
export function passwordField(hint: string, required = true): Html {
  return html`<div class="field">
    <label for="password">Your password, once more</label>
    <input
      id="password"
      name="password"
      type="password"
      ${required ? html`required` : ''}
      autocomplete="current-password"
      aria-describedby="password-hint"
    />
    <p class="hint" id="password-hint">${hint}</p>
  </div>`
}

/** `kind` colours it; the words must say it too. */
export function notice(kind: 'good' | 'warn' | 'danger', text: string, more?: string): Html {
  return html`<div class="notice ${kind}" role="${kind === 'danger' ? 'alert' : 'status'}">
    <p><strong>${text}</strong></p>
    ${more === undefined ? '' : html`<p>${more}</p>`}
  </div>`
}

/** A moment as people read it; the machine's spelling goes along. */
export function moment(iso: string): Html {
  const text = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: 'UTC',
  }).format(new Date(iso))
  return html`<time datetime="${iso}">${text} UTC</time>`
}

/** Answers with a page and its headers. */
export function sendPage(
  c: Context,
  content: Page,
  status = 200,
  headers: Record<string, string> = {},
): Response | Promise<Response> {
  c.status(status as Parameters<Context['status']>[0])
  for (const [name, value] of Object.entries({ ...pageHeaders, ...headers })) c.header(name, value)
  return c.html(page(content))
}

/** Serves the stylesheet; its address changes with its text, so it may be kept for ever. */
export function serveStylesheet(c: Context): Response {
  return c.body(CSS, 200, {
    'Content-Type': 'text/css; charset=utf-8',
    'Cache-Control': 'public, max-age=31536000, immutable',
    'X-Content-Type-Options': 'nosniff',
  })
}
