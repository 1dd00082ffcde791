import type { JWK, KoaContextWithOIDC, Provider } from 'oidc-provider'
import type { Now } from '../../contract/ids.ts'
import type { Vault } from '../../vault/vault.ts'
import { cleanLabel } from '../label.ts'
import { networkOf, type Limiter } from '../limiter.ts'
import { guardAuthorize, showRefusal, type Refusals } from './authorize.ts'
import { CLIENT_GRANT_TYPES, correctClient, guardFetch, type Fetch } from './client-metadata.ts'
import type { OAuthLibrary } from './library.ts'
import { finishMetadata, finishRegistration } from './metadata.ts'
import {
  ATTEST_SCOPE,
  DEVICE_CLIENT_ID,
  DEVICE_CODE_GRANT,
  OAUTH_PATHS,
  resourceFor,
  SCOPES,
  SIGNING_ALGORITHM,
} from './names.ts'
import { POLL_INTERVAL_SECONDS } from './poll-pacer.ts'
import type { OAuthRecords } from './records.ts'

/** Time to find one's phone and sign in. */
const DECISION_TTL_SECONDS = 10 * 60
/** A client takes its code at once. */
const CODE_TTL_SECONDS = 60
/** A stolen token is of no use without the key; if both are lost, this is how long it works after the last refresh. */
const ACCESS_TOKEN_TTL_SECONDS = 10 * 60
/** A device that was away for longer pairs again. */
const REFRESH_TOKEN_TTL_SECONDS = 30 * 24 * 60 * 60
/** Refresh tokens are bound to the device's key, so they need not change each time: a lost answer then loses no pairing. */
const ROTATE_AFTER_SHARE = 0.7
/** Once a year a person is asked whether the device should still be there. */
export const DEVICE_TTL_SECONDS = 365 * 24 * 60 * 60

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
  refusals: Refusals
  /** Gets what a client whose id is an address says of itself there; without it there are no such clients. */
  fetchClientMetadata: Fetch | undefined
  registrations: Limiter
}

/** oidc-provider, cut down to giving agents tokens. Its defaults are made for signing people in and are wrong here in places. */
export function createProvider(options: ProviderOptions): Provider {
  const { library, publicUrl, vault, records, now } = options
  const { fetchClientMetadata, refusals } = options

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
    clientDefaults: { id_token_signed_response_alg: SIGNING_ALGORITHM, grant_types: CLIENT_GRANT_TYPES },
    extraClientMetadata: {
      properties: ['registered_from'],
      validator: (ctx, _name, _value, client) => {
        if (client.client_id !== DEVICE_CLIENT_ID) correctClient(library, ctx, client)
      },
    },
    // Other clients may run in a browser; ours do not.
    clientBasedCORS: (_ctx, _origin, client) => client.clientId !== DEVICE_CLIENT_ID,
    fetch: guardFetch(fetchClientMetadata),
    scopes: [],
    responseTypes: ['code'],
    enabledJWA: {
      idTokenSigningAlgValues: [SIGNING_ALGORITHM],
      dPoPSigningAlgValues: [SIGNING_ALGORITHM],
    },
    pkce: { required: () => true },
    interactions: { url: (_ctx, { uid }) => `${OAUTH_PATHS.consent}/${uid}` },
    routes: {
      authorization: OAUTH_PATHS.authorization,
      registration: OAUTH_PATHS.registration,
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
        defaultResource: (_ctx, client) => resourceFor(publicUrl, client.clientId),
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, indicator, client) => {
          if (indicator !== resourceFor(publicUrl, client.clientId)) throw new library.errors.InvalidTarget()
          return {
            audience: indicator,
            scope: client.clientId === DEVICE_CLIENT_ID ? `${SCOPES.full} ${ATTEST_SCOPE}` : SCOPES.full,
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
      registration: { enabled: true, issueRegistrationAccessToken: false },
      clientIdMetadataDocument: {
        enabled: fetchClientMetadata !== undefined,
        ack: 'draft-02',
        // A client that is a document registers by being asked for; it is limited like the others.
        allowFetch: (ctx) => {
          options.registrations.take(networkOf(ctx.ip))
          return true
        },
        allowClient: () => true,
      },
      devInteractions: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
    },
    extraParams: ['device_label'],
    ttl: {
      AccessToken: ACCESS_TOKEN_TTL_SECONDS,
      AuthorizationCode: CODE_TTL_SECONDS,
      DeviceCode: DECISION_TTL_SECONDS,
      Grant: DEVICE_TTL_SECONDS,
      Interaction: DECISION_TTL_SECONDS,
      RefreshToken: REFRESH_TOKEN_TTL_SECONDS,
      Session: DECISION_TTL_SECONDS,
    },
    async findAccount(ctx, id) {
      if (await options.isDeviceActive(id)) return { accountId: id, claims: () => ({ sub: id }) }
      // Revoked between a person's yes and the client's code; the provider would stumble over an account that is not there.
      if (ctx.oidc.route === 'resume') throw new library.errors.AccessDenied('the device was revoked')
      return undefined
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
      const { iat = 0, exp = 0, jkt } = ctx.oidc.entities.RefreshToken ?? {}
      // Without a key, that the old one comes back is the only sign that there is a copy.
      return jkt === undefined || now() / 1000 >= iat + (exp - iat) * ROTATE_AFTER_SHARE
    },
    extraTokenClaims: (_ctx, token) => ('grantId' in token ? { grant_id: token.grantId } : undefined),
    renderError: (ctx, out, error) => {
      if (ctx.path.startsWith(OAUTH_PATHS.authorization)) return showRefusal(refusals, ctx, error)
      ctx.type = 'json'
      ctx.body = out
    },
  })

  // Only ever reached through `serve`, which has overwritten these headers from what it knows.
  provider.proxy = true
  provider.use(async (ctx, next) => {
    await next()
    if (ctx.status === 200 || ctx.status === 201) finishAnswer(ctx.path, ctx.body)
  })
  guardAuthorize(provider, refusals)
  provider.on('server_error', (_ctx, error) => {
    options.log('oauth.failed', { error: error.message })
  })
  const refused = (ctx: KoaContextWithOIDC, error: Error): void => {
    options.log('oauth.refused', { path: ctx.path, error: error.message })
  }
  provider.on('authorization.error', refused)
  provider.on('registration_create.error', refused)
  provider.on('grant.error', refused)
  provider.on('device_authorization.error', refused)
  provider.on('revocation.error', refused)
  return provider
}

/** Adds what the provider leaves out, and takes out of its metadata what we do not serve. */
function finishAnswer(path: string, body: unknown): void {
  if (typeof body !== 'object' || body === null) return
  if (path === OAUTH_PATHS.metadata) finishMetadata(body)
  if (path === OAUTH_PATHS.registration) finishRegistration(body)
  if (path === OAUTH_PATHS.device && 'verification_uri' in body && 'user_code' in body) {
    Object.assign(body, {
      verification_uri_complete: `${String(body.verification_uri)}?code=${String(body.user_code)}`,
      interval: POLL_INTERVAL_SECONDS,
    })
  }
}
