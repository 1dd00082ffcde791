import { randomBytes } from 'node:crypto'
import { fillWithDemo } from '../demo/demo-business.ts'
import { html } from '../pages/html.ts'
import { isFormToken, respond } from '../pages/handle-page.ts'
import { isFollowable, withQuery } from '../pages/page.ts'
import type { IdSource } from '../store/ids.ts'
import { hashKey } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import { identifyKey, readKey } from '../wire/auth.ts'
import { readForm } from '../wire/body.ts'
import { StripeError } from '../wire/errors.ts'
import type { SideDoor, WireAnswer, WireRequest } from '../wire/exchange.ts'
import { OauthError, deauthorize, exchangeCode, issueCode, refreshToken } from './exchange-token.ts'
import type { GrantSort } from './grant.ts'

export interface OauthOptions {
  store: Store
  newId: IdSource
  newRequestId: () => string
  liveKeys: boolean
}

/** Connect's addresses and Stripe Apps' own. */
const authorizing: Record<string, GrantSort> = { '/oauth/authorize': 'connect', '/oauth/v2/authorize': 'app' }
const exchanging: Record<string, GrantSort> = { '/oauth/token': 'connect', '/v1/oauth/token': 'app' }
const ending = new Set(['/oauth/deauthorize', '/v1/oauth/deauthorize'])

/** Consent pages and token endpoints; undefined for any other address. */
export function createOauthHandler(options: OauthOptions): SideDoor {
  return async (request) => {
    const { url } = request
    const consent = authorizing[url.pathname]
    const exchange = exchanging[url.pathname]
    if (consent) return authorize(options, request, consent).catch(refuse)
    if (!exchange && !ending.has(url.pathname)) return undefined
    if (request.method !== 'POST') return undefined
    try {
      const form = new URLSearchParams(await readForm(request))
      const platform = platformOf(options, request, form)
      const body = exchange
        ? tokens(options.store, form, platform, exchange)
        : deauthorize(options.store, required(form, 'client_id'), required(form, 'stripe_user_id'), platform)
      return json(options, 200, body)
    } catch (error) {
      const { code, message, status } = asOauth(error)
      return json(options, status, { error: code, error_description: message })
    }
  }
}

function tokens(store: Store, form: URLSearchParams, platform: string, sort: GrantSort) {
  const type = required(form, 'grant_type')
  if (type === 'authorization_code') return exchangeCode(store, required(form, 'code'), platform, sort)
  if (type === 'refresh_token') return refreshToken(store, required(form, 'refresh_token'), platform, sort)
  throw new OauthError('unsupported_grant_type', `Unsupported grant type: ${type.slice(0, 40)}`)
}

/** The platform's own secret key, in the form or in the header. */
function platformOf(options: OauthOptions, request: WireRequest, form: URLSearchParams): string {
  const key = form.get('client_secret') ?? readKey(request.headers.get('authorization')) ?? ''
  if (key === '') throw new OauthError('invalid_client', 'No API key was provided.', 401)
  return identifyKey(key, options.liveKeys).keyHash
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name) ?? ''
  if (value === '') throw new OauthError('invalid_request', `No ${name.replaceAll('_', ' ')} was given.`)
  return value
}

/** The owner of an account is asked; saying yes opens a new account for the platform to act for. */
async function authorize(options: OauthOptions, request: WireRequest, sort: GrantSort): Promise<WireAnswer> {
  const { url } = request
  const asked = readQuestion(url, sort)
  if ('wrong' in asked) {
    return respond({ title: 'This cannot be authorized', body: html`<p>${asked.wrong}</p>`, status: 400 })
  }
  const { redirectUri, state, scope, clientId } = asked
  const expected = options.newId(`form token ${url.pathname}${url.search}`, 32)
  if (request.method !== 'POST') {
    return respond({
      title: 'Connect an account',
      leadsTo: redirectUri,
      body: html` <p>
          The application <strong>${clientId}</strong> asks to
          ${scope === 'read_only' ? 'read' : 'read and change'} the data of a Stripe account, and sends you
          back to ${new URL(redirectUri).host}.
        </p>
        <form method="post">
          <input type="hidden" name="form_token" value="${expected}" />
          <p>A new sandbox account is made for it.</p>
          <label class="choice"
            ><input type="radio" name="account" value="demo" checked />With a small demo business in it</label
          >
          <label class="choice"><input type="radio" name="account" value="empty" />Empty</label>
          <button name="decision" value="connect">Connect</button>
          <button name="decision" value="deny" class="quiet">Do not connect</button>
        </form>`,
    })
  }
  const form = new URLSearchParams(await readForm(request))
  if (!isFormToken(form, expected)) {
    return respond({
      title: 'This form is out of date',
      body: html`<p>Nothing was connected: open the page again.</p>`,
      status: 403,
    })
  }
  const back = (parameters: Record<string, string>) =>
    respond({ redirect: withQuery(redirectUri, { ...parameters, ...(state === null ? {} : { state }) }) })
  if (form.get('decision') !== 'connect') {
    return back({ error: 'access_denied', error_description: 'The user denied your request' })
  }
  // Nobody ever has this key: the account is reached by what the code is exchanged for.
  const account = options.store.openAccount(hashKey(randomBytes(32).toString('hex')), false)
  const tx = options.store.begin(account, { requestId: null, idempotencyKey: null })
  if (form.get('account') !== 'empty') fillWithDemo(tx)
  const code = issueCode(tx, { clientId, scope, sort })
  options.store.commit(tx)
  return back({ code, scope })
}

function readQuestion(url: URL, sort: GrantSort) {
  const query = url.searchParams
  const clientId = query.get('client_id') ?? ''
  const redirectUri = query.get('redirect_uri') ?? ''
  const scope = sort === 'app' ? 'stripe_apps' : (query.get('scope') ?? 'read_only')
  if (!/^ca_[A-Za-z0-9]{1,64}$/.test(clientId)) return { wrong: 'No such application.' }
  if (sort === 'connect' && query.get('response_type') !== 'code') {
    return { wrong: 'The response type must be code.' }
  }
  if (!isFollowable(redirectUri) || !/^https?:$/.test(new URL(redirectUri).protocol)) {
    return { wrong: 'The redirect address is missing or is none.' }
  }
  if (!['read_only', 'read_write', 'stripe_apps'].includes(scope)) return { wrong: 'There is no such scope.' }
  return { clientId, redirectUri, scope, state: query.get('state') }
}

function refuse(error: unknown): WireAnswer {
  if (!(error instanceof StripeError)) throw error
  return respond({ title: 'That did not work', body: html`<p>${error.message}</p>`, status: error.status })
}

function asOauth(error: unknown): { code: string; message: string; status: number } {
  if (error instanceof OauthError) return error
  if (!(error instanceof StripeError)) throw error
  return {
    code: error.status === 401 ? 'invalid_client' : 'invalid_request',
    message: error.message,
    status: error.status,
  }
}

function json(options: OauthOptions, status: number, body: object): WireAnswer {
  return {
    status,
    body: JSON.stringify(body),
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'request-id': options.newRequestId(),
    },
  }
}
