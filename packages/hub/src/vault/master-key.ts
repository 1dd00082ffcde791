import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { VaultError } from './vault.ts'

/** The name of the credential under systemd's `LoadCredential=`. */
const CREDENTIAL_NAME = 'clawlink-master-key'

export interface MasterKeySource {
  /** Where the key file is, or is made on first start. */
  file: string
  env: Record<string, string | undefined>
  /** Whether a missing key file may be made: only while there is nothing that an older key had sealed. */
  mayCreate: boolean
}

/**
 * The 32-byte master key, from (in this order) a systemd credential, `CLAWLINK_MASTER_KEY` (base64; the last
 * resort, since an environment is easily shown), or the key file. Throws `VaultError` with the way out.
 */
export function loadMasterKey(source: MasterKeySource): Uint8Array {
  const directory = source.env['CREDENTIALS_DIRECTORY']
  const credential = directory === undefined ? undefined : join(directory, CREDENTIAL_NAME)
  if (credential !== undefined && existsSync(credential))
    return decodeKey(readFileSync(credential, 'utf8'), credential)

  const fromEnvironment = source.env['CLAWLINK_MASTER_KEY']
  if (fromEnvironment !== undefined) return decodeKey(fromEnvironment, 'CLAWLINK_MASTER_KEY')

  if (existsSync(source.file)) {
    if (process.platform !== 'win32' && (statSync(source.file).mode & 0o077) !== 0) {
      throw new VaultError(
        `The master key ${source.file} can be read by others. Run: chmod 600 ${source.file}`,
      )
    }
    return decodeKey(readFileSync(source.file, 'utf8'), source.file)
  }
  if (!source.mayCreate) {
    throw new VaultError(
      `The master key ${source.file} is missing, and the stored credentials cannot be opened without it. Put the key back, or start with another --home.`,
    )
  }
  const key = randomBytes(32)
  mkdirSync(dirname(source.file), { recursive: true, mode: 0o700 })
  writeFileSync(source.file, `${key.toString('base64')}\n`, { mode: 0o600, flag: 'wx', flush: true })
  chmodSync(source.file, 0o600)
  return key
}

function decodeKey(text: string, from: string): Uint8Array {
  const key = Buffer.from(text.trim(), 'base64')
  // Buffer skips what is not base64: a text that only looks like a key must not become one.
  if (key.length !== 32 || !/^[\w+/-]{43}=?$/.test(text.trim()))
    throw new VaultError(`The master key in ${from} is not 32 bytes in base64.`)
  return key
}
