import type { JWK, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Now } from '../../contract/ids.ts'
import type { Vault } from '../../vault/vault.ts'
import { cleanLabel } from '../label.ts'
import { POLL_INTERVAL_SECONDS } from './poll-pacer.ts'
import type { OAuthLibrary } from './library.ts'
import type { OAuthRecords } from './records.ts'

/** The one public client of our own: the plugin and the CLI. What a device is told apart by is its key. */
export const DEVICE_CLIENT_ID = 'clawlink-cli'
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
/** Also the only algorithm a proof may use: one that every platform has. */
export const SIGNING_ALGORITHM = 'ES256'
export const SCOPES = { readOnly: 'read', full: 'read write' }
/** Asked for beside them by what can ask a person in a chat, and passes the answer on. */
export const ATTEST_SCOPE = 'attest'

/** Time to find one's phone and sign in. */
const DEVICE_CODE_TTL_SECONDS = 10 * 60
/** A stolen token is of no use without the key; if both are lost, this is how long it works after the last refresh. */
const ACCESS_TOKEN_TTL_SECONDS = 10 * 60
/** A device that was away for longer pairs again. */
const REFRESH_TOKEN_TTL_SECONDS = 30 * 24 * 60 * 60
/** Refresh tokens are bound to the device's key, so they need not change each time: a lost answer then loses no pairing. */
const ROTATE_AFTER_SHARE = 0.7
/** Once a year a person is asked whether the device should still be there. */
export const DEVICE_TTL_SECONDS = 365 * 24 * 60 * 60

export const OAUTH_PATHS = {
  device: '/oauth/device',
  token: '/oauth/token',
  revocation: '/oauth/revoke',
  jwks: '/oauth/jwks',
  metadata: '/.well-known/oauth-authorization-server',
}

/** The resource that a request's path belongs to. A token for one is refused at the other. */
export function resourceOf(publicUrl: string, path: string): string {
  const isMcp = path === '/mcp' || path.startsWith('/mcp/') || path.startsWith('/mcp?')
  return `${publicUrl}${isMcp ? '/mcp' : '/api'}`
}

export interface ProviderOptions {
  library: OAuthLibrary
  publicUrl: string
  vault: Vault
  records: OAuthRecords
  /** The first signs, all of them verify. */
  signingKeys: JWK[]
  now: Now
  log: (event: string, detail: Record<string, unknown>) => void
  /** Whether this device may still have tokens. */
  isDeviceActive: (deviceId: string) => Promise<boolean>
}

