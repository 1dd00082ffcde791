import { hashKey } from '../store/store.ts'
import type { Store } from '../store/store.ts'
import type { Transaction } from '../store/transaction.ts'
import type { JsonObject } from '../store/json.ts'
import { grantTokens, grants } from './grant.ts'
import type { Grant, GrantSort } from './grant.ts'

/** In OAuth's own shape, not Stripe's. */
export class OauthError extends Error {
  readonly status: number
  readonly code: string

  constructor(code: string, message: string, status = 400) {
    super(message)
    this.name = 'OauthError'
    this.code = code
    this.status = status
  }
}

const CODE_SECONDS = 5 * 60
const APP_ACCESS_SECONDS = 60 * 60
const APP_REFRESH_SECONDS = 365 * 24 * 60 * 60

/** Secrets name their account, so that they are found without a list of all of them. */
const SECRET = /^(?:ac|rt)_([A-Za-z0-9]{16})_[A-Za-z0-9]{32}$/

/** A code for the platform; only its hash is kept. */
export function issueCode(
  tx: Transaction,
  order: { clientId: string; scope: string; sort: GrantSort },
): string {
  const code = `ac_${suffixOf(tx)}_${tx.token(32)}`
  tx.put(grants, {
    id: hashKey(code),
    created: tx.now,
    client_id: order.clientId,
    platform: null,
    revoked: false,
    scope: order.scope,
    sort: order.sort,
  })
  return code
}

/** @throws OauthError for a code that is none, is used, too old, or of the other sort of app */
export function exchangeCode(store: Store, code: string, platform: string, sort: GrantSort): JsonObject {
  const tx = begin(store, code)
  const grant = tx?.get(grants, hashKey(code))
  if (!tx || !grant || grant.sort !== sort || tx.now > grant.created + CODE_SECONDS) {
    throw new OauthError('invalid_grant', `Authorization code does not exist: ${code.slice(0, 20)}`)
  }
  if (grant.platform !== null) {
    // Two who know a code are one too many: whatever it gave is taken back.
    tx.put(grants, { ...grant, revoked: true })
    store.commit(tx)
    throw new OauthError(
      'invalid_grant',
      'This authorization code has already been used. All tokens issued with this code have been revoked.',
    )
  }
  const exchanged = tx.put(grants, { ...grant, platform })
  return answer(store, tx, exchanged, `rt_${suffixOf(tx)}_${tx.token(32)}`)
}

/** A new access token. An app's refresh token works once, Connect's again and again. @throws OauthError */
export function refreshToken(store: Store, given: string, platform: string, sort: GrantSort): JsonObject {
  const tx = begin(store, given)
  const token = tx?.get(grantTokens, hashKey(given))
  const grant = token && tx?.get(grants, token.grant)
  const usable =
    token?.sort === 'refresh' &&
    !token.dead &&
    (token.expires_at === null || (tx?.now ?? 0) < token.expires_at)
  if (!tx || !grant || !usable || grant.revoked || grant.sort !== sort || grant.platform !== platform) {
    throw new OauthError('invalid_grant', 'The refresh token is invalid, has been used or has expired.')
  }
  if (sort === 'connect') return answer(store, tx, grant, given)
  tx.put(grantTokens, { ...token, dead: true })
  return answer(store, tx, grant, `rt_${suffixOf(tx)}_${tx.token(32)}`)
}

/** @throws OauthError when this platform is not connected to the account */
export function deauthorize(store: Store, clientId: string, accountId: string, platform: string): JsonObject {
  const account = store.findById(accountId)
  const tx = account && store.begin(account, { requestId: null, idempotencyKey: null })
  const connected = (tx?.rows(grants, 'client_id', clientId) ?? [])
    .map(({ entity }) => entity)
    .filter((grant) => grant.platform === platform && !grant.revoked)
  if (!tx || connected.length === 0) {
    throw new OauthError(
      'invalid_client',
      `This application is not connected to stripe account ${accountId.slice(0, 40)}, or that account does not exist.`,
      401,
    )
  }
  for (const grant of connected) tx.put(grants, { ...grant, revoked: true })
  store.commit(tx)
  return { stripe_user_id: accountId }
}

function begin(store: Store, secret: string): Transaction | undefined {
  const account = store.findById(`acct_${SECRET.exec(secret)?.[1] ?? ''}`)
  return account && store.begin(account, { requestId: null, idempotencyKey: null })
}

function answer(store: Store, tx: Transaction, grant: Grant, refresh: string): JsonObject {
  const isApp = grant.sort === 'app'
  const access = `sk_${tx.livemode ? 'live' : 'test'}_oauth_${suffixOf(tx)}_${tx.token(32)}`
  tx.put(grantTokens, {
    id: hashKey(access),
    dead: false,
    expires_at: isApp ? tx.now + APP_ACCESS_SECONDS : null,
    grant: grant.id,
    sort: 'access',
  })
  tx.put(grantTokens, {
    id: hashKey(refresh),
    dead: false,
    expires_at: isApp ? tx.now + APP_REFRESH_SECONDS : null,
    grant: grant.id,
    sort: 'refresh',
  })
  store.commit(tx)
  return {
    access_token: access,
    livemode: tx.livemode,
    refresh_token: refresh,
    scope: grant.scope,
    stripe_publishable_key: `pk_${tx.livemode ? 'live' : 'test'}_${suffixOf(tx)}`,
    stripe_user_id: tx.accountId,
    token_type: 'bearer',
  }
}

function suffixOf(tx: Transaction): string {
  return tx.accountId.slice('acct_'.length)
}
