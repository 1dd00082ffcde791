import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { DEFAULT_WORKSPACE } from '../contract/ids.ts'
import { OWNER, startTestAccess } from './test-access.ts'
import { askForCode } from './test-device.ts'

test('no token, code, password or key is in the database in any spelling', async () => {
  const hub = await startTestAccess()
  try {
    const link = await hub.access.startSetup(DEFAULT_WORKSPACE)
    const setupToken = new URL(link).searchParams.get('token') ?? ''
    const { session } = await hub.access.finishSetup({ token: setupToken, ...OWNER })
    const device = await hub.device()
    const waiting = await askForCode(hub.hub, { device_label: 'Plain label' })
    const claims = JSON.parse(
      Buffer.from(device.accessToken.split('.')[1] ?? '', 'base64url').toString(),
    ) as { grant_id: string; jti: string }
    const secrets = {
      setupToken,
      sessionToken: session.token,
      csrfToken: session.csrfToken,
      password: OWNER.password,
      deviceCode: waiting.device_code,
      userCode: waiting.user_code,
      userCodeLetters: waiting.user_code.replace('-', ''),
      accessToken: device.accessToken,
      refreshToken: device.refreshToken,
      grantId: claims.grant_id,
      tokenId: claims.jti,
      // The fields of the signing key as it would be stored in the clear.
      privateKeyField: '"d":"',
      publicKeyField: '"crv":"P-256"',
    }
    // The database and its write-ahead log.
    const files = readdirSync(hub.folder).map((file) => readFileSync(join(hub.folder, file)))
    const stored = Buffer.concat(files)
    expect(stored.includes('jane@example.com')).toBe(true)
    for (const [name, secret] of Object.entries(secrets)) {
      for (const spelling of spellings(secret)) {
        expect(stored.includes(spelling), `${name} as ${spelling.toString()}`).toBe(false)
      }
    }
  } finally {
    await hub.close()
  }
})

/** As text, as the bytes a base64url token stands for, and both again as hex and base64 at each alignment. */
function spellings(secret: string): Buffer[] {
  const isToken = /^[\w-]{20,}$/.test(secret)
  const values = [Buffer.from(secret), ...(isToken ? [Buffer.from(secret, 'base64url')] : [])]
  return values.flatMap((value) => {
    const hex = value.toString('hex')
    const encoded = [0, 1, 2].flatMap((shift) => {
      // The first and last characters also hold bits of the neighbours.
      const text = Buffer.concat([Buffer.alloc(shift), value])
        .toString('base64url')
        .slice(4, -4)
      return [text, text.replaceAll('-', '+').replaceAll('_', '/')]
    })
    const texts = [hex, hex.toUpperCase(), ...encoded].filter((text) => text.length >= 4)
    return [value, ...texts.map((text) => Buffer.from(text))]
  })
}
