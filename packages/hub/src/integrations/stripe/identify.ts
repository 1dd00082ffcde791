import { Problem } from '../../contract/problem.ts'
import type { Secret } from '../../contract/secret.ts'
import { cleanLine } from '../../contract/clean-text.ts'
import type { AccountFacts, Integration } from '../define.ts'
import { isObject, objectAt, textAt } from './json.ts'
import { problemOf } from './problem-of.ts'

const KEY = /^(sk|rk)_(test|live)_[A-Za-z0-9_]{8,240}$/

/** A secret or restricted key, and the mode it is for, from its spelling alone. */
export function readKey(secret: Secret): ReturnType<Integration['readKey']> {
  const key = secret.reveal()
  const match = KEY.exec(key)
  if (match === null) {
    const publishable = key.startsWith('pk_')
    throw new Problem(
      'connection_rejected',
      publishable
        ? 'That is a publishable key: it cannot do what the tools do.'
        : 'That is not a Stripe key: it must start with rk_test_, rk_live_, sk_test_ or sk_live_.',
      {
        nextStep:
          'Make a restricted key in the Stripe Dashboard under Developers → API keys, and paste that.',
      },
    )
  }
  return {
    kind: match[1] === 'rk' ? 'restricted_key' : 'secret_key',
    mode: match[2] === 'live' ? 'live' : 'test',
  }
}

/** Asks Stripe whose key this is. */
export const identify: Integration['identify'] = async (send, key): Promise<AccountFacts> => {
  const { mode } = readKey(key)
  const answer = await send({ method: 'GET', path: '/v1/account', body: '' })
  if (answer.kind === 'answer' && answer.status === 200 && isObject(answer.body)) {
    const account = textAt(answer.body, 'id')
    if (account === undefined || !/^acct_[A-Za-z0-9]{6,64}$/.test(account)) {
      throw new Problem('connection_rejected', 'Stripe answered without an account id. Nothing was stored.')
    }
    const settings = objectAt(answer.body, 'settings')
    const dashboard = settings && objectAt(settings, 'dashboard')
    const profile = objectAt(answer.body, 'business_profile')
    // Either may be empty.
    const name =
      (dashboard && textAt(dashboard, 'display_name')) || (profile && textAt(profile, 'name')) || account
    return { account, displayName: cleanLine(name, 80), mode }
  }
  const problem = problemOf(answer)
  throw new Problem('connection_rejected', `Stripe did not accept the key: ${problem.message}`, {
    nextStep:
      problem.code === 'permission_missing'
        ? 'Give the restricted key the permission to read the account, then add it again.'
        : 'Check that the key is complete and not revoked, then add it again.',
    details: { ...problem.details },
  })
}