/** oidc-provider, cut down to the device flow. Its defaults are made for signing people in and are wrong here in places. */
export function createProvider(options: ProviderOptions): Provider {
  const { library, publicUrl, vault, records, now } = options
  const resource = resourceOf(publicUrl, '/api')

  const provider = new library.Provider(publicUrl, {
    adapter: records.adapter,
    jwks: { keys: options.signingKeys },
    cookies: { keys: [Buffer.from(vault.branchKey('oauth cookies')).toString('hex')] },
    clients: [
      {
        client_id: DEVICE_CLIENT_ID,
        client_name: 'ClawLink device',
        application_type: 'native',
        token_endpoint_auth_method: 'none',
        grant_types: [DEVICE_CODE_GRANT, 'refresh_token'],
        response_types: [],
        redirect_uris: [],
        dpop_bound_access_tokens: true,
        id_token_signed_response_alg: SIGNING_ALGORITHM,
      },
    ],
    clientAuthMethods: ['none'],
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM },
    clientBasedCORS: () => false,
    scopes: [],
    responseTypes: ['code'],
    enabledJWA: {
      idTokenSigningAlgValues: [SIGNING_ALGORITHM],
      dPoPSigningAlgValues: [SIGNING_ALGORITHM],
    },
    routes: {
      device_authorization: OAUTH_PATHS.device,
      token: OAUTH_PATHS.token,
      revocation: OAUTH_PATHS.revocation,
      jwks: OAUTH_PATHS.jwks,
      // Ours, and never served by the provider: it only builds the link that the device shows.
      code_verification: '/pair',
    },
    features: {
      deviceFlow: {
        enabled: true,
        // Capital consonants without vowels: no words, and nothing that looks like something else.
        charset: 'base-20',
        mask: '****-****',
        deviceInfo: (ctx) => ({
          address: ctx.ip,
          label: cleanLabel(ctx.oidc.params?.['device_label']),
        }),
      },
      // With a secret for nonces, a device whose clock is wrong can still get its tokens.
      dPoP: { enabled: true, nonceSecret: Buffer.from(vault.branchKey('oauth nonces')) },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== resource) throw new library.errors.InvalidTarget()
          return {
            audience: resource,
            scope: `${SCOPES.full} ${ATTEST_SCOPE}`,
            accessTokenFormat: 'jwt',
            accessTokenTTL: ACCESS_TOKEN_TTL_SECONDS,
            jwt: { sign: { alg: SIGNING_ALGORITHM } },
          }
        },
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    extraParams: ['device_label'],
    ttl: {
      AccessToken: ACCESS_TOKEN_TTL_SECONDS,
      DeviceCode: DEVICE_CODE_TTL_SECONDS,
      Grant: DEVICE_TTL_SECONDS,
      RefreshToken: REFRESH_TOKEN_TTL_SECONDS,
    },
    async findAccount(_ctx, id) {
      if (!(await options.isDeviceActive(id))) return undefined
      return { accountId: id, claims: () => ({ sub: id }) }
    },
    // The default would take the grant of the browser's session, and two pairings would then share one.
    loadExistingGrant: (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId)
    },
    // A pairing outlives the browser session of whoever approved it.
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: (ctx) => {
      const { iat = 0, exp = 0 } = ctx.oidc.entities.RefreshToken ?? {}
      return now() / 1000 >= iat + (exp - iat) * ROTATE_AFTER_SHARE
    },
    extraTokenClaims: (_ctx, token) => ('grantId' in token ? { grant_id: token.grantId } : undefined),
    renderError: (ctx, out) => {
      ctx.type = 'json'
      ctx.body = out
    },
  })

  // Only ever reached through `serve`, which has overwritten these headers from what it knows.
  provider.proxy = true
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.status === 200) finishAnswer(ctx.path, ctx.body)
  })
  provider.on('server_error', (_ctx, error) => {
    options.log('oauth.failed', { error: error.message })
  })
  const refused = (ctx: KoaContextWithOIDC, error: Error): void => {
    options.log('oauth.refused', { path: ctx.path, error: error.message })
  }
  provider.on('grant.error', refused)
  provider.on('device_authorization.error', refused)
  provider.on('revocation.error', refused)
  return provider
}

/** What the provider announces of signing people in, which this hub does not do for others. */
const NOT_SERVED = [
  'authorization_endpoint',
  'authorization_response_iss_parameter_supported',
  'claim_types_supported',
  'claims_parameter_supported',
  'claims_supported',
  'code_challenge_methods_supported',
  'id_token_signing_alg_values_supported',
  'request_uri_parameter_supported',
  'response_modes_supported',
  'subject_types_supported',
]

/** Adds what the provider leaves out, and takes out of its metadata what we do not serve. */
function finishAnswer(path: string, body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  if (path === OAUTH_PATHS.metadata) {
    for (const name of NOT_SERVED) Reflect.deleteProperty(body, name)
    Object.assign(body, {
      grant_types_supported: [DEVICE_CODE_GRANT, 'refresh_token'],
      response_types_supported: [],
      scopes_supported: [...SCOPES.full.split(' '), ATTEST_SCOPE],
    })
  }
  if (path === OAUTH_PATHS.device && 'verification_uri' in body && 'user_code' in body) {
    Object.assign(body, {
      verification_uri_complete: `${String(body.verification_uri)}?code=${String(body.user_code)}`,
      interval: POLL_INTERVAL_SECONDS,
    })
  }
}
