import type { ClientMetadata, KoaContextWithOIDC } from 'oidc-provider'
import { hasCardNumber } from '../../contract/card-numbers.ts'
import { cleanLabel } from '../label.ts'
import type { OAuthLibrary } from './library.ts'

/** What a client says of itself and we keep. What is left out includes every address that the provider would fetch from. */
const KEPT = new Set([
  'client_id',
  'client_id_issued_at',
  'client_name',
  'dpop_bound_access_tokens',
  'grant_types',
  'redirect_uris',
  'registered_from',
])
/** What a client that registers by itself may use, and gets if it does not say. */
export const CLIENT_GRANT_TYPES = ['authorization_code', 'refresh_token']
/** A client has one per platform or editor it runs in. */
const MAX_REDIRECT_URIS = 20
const MAX_REDIRECT_URI_LENGTH = 500

/** RFC 3986 without what could end the place in a header or a policy that the address is written into. */
const PLAIN_URI = /^[\w\-.~:/?[\]@!$&()*+=%]+$/
const PLAIN_HOST = /^(?:[a-z\d.-]+|\[[\da-f:.]+\])(?::\d+)?$/
const LOOPBACK_HOSTS = new Set(['localhost', '127.0.0.1', '[::1]'])
/** Schemes of one app alone: in reverse domain form (RFC 8252), or of an editor or assistant that is known to us. */
const REVERSE_DOMAIN_SCHEME = /^[a-z][a-z\d-]*(?:\.[a-z\d-]+)+:$/
const APP_SCHEMES = new Set([
  'claude:',
  'cursor:',
  'goose:',
  'jetbrains:',
  'kiro:',
  'lmstudio:',
  'raycast:',
  'vscode:',
  'vscode-insiders:',
  'vscodium:',
  'warp:',
  'windsurf:',
  'zed:',
])

/**
 * Makes what a client says of itself what this hub can serve: a public client with PKCE, a clean name, and redirects
 * that lead to https, to this computer, or to one app. It runs at registration and whenever a client is loaded.
 */
export function correctClient(
  { errors }: OAuthLibrary,
  ctx: KoaContextWithOIDC | undefined,
  client: ClientMetadata,
): void {
  for (const name of Object.keys(client)) if (!KEPT.has(name)) Reflect.deleteProperty(client, name)
  // Only we know where a registration came from; a client that is a document on the web did not register.
  if (ctx !== undefined) client['registered_from'] = ctx.ip
  else if (client.client_id.startsWith('https:')) delete client['registered_from']

  const name: unknown = client.client_name
  if (typeof name === 'string' && hasCardNumber(name)) {
    throw new errors.InvalidClientMetadata('client_name must not hold a card number')
  }
  client.client_name = cleanLabel(name)
  const asked: unknown = client.grant_types
  client.grant_types = CLIENT_GRANT_TYPES.filter((type) => Array.isArray(asked) && asked.includes(type))
  client.response_types = ['code']
  client.token_endpoint_auth_method = 'none'

  const uris: unknown = client.redirect_uris
  if (!Array.isArray(uris) || uris.length === 0 || uris.length > MAX_REDIRECT_URIS) {
    throw new errors.InvalidClientMetadata(`redirect_uris must hold 1 to ${MAX_REDIRECT_URIS} addresses`)
  }
  const kinds = uris.map((uri: unknown) => kindOf(uri))
  if (kinds.includes(undefined)) {
    throw new errors.InvalidClientMetadata(
      'redirect_uris must use https, http on 127.0.0.1, [::1] or localhost, or a scheme of your app in reverse domain form',
    )
  }
  client.application_type = kinds.every((kind) => kind === 'web') ? 'web' : 'native'
}

function kindOf(uri: unknown): 'web' | 'native' | undefined {
  if (typeof uri !== 'string' || uri.length > MAX_REDIRECT_URI_LENGTH || !PLAIN_URI.test(uri))
    return undefined
  const url = URL.parse(uri)
  if (url === null || url.username !== '' || url.password !== '') return undefined
  if (url.protocol === 'https:') return PLAIN_HOST.test(url.host) ? 'web' : undefined
  if (url.protocol === 'http:') return LOOPBACK_HOSTS.has(url.hostname) ? 'native' : undefined
  return APP_SCHEMES.has(url.protocol) || REVERSE_DOMAIN_SCHEME.test(url.protocol) ? 'native' : undefined
}

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

/** For the provider's every request to the outside: there are none but those that the owner allowed, and these are guarded. */
export function guardFetch(allowed: Fetch | undefined): typeof fetch {
  return (input, init = {}) => {
    if (allowed === undefined) return Promise.reject(new Error('this hub fetches nothing about clients'))
    // The provider's dispatcher cuts connections to addresses inside a network; where it has none it only warns.
    if (!('dispatcher' in init)) return Promise.reject(new Error('inner addresses could not be kept out'))
    return allowed(input instanceof Request ? input.url : String(input), init)
  }
}
