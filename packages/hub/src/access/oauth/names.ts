/** The one public client of our own: the plugin and the CLI. What a device is told apart by is its key. */
export const DEVICE_CLIENT_ID = 'clawlink-cli'
export const DEVICE_CODE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code'
/** Also the only algorithm a proof may use: one that every platform has. */
export const SIGNING_ALGORITHM = 'ES256'
export const SCOPES = { readOnly: 'read', full: 'read write' }
/** Asked for beside them by what can ask a person in a chat, and passes the answer on. */
export const ATTEST_SCOPE = 'attest'

export const OAUTH_PATHS = {
  authorization: '/oauth/authorize',
  consent: '/oauth/consent',
  device: '/oauth/device',
  token: '/oauth/token',
  registration: '/oauth/register',
  revocation: '/oauth/revoke',
  jwks: '/oauth/jwks',
  metadata: '/.well-known/oauth-authorization-server',
  resource: '/.well-known/oauth-protected-resource',
}

/** The resource that a request's path belongs to. A token for one is refused at the other. */
export function resourceOf(publicUrl: string, path: string): string {
  const isMcp = path === '/mcp' || path.startsWith('/mcp/') || path.startsWith('/mcp?')
  return `${publicUrl}${isMcp ? '/mcp' : '/api'}`
}

/** The resource that a client's tokens are for: our own device client's is the API, everyone else's the MCP endpoint. */
export function resourceFor(publicUrl: string, clientId: string): string {
  return resourceOf(publicUrl, clientId === DEVICE_CLIENT_ID ? '/api' : '/mcp')
}
