import { timingSafeEqual } from 'node:crypto'
import type { IdSource } from '../store/ids.ts'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/transaction.ts'
import { readForm } from '../wire/body.ts'
import { StripeError } from '../wire/errors.ts'
import type { SideDoor, WireAnswer } from '../wire/exchange.ts'
import { Html, html } from './html.ts'
import type { Page, PageAnswer, PageCall } from './page.ts'
import { STYLE } from './style.ts'

export interface PageOptions {
  store: Store
  pages: readonly Page[]
  /** Makes the form tokens: nobody who cannot read the page knows its token. */
  newId: IdSource
  newRequestId: () => string
  onFault: (requestId: string, error: unknown) => void
}

const ADDRESS = /^\/([a-z]+)\/(acct_[A-Za-z0-9]{1,64})\/([A-Za-z0-9_]{1,255})$/
const FORM_TOKEN_CHARACTERS = 32

/** Answers what a browser asks for; undefined where the address is no page's. */
export function createPageHandler(options: PageOptions): SideDoor {
  const pages = new Map(options.pages.map((page) => [page.prefix, page]))

  return async (request) => {
    const { url } = request
    if (url.pathname === '/pages/style.css') return stylesheet()
    const [, prefix = '', accountId = '', token = ''] = ADDRESS.exec(url.pathname) ?? []
    const page = pages.get(prefix)
    if (!page) return undefined
    const account = options.store.findById(accountId)
    if (!account) return respond(notFound)
    if (request.method !== 'GET' && request.method !== 'POST') return respond(notAllowed)
    const expected = options.newId(`form token ${url.pathname}`, FORM_TOKEN_CHARACTERS)
    const requestId = options.newRequestId()
    const begin = () => options.store.begin(account, { requestId, idempotencyKey: null, baseUrl: url.origin })
    const call = {
      token,
      query: url.searchParams,
      formToken: html`<input type="hidden" name="form_token" value="${expected}" />`,
    }
    try {
      if (request.method === 'GET') {
        return respond(attempt(options.store, begin(), (tx) => page.show({ ...call, tx, form: noForm })))
      }
      const form = new URLSearchParams(await readForm(request))
      if (!isFormToken(form, expected)) return respond(staleForm)
      return respond(act(options.store, page, begin, { ...call, form }))
    } catch (error) {
      if (error instanceof StripeError) return respond(problemPage(error))
      options.onFault(requestId, error)
      return respond(
        problemPage(
          new StripeError('api_error', 'The sandbox failed; nothing was changed.', { status: 500 }),
        ),
      )
    }
  }
}

const noForm = new URLSearchParams()

/** What is wrong with a form is said on the page itself, in a transaction that has seen nothing of it. */
function act(store: Store, page: Page, begin: () => Transaction, call: Omit<PageCall, 'tx'>): PageAnswer {
  try {
    return attempt(store, begin(), (tx) => page.act({ ...call, tx }))
  } catch (error) {
    if (!(error instanceof StripeError)) throw error
    const shown = attempt(store, begin(), (tx) => page.show({ ...call, tx, problem: error.message }))
    return 'redirect' in shown ? shown : { ...shown, status: 400 }
  }
}

function attempt(store: Store, tx: Transaction, work: (tx: Transaction) => PageAnswer): PageAnswer {
  try {
    const answer = work(tx)
    store.commit(tx)
    return answer
  } catch (error) {
    tx.rollback()
    throw error
  }
}

/** Whether the form comes from the page that it says it does. */
export function isFormToken(form: URLSearchParams, expected: string): boolean {
  const [left, right] = [Buffer.from(form.get('form_token') ?? ''), Buffer.from(expected)]
  return left.length === right.length && timingSafeEqual(left, right)
}

const notFound: PageAnswer = {
  title: 'Page not found',
  body: html`<p>There is nothing at this address, or not any more.</p>`,
  status: 404,
}
const notAllowed: PageAnswer = {
  title: 'Not possible',
  body: html`<p>This page is read or filled in, nothing else.</p>`,
  status: 405,
}
const staleForm: PageAnswer = {
  title: 'This form is out of date',
  body: html`<p>It was not made by this page. Nothing was changed: open the page again.</p>`,
  status: 403,
}

function problemPage(error: StripeError): PageAnswer {
  if (error.status === 404) return notFound
  return {
    title: 'That did not work',
    body: html`<p>${error.message}</p>`,
    status: error.status,
  }
}

export function respond(answer: PageAnswer): WireAnswer {
  const common = {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // The address is a secret; the page's own forms still say where they come from.
    'referrer-policy': 'same-origin',
  }
  if ('redirect' in answer) {
    return { status: 303, headers: { ...common, location: answer.redirect }, body: '' }
  }
  return {
    status: answer.status ?? 200,
    body: pageText(answer).text,
    headers: {
      ...common,
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        `default-src 'none'; style-src 'self'; form-action 'self'${formTarget(answer.leadsTo)}; ` +
        "base-uri 'none'; frame-ancestors 'none'",
    },
  }
}

/** Browsers hold the redirect after a form to the page's policy too. */
function formTarget(url: string | null | undefined): string {
  if (url === null || url === undefined || !URL.canParse(url)) return ''
  const { protocol, origin, host } = new URL(url)
  // An app's own scheme has no origin.
  return ` ${host !== '' && /^https?:$/.test(protocol) ? origin : protocol}`
}

function pageText({ title, body }: { title: string; body: Html }): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} – Sandbox</title>
        <link rel="stylesheet" href="/pages/style.css" />
      </head>
      <body>
        <p class="mark" role="note">Sandbox – no real money</p>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html> `
}

function stylesheet(): WireAnswer {
  return {
    status: 200,
    body: STYLE,
    headers: {
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=300',
      'x-content-type-options': 'nosniff',
    },
  }
}
