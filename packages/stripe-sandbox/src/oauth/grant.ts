import type { Kind } from '../store/kind.ts'

export type GrantSort = 'app' | 'connect'

/** An account's owner lets somebody else's platform act for it. Kept in the account that is acted for. */
export interface Grant {
  /** SHA-256 of the code that the platform got. */
  id: string
  created: number
  client_id: string
  /** SHA-256 of the key that exchanged the code; null until then. */
  platform: string | null
  revoked: boolean
  scope: string
  sort: GrantSort
}

export const grants: Kind<Grant> = {
  table: 'oauth_grants',
  type: 'OauthGrant',
  indexes: ['client_id'],
  format: () => ({}),
}

/** An access or refresh token, by its SHA-256. */
export interface GrantToken {
  id: string
  dead: boolean
  /** Seconds since the epoch; null for never. */
  expires_at: number | null
  grant: string
  sort: 'access' | 'refresh'
}

export const grantTokens: Kind<GrantToken> = {
  table: 'oauth_tokens',
  type: 'OauthToken',
  indexes: ['grant'],
  format: () => ({}),
}
