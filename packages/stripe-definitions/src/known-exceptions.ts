/** What the package holds that is not an operation, as the builder reports it, and why that is right. */
export const KNOWN_EXCEPTIONS = [
  // Without an id it asks for the own account, which is accounts.retrieveCurrent.
  'accounts.retrieve: also GET /v1/account',
  // Builds an address and sends nothing.
  'oauth.authorizeUrl: makes no request that we can read',
  // OAuth connects accounts; its answers are credentials, which no tool may hand out.
  "oauth.deauthorize: POST /oauth/deauthorize goes to the host 'connect'",
  "oauth.token: POST /oauth/token goes to the host 'connect'",
  // Follows the address inside an event: no operation of its own.
  'v2.core.events.addFetchRelatedObjectIfNeeded: makes no request that we can read',
  'v2.core.events.addFetchRelatedObjectIfNeeded: requests GET pulledEvent.related_object.url',
]
