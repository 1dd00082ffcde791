import * as oauth from 'oauth4webapi'
import type { JWK } from 'oidc-provider'
import type { DeviceActor, DeviceScope } from '../contract/actor.ts'
import { isoTime, type DeviceId, type WorkspaceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import { parseScope } from './devices.ts'
import { networkOf } from './limiter.ts'
import { OAUTH_PATHS, resourceOf, SCOPES, SIGNING_ALGORITHM } from './oauth/names.ts'
import type { PairingContext } from './pairings.ts'

export interface DeviceRequest {
  method: string
  /** Path and query, as they came. */
  url: string
  authorization: string | undefined
  dpop: string | undefined
  address: string
}

/** A proof is accepted for five minutes around its time, so its id is remembered for a little more than twice that. */
const PROOF_MEMORY_SECONDS = 11 * 60
/** `last seen` is for people; a row written per request would be for nobody. */
const SEEN_EVERY_SECONDS = 60

type OAuthError = 'invalid_token' | 'invalid_dpop_proof'

/** Says which device calls, or throws `unauthenticated`. Everything is looked up anew, so a revocation counts at once. */
export function createDeviceOf(
  context: PairingContext,
  signingKeys: JWK[],
): (request: DeviceRequest) => Promise<DeviceActor> {
  const { publicUrl, now, storage, records } = context
  const jwks = { keys: signingKeys.map(({ d: _d, ...publicKey }) => publicKey) }
  const server: oauth.AuthorizationServer = {
    issuer: publicUrl,
    jwks_uri: `${publicUrl}${OAUTH_PATHS.jwks}`,
  }

  return async (request) => {
    const refuse = (reason: string, error?: OAuthError): Problem => {
      context.log('device.refused', { reason, address: networkOf(request.address) })
      return unauthenticated(reason, error)
    }
    if (request.authorization === undefined) throw refuse('no authorization header')

    const resource = resourceOf(publicUrl, request.url)
    let claims: oauth.JWTAccessTokenClaims
    try {
      claims = await oauth.validateJwtAccessToken(server, toRequest(publicUrl, request), resource, {
        // At the MCP endpoint a client chooses whether its tokens are bound to a key; where they are, the proof is asked for.
        requireDPoP: resource !== resourceOf(publicUrl, '/mcp'),
        signingAlgorithms: [SIGNING_ALGORITHM],
        [oauth.clockSkew]: Math.round((now() - Date.now()) / 1000),
        [oauth.clockTolerance]: 0,
        // The keys are our own: no request of ours to ourselves.
        [oauth.customFetch]: () => Promise.resolve(Response.json(jwks)),
        [oauth.allowInsecureRequests]: true,
      })
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw refuse(reason, /dpop|proof/i.test(reason) ? 'invalid_dpop_proof' : 'invalid_token')
    }

    const device = await findDevice(context, claims)
    if (device === undefined) throw refuse('the device was revoked', 'invalid_token')
    // Last, so that only holders of a valid token and key can add to the table.
    const key = claims.cnf?.jkt
    if (key !== undefined) {
      const fresh = await records.takeProof(
        `resource ${key} ${proofId(request.dpop)}`,
        now() + PROOF_MEMORY_SECONDS * 1000,
      )
      if (!fresh) throw refuse('the proof was used before', 'invalid_dpop_proof')
    }

    const seenBefore = isoTime(now() - SEEN_EVERY_SECONDS * 1000)
    if (device.last_seen_at === null || device.last_seen_at < seenBefore) {
      await storage.db
        .updateTable('devices')
        .set({ last_seen_at: isoTime(now()) })
        .where('id', '=', device.id)
        .execute()
    }
    return {
      type: 'device',
      workspace: device.workspace as WorkspaceId,
      deviceId: device.id as DeviceId,
      label: device.label,
      scope: scopeWithin(parseScope(device.scope), claims.scope),
      ...(key === undefined ? {} : { keyThumbprint: key }),
    }
  }
}

/** A client can refresh for less than it was given; then this token is for less. */
function scopeWithin(given: DeviceScope, tokenScope: string | undefined): DeviceScope {
  return { ...given, readOnly: given.readOnly || tokenScope?.split(' ').includes('write') !== true }
}

/** The value of `WWW-Authenticate` for a 401 of `deviceOf`, from its `details.oauth_error`. */
export function deviceChallenge(oauthError: unknown): string {
  const error = typeof oauthError === 'string' ? `error="${oauthError}", ` : ''
  return `DPoP ${error}algs="${SIGNING_ALGORITHM}"`
}

/** The same at the MCP endpoint: a client that knows nothing but its address finds out there where to get a token. */
export function mcpChallenge(publicUrl: string, oauthError: unknown): string {
  const error = typeof oauthError === 'string' ? `error="${oauthError}", ` : ''
  const metadata = `${publicUrl}${OAUTH_PATHS.resource}/mcp`
  return `Bearer ${error}resource_metadata="${metadata}", scope="${SCOPES.full}"`
}

function findDevice(
  context: PairingContext,
  claims: oauth.JWTAccessTokenClaims,
): Promise<
  { id: string; workspace: string; label: string; scope: string; last_seen_at: string | null } | undefined
> {
  const grantId = claims['grant_id']
  if (typeof grantId !== 'string') return Promise.resolve(undefined)
  const at = isoTime(context.now())
  return context.storage.db
    .selectFrom('devices')
    .innerJoin('oauth_records as grants', 'grants.id_hash', 'devices.grant_id')
    .select(['devices.id', 'devices.workspace', 'devices.label', 'devices.scope', 'devices.last_seen_at'])
    .where('devices.id', '=', claims.sub)
    .where('devices.grant_id', '=', context.records.hashId(grantId))
    .where('devices.revoked_at', 'is', null)
    .where('grants.kind', '=', 'Grant')
    .where('grants.expires_at', '>', at)
    .where((where) =>
      where.or([where('devices.expires_at', 'is', null), where('devices.expires_at', '>', at)]),
    )
    .executeTakeFirst()
}

/** The request as its proof must describe it: at our public address, whatever host the socket was asked for. */
function toRequest(publicUrl: string, request: DeviceRequest): Request {
  const url = new URL(`${publicUrl}${request.url}`)
  if (url.origin !== publicUrl || !request.url.startsWith('/')) throw new Error('not a path of this hub')
  const headers = new Headers({ authorization: request.authorization ?? '' })
  if (request.dpop !== undefined) headers.set('dpop', request.dpop)
  return new Request(url, { method: request.method, headers })
}

/** Only called once the proof was found valid. */
function proofId(proof: string | undefined): string {
  const payload = Buffer.from(proof?.split('.')[1] ?? '', 'base64url').toString('utf8')
  return (JSON.parse(payload) as { jti: string }).jti
}

function unauthenticated(reason: string, error: OAuthError | undefined): Problem {
  return new Problem('unauthenticated', 'This request does not come from a paired device.', {
    nextStep: 'Refresh the access token. If that is refused too, pair the device again.',
    internal: reason,
    ...(error === undefined ? {} : { details: { oauth_error: error } }),
  })
}
