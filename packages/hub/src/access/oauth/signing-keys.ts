import { generateKeyPairSync, randomBytes } from 'node:crypto'
import type { JWK } from 'oidc-provider'
import type { Storage } from '../../storage/storage.ts'
import { openBytes, sealBytes, type Vault } from '../../vault/vault.ts'

const FACT = 'oauth_signing_keys'
const PLACE = Buffer.from(JSON.stringify(['hub fact', 1, FACT]), 'utf8')

/** The keys that sign access tokens, newest first: the first signs, the others only verify. Made once, stored sealed. */
export async function loadSigningKeys(storage: Storage, vault: Vault): Promise<JWK[]> {
  const sealKey = vault.branchKey('oauth signing keys')
  const sealed = sealBytes(sealKey, Buffer.from(JSON.stringify([newKey()])), PLACE)
  // Of two nodes that start together one wins, and both then use the winner's key.
  await storage.db
    .insertInto('hub_facts')
    .values({ name: FACT, value: Buffer.from(sealed).toString('base64') })
    .onConflict((conflict) => conflict.doNothing())
    .execute()
  const fact = await storage.db
    .selectFrom('hub_facts')
    .select('value')
    .where('name', '=', FACT)
    .executeTakeFirstOrThrow()
  const text = Buffer.from(openBytes(sealKey, Buffer.from(fact.value, 'base64'), PLACE)).toString('utf8')
  return JSON.parse(text) as JWK[]
}

function newKey(): JWK {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '', d = '' } = privateKey.export({ format: 'jwk' })
  const kid = randomBytes(9).toString('base64url')
  return { kty: 'EC', crv: 'P-256', x, y, d, kid, use: 'sig', alg: 'ES256' }
}
