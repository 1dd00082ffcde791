import { ATTEST_SCOPE, resourceOf, SCOPES } from './names.ts'

/** What the provider announces of signing people in, which this hub does not do for others. */
const NOT_SERVED = [
  'claim_types_supported',
  'claims_parameter_supported',
  'claims_supported',
  'id_token_signing_alg_values_supported',
  'request_uri_parameter_supported',
  'subject_types_supported',
]

/** Of what a client is answered with when it registers: what it needs, and may have to know that we changed. */
const REGISTERED = new Set([
  'client_id',
  'client_id_issued_at',
  'client_name',
  'redirect_uris',
  'application_type',
  'grant_types',
  'response_types',
  'token_endpoint_auth_method',
  'dpop_bound_access_tokens',
])

/** The authorization server's metadata (RFC 8414), as far as it is true of this hub. */
export function finishMetadata(body: object): void {
  for (const name of NOT_SERVED) Reflect.deleteProperty(body, name)
  Object.assign(body, {
    response_modes_supported: ['query'],
    scopes_supported: [...SCOPES.full.split(' '), ATTEST_SCOPE],
  })
}

export function finishRegistration(body: object): void {
  for (const name of Object.keys(body)) if (!REGISTERED.has(name)) Reflect.deleteProperty(body, name)
}

/** The MCP endpoint's metadata (RFC 9728): from it a client that knows the address alone finds everything else. */
export function resourceMetadata(publicUrl: string): object {
  return {
    resource: resourceOf(publicUrl, '/mcp'),
    authorization_servers: [publicUrl],
    scopes_supported: SCOPES.full.split(' '),
    bearer_methods_supported: ['header'],
    resource_name: 'ClawLink',
  }
}
