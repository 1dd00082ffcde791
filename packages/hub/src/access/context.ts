import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Audit } from '../audit/audit.ts'
import type { Actor } from '../contract/actor.ts'
import type { DeviceId, NewId, Now } from '../contract/ids.ts'
import type { Storage, Tx } from '../storage/storage.ts'
import type { Vault } from '../vault/vault.ts'
import { createLimiter, type Limiter } from './limiter.ts'
import type { Fetch } from './oauth/client-metadata.ts'
import { createPasswords, type PasswordCost, type Passwords } from './password.ts'

export interface AccessOptions {
  storage: Storage
  vault: Vault
  audit: Audit
  now: Now
  newId: NewId
  /** The hub's public origin without a trailing slash, such as `http://localhost:4747`: also the OAuth issuer. */
  publicUrl: string
  /** Called in the transaction that ends a device: what was approved for it is void. */
  whenDeviceEnds: (tx: Tx, actor: Actor, id: DeviceId) => Promise<unknown>
  log: (event: string, detail: Record<string, unknown>) => void
  /** With it, a client may be known by an address, where it says what it is. That is a request to the outside: the owner's choice. */
  fetchClientMetadata?: Fetch
  /** What a new password's hash costs; as much as `password.ts` says unless given. */
  passwordCost?: PasswordCost
}

/** What the operations of this folder work with. */
export interface AccessContext extends Omit<AccessOptions, 'vault'> {
  passwords: Passwords
  /** The CSRF token that belongs to a session token. */
  csrfToken: (sessionToken: string) => string
  limits: {
    signInsPerAddress: Limiter
    signInsPerEmail: Limiter
    passwordsPerPerson: Limiter
    codesPerAddress: Limiter
    codesPerPerson: Limiter
    pairingsPerAddress: Limiter
    registrationsPerAddress: Limiter
    authorizationsPerAddress: Limiter
  }
}

export function createContext({ vault, ...options }: AccessOptions): AccessContext {
  const { now } = options
  const csrfKey = vault.branchKey('csrf')
  return {
    ...options,
    passwords: createPasswords(vault.branchKey('passwords'), options.passwordCost),
    csrfToken: (token) => createHmac('sha256', csrfKey).update(token).digest('base64url'),
    limits: {
      signInsPerAddress: createLimiter({ limit: 10, windowSeconds: 600, now, what: 'sign-in attempts' }),
      // Wider than the one per address: else anyone could keep a person out by failing in their name.
      signInsPerEmail: createLimiter({ limit: 30, windowSeconds: 600, now, what: 'sign-in attempts' }),
      passwordsPerPerson: createLimiter({ limit: 5, windowSeconds: 600, now, what: 'wrong passwords' }),
      codesPerAddress: createLimiter({ limit: 10, windowSeconds: 600, now, what: 'wrong codes' }),
      codesPerPerson: createLimiter({ limit: 10, windowSeconds: 600, now, what: 'wrong codes' }),
      pairingsPerAddress: createLimiter({ limit: 20, windowSeconds: 600, now, what: 'pairing requests' }),
      registrationsPerAddress: createLimiter({ limit: 20, windowSeconds: 600, now, what: 'registrations' }),
      authorizationsPerAddress: createLimiter({
        limit: 60,
        windowSeconds: 600,
        now,
        what: 'attempts to connect',
      }),
    },
  }
}

/** 256 random bits for a link or a cookie. Only its hash is ever stored. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** A plain hash is enough here: the tokens are random, so there is nothing to search through. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

export function sameText(a: string, b: string): boolean {
  const left = Buffer.from(a)
  const right = Buffer.from(b)
  return left.length === right.length && timingSafeEqual(left, right)
}
