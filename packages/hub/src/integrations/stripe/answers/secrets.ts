import { cleanText } from '../../../contract/clean-text.ts'
import { isObject, textAt } from '../json.ts'

/** Fields whose value opens something, whatever they stand in. */
const SECRET_FIELDS = new Set(['client_secret', 'secret', 'ephemeral_key_secret'])

/** Fields that open something in one kind of object: links that let their bearer in, numbers of issued cards. */
const SECRETS_OF: Record<string, readonly string[]> = {
  account_link: ['url'],
  'billing_portal.session': ['url'],
  'checkout.session': ['url'],
  file_link: ['url'],
  'identity.verification_session': ['url'],
  'issuing.card': ['number', 'cvc'],
  login_link: ['url'],
  'terminal.onboarding_link': ['url'],
  'v2.core.account_link': ['url'],
}

/** The same inside another text: the address of a bank's page holds the client secret of its payment. */
const SECRET_IN_TEXT = /\b[a-z]+_[A-Za-z0-9]+_secret_[A-Za-z0-9]+/g

/** What a stored answer has in a secret's place. */
export const DELIVERED_ONCE = '[delivered once]'

/** The whole answer, cleaned, without what may be delivered only once: what the hub may keep. */
export function storableAnswer(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value).replace(SECRET_IN_TEXT, DELIVERED_ONCE)
  if (Array.isArray(value)) return value.map(storableAnswer)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [
      cleanText(key),
      isSecret(value, key) && typeof item === 'string' ? DELIVERED_ONCE : storableAnswer(item),
    ]),
  )
}

/** Every secret in an answer, as it is delivered: its place, and its value. */
export function secretsIn(body: unknown): Array<{ path: string; value: string }> {
  const found: Array<{ path: string; value: string }> = []
  const visit = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const [index, item] of value.entries()) visit(item, `${path}.${index}`)
    if (!isObject(value)) return
    for (const [key, item] of Object.entries(value)) {
      const at = path === '' ? key : `${path}.${key}`
      if (typeof item !== 'string') visit(item, at)
      else if (isSecret(value, key) || item.search(SECRET_IN_TEXT) !== -1)
        found.push({ path: cleanText(at), value: cleanText(item) })
    }
  }
  visit(body, '')
  return found
}

function isSecret(object: Record<string, unknown>, key: string): boolean {
  if (SECRET_FIELDS.has(key)) return true
  const kind = textAt(object, 'object') ?? ''
  return Object.hasOwn(SECRETS_OF, kind) && SECRETS_OF[kind]?.includes(key) === true
}
