import { tableOf } from '../store/account.ts'
import type { AccountState } from '../store/account.ts'
import type { Store } from '../store/store.ts'
import { accountInvalid } from '../wire/auth.ts'
import type { KeyIdentity } from '../wire/auth.ts'
import { invalidRequest } from '../wire/errors.ts'
import { grantTokens, grants } from './grant.ts'

/**
 * The account that a request works on: the key's own, the one that an access token was given for, or a connected one
 * that the request names.
 *
 * @throws StripeError 401 for a dead access token, 403 for an account that is not connected, or for writing with a
 *   read-only token
 */
export function actingAccount(
  store: Store,
  key: KeyIdentity,
  request: { method: string; account: string | null },
): AccountState {
  const own =
    key.grantedAccount === undefined
      ? (store.find(key.keyHash) ?? store.openAccount(key.keyHash, key.livemode))
      : accountOfToken(store, key, key.grantedAccount, request.method)
  if (request.account === null || request.account === own.id) return own
  const connected = store.findById(request.account)
  const grant =
    connected &&
    tableOf(connected, grants)
      .all()
      .find(({ entity }) => entity.platform === key.keyHash && !entity.revoked)?.entity
  if (!connected || !grant) throw accountInvalid(key, request.account)
  checkScope(key, grant.scope, request.method)
  return connected
}

function accountOfToken(store: Store, key: KeyIdentity, id: string, method: string): AccountState {
  const account = store.findById(id)
  const token = account && tableOf(account, grantTokens).get(key.keyHash)?.entity
  const grant = token && tableOf(account, grants).get(token.grant)?.entity
  if (!account || !grant || token.sort !== 'access' || token.dead || grant.revoked) {
    throw invalidRequest(`Invalid API Key provided: ${key.masked}`, { status: 401, stored: false })
  }
  if (token.expires_at !== null && store.now() / 1000 >= token.expires_at) {
    throw invalidRequest(`Expired API Key provided: ${key.masked}`, {
      status: 401,
      code: 'api_key_expired',
      stored: false,
    })
  }
  checkScope(key, grant.scope, method)
  return account
}

function checkScope(key: KeyIdentity, scope: string, method: string): void {
  if (scope !== 'read_only' || method === 'GET') return
  throw invalidRequest(
    `The provided key '${key.masked}' does not have the required permissions for this endpoint: it may only read.`,
    { status: 403, stored: false },
  )
}
