import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto'
import { promisify } from 'node:util'
import { Problem } from '../contract/problem.ts'

const runArgon2 = promisify(argon2)

/** RFC 9106's choice where memory is scarce: 64 MiB, three passes, four lanes; about 0.2 s. */
const COST = { memory: 64 * 1024, passes: 3, parallelism: 4 }
export type PasswordCost = typeof COST
const SALT_BYTES = 16
const TAG_BYTES = 32

/** Long enough that an offline search is hopeless even for a password without symbols. */
export const MIN_PASSWORD_LENGTH = 12
/** Long enough for any passphrase, short enough that hashing it costs nothing extra. */
const MAX_PASSWORD_LENGTH = 512

export interface Passwords {
  /** `argon2id$v=19$m=…,t=…,p=…$salt$tag`; throws `invalid_params` on a password that is too short. */
  hash(password: string): Promise<string>
  /** Whether they fit. Without a stored hash it does the same work and says no, so that time tells nothing. */
  check(password: string, stored: string | null | undefined): Promise<boolean>
}

/** `pepper` comes from the vault: a copy of the database alone gives no one a start on the passwords. */
export function createPasswords(pepper: Uint8Array, cost: PasswordCost = COST): Passwords {
  const digest = (password: string, salt: Uint8Array, spend: PasswordCost): Promise<Buffer> => {
    const parameters: Argon2Parameters = {
      ...spend,
      message: Buffer.from(password.normalize('NFKC'), 'utf8'),
      nonce: salt,
      tagLength: TAG_BYTES,
      secret: pepper,
    }
    return runArgon2('argon2id', parameters)
  }

  return {
    async hash(password) {
      if (password.length < MIN_PASSWORD_LENGTH || password.length > MAX_PASSWORD_LENGTH) {
        throw new Problem('invalid_params', `Use a password of ${MIN_PASSWORD_LENGTH} characters or more.`, {
          nextStep: 'A few unrelated words are easy to remember and hard to guess.',
          details: { field: 'password' },
        })
      }
      const salt = randomBytes(SALT_BYTES)
      const tag = await digest(password, salt, cost)
      const { memory, passes, parallelism } = cost
      return `argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${salt.toString('base64url')}$${tag.toString('base64url')}`
    },
    async check(password, stored) {
      if (password.length > MAX_PASSWORD_LENGTH) return false
      const parsed = parse(stored ?? '')
      const tag = await digest(password, parsed?.salt ?? randomBytes(SALT_BYTES), parsed?.cost ?? cost)
      return parsed !== undefined && parsed.tag.length === tag.length && timingSafeEqual(parsed.tag, tag)
    },
  }
}

function parse(stored: string): { cost: PasswordCost; salt: Buffer; tag: Buffer } | undefined {
  const match = /^argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored)
  if (match === null) return undefined
  const [, memory, passes, parallelism, salt = '', tag = ''] = match
  return {
    cost: { memory: Number(memory), passes: Number(passes), parallelism: Number(parallelism) },
    salt: Buffer.from(salt, 'base64url'),
    tag: Buffer.from(tag, 'base64url'),
  }
}
