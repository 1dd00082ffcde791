import { hashKey } from '../store/store.ts'
import { invalidRequest } from './errors.ts'
import type { StripeError } from './errors.ts'
import type { HeaderReader } from './exchange.ts'

/** A key as the rest of the sandbox knows it: never the key itself. */
export interface KeyIdentity {
  keyHash: string
  livemode: boolean
  /** For access tokens: the account that they were given for. */
  grantedAccount?: string
  /** `sk_test_****abcd`, for error messages. */
  masked: string
}

const HELP =
  "You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer " +
  "YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we can help at " +
  'https://support.stripe.com/.'

/** @throws StripeError 401 for a missing, malformed, publishable or (unless allowed) live key */
export function authenticate(headers: HeaderReader, liveKeys: boolean): KeyIdentity {
  const key = readKey(headers.get('authorization'))
  if (key === undefined || key === '') {
    throw invalidRequest(`You did not provide an API key. ${HELP}`, { status: 401, stored: false })
  }
  return identifyKey(key, liveKeys)
}

/** @throws StripeError 401, see `authenticate` */
export function identifyKey(key: string, liveKeys: boolean): KeyIdentity {
  if (key.startsWith('pk_')) {
    throw invalidRequest(
      'This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of ' +
        'your API keys at https://dashboard.stripe.com/account/apikeys.',
      { status: 401, code: 'secret_key_required', stored: false },
    )
  }
  const mode = /^(?:sk|rk)_(test|live)_[A-Za-z0-9_]{1,240}$/.exec(key)?.[1]
  const masked = maskKey(key)
  if (mode === undefined || (mode === 'live' && !liveKeys)) {
    const why = mode === 'live' ? ' (this is a sandbox: it takes test mode keys, sk_test_… or rk_test_…)' : ''
    throw invalidRequest(`Invalid API Key provided: ${masked}${why}`, { status: 401, stored: false })
  }
  const granted = /^sk_(?:test|live)_oauth_([A-Za-z0-9]{16})_/.exec(key)?.[1]
  return {
    keyHash: hashKey(key),
    livemode: mode === 'live',
    masked,
    ...(granted === undefined ? {} : { grantedAccount: `acct_${granted}` }),
  }
}

/** A key acts for its own account only. */
export function accountInvalid(key: KeyIdentity, account: string): StripeError {
  return invalidRequest(
    `The provided key '${key.masked}' does not have access to account '${account}' (or that account does not exist). ` +
      'Application access may have been revoked.',
    { status: 403, code: 'account_invalid', stored: false },
  )
}

/** The key in an Authorization header, Bearer or Basic. */
export function readKey(header: string | null): string | undefined {
  const [, scheme = '', value = ''] = /^(\S+)\s+(\S+)\s*$/.exec(header ?? '') ?? []
  if (scheme.toLowerCase() === 'bearer') return value
  if (scheme.toLowerCase() !== 'basic') return undefined
  return Buffer.from(value, 'base64').toString('utf8').split(':')[0]
}

/** Enough to recognise one's own key by, as Stripe shows it; short keys show nothing. */
function maskKey(key: string): string {
  const prefix = /^(?:sk|rk)_(?:test|live)_/.exec(key)?.[0] ?? ''
  const rest = key.slice(prefix.length)
  return `${prefix}${'*'.repeat(Math.min(rest.length, 20))}${rest.length >= 16 ? rest.slice(-4) : ''}`
}
