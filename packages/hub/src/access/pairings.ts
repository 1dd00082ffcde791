import type { DeviceScope, PersonActor } from '../contract/actor.ts'
import { isoTime, type DeviceId } from '../contract/ids.ts'
import { Problem } from '../contract/problem.ts'
import type { DeviceCode, Provider } from 'oidc-provider'
import type { AccessContext } from './context.ts'
import { cleanLabel } from './label.ts'
import { networkOf } from './limiter.ts'
import { ATTEST_SCOPE, DEVICE_CLIENT_ID } from './oauth/names.ts'
import type { OAuthRecords } from './oauth/records.ts'
import { auditDenial, mayDecide, pairDevice } from './pair-device.ts'

/** What a person judges before saying yes: who asks, from where, for what. */
export interface Pairing {
  /** `XXXX-XXXX`, to compare with what the device shows. */
  userCode: string
  label: string
  address: string
  requested: { readOnly: boolean; chatApprovals: boolean }
  expiresAt: string
}

export interface PairingContext extends AccessContext {
  provider: Provider
  records: OAuthRecords
}

export async function findPairing(
  context: PairingContext,
  userCode: string,
  address: string,
): Promise<Pairing> {
  const counter = context.limits.codesPerAddress
  counter.take(networkOf(address))
  const code = await findUndecided(context, userCode)
  counter.giveBack(networkOf(address))
  return toPairing(code)
}

/**
 * Makes the device and its grant and hangs them on the code, so that the device's next poll gets its tokens:
 * what the provider does at the end of its own pages, but in one transaction with our row and the audit's.
 */
export async function approvePairing(
  context: PairingContext,
  person: PersonActor,
  userCode: string,
  scope: DeviceScope,
): Promise<{ deviceId: DeviceId }> {
  mayDecide(person)
  checkScope(scope)
  return decide(context, person, userCode, async (code, tx) => {
    const { label, address, requested } = toPairing(code)
    const { deviceId, grantId, resource, oauthScope } = await pairDevice(context, tx, person, {
      clientId: DEVICE_CLIENT_ID,
      label,
      address,
      // The person may give less than was asked for, never more.
      scope: {
        connections: scope.connections,
        tools: scope.tools,
        readOnly: scope.readOnly || requested.readOnly,
        chatApprovals: scope.chatApprovals && requested.chatApprovals,
      },
    })
    Object.assign(code, {
      accountId: deviceId,
      grantId,
      resource,
      scope: oauthScope,
      authTime: Math.floor(context.now() / 1000),
    })
    await code.save()
    return { deviceId }
  })
}

export async function denyPairing(
  context: PairingContext,
  person: PersonActor,
  userCode: string,
): Promise<void> {
  mayDecide(person)
  await decide(context, person, userCode, async (code, tx) => {
    Object.assign(code, { error: 'access_denied', errorDescription: 'A person refused this pairing.' })
    await code.save()
    await auditDenial(context, tx, person, toPairing(code))
  })
}

async function decide<T>(
  context: PairingContext,
  person: PersonActor,
  userCode: string,
  work: (code: DeviceCode, tx: Parameters<Parameters<OAuthRecords['transaction']>[0]>[0]) => Promise<T>,
): Promise<T> {
  const counter = context.limits.codesPerPerson
  counter.take(person.personId)
  const result = await context.records.transaction(async (tx) => {
    // Locked before it is read: of two people who decide at once, the second sees what the first decided.
    await context.records.lockUserCode(tx, normalizeUserCode(userCode))
    return work(await findUndecided(context, userCode), tx)
  })
  counter.giveBack(person.personId)
  return result
}

async function findUndecided(context: PairingContext, userCode: string): Promise<DeviceCode> {
  const code = await context.provider.DeviceCode.findByUserCode(normalizeUserCode(userCode))
  const open = code !== undefined && code.accountId === undefined && code.error === undefined
  if (!open || code.clientId !== DEVICE_CLIENT_ID) {
    throw new Problem('pairing_not_found', 'No device is waiting with this code.', {
      nextStep:
        'Compare it with what the device shows. Codes last ten minutes and work once; start pairing again on the device for a new one.',
    })
  }
  return code
}

function toPairing(code: DeviceCode): Pairing {
  const { label, address } = code.deviceInfo ?? {}
  const scope = code.params?.['scope']
  const asked = typeof scope === 'string' ? scope.split(' ') : undefined
  return {
    userCode: `${code.userCode.slice(0, 4)}-${code.userCode.slice(4)}`,
    label: cleanLabel(label),
    address: typeof address === 'string' ? address : 'unknown',
    requested: {
      readOnly: asked !== undefined && !asked.includes('write'),
      chatApprovals: asked?.includes(ATTEST_SCOPE) ?? false,
    },
    expiresAt: isoTime((code.exp ?? 0) * 1000),
  }
}

/** People type codes in lower case, with spaces, with another dash. */
function normalizeUserCode(text: string): string {
  return text
    .slice(0, 40)
    .toUpperCase()
    .replaceAll(/[^A-Z]/g, '')
}

/** More than any hub has connections; a row stays readable. */
const MAX_SCOPE_ENTRIES = 100

function checkScope(scope: DeviceScope): void {
  const entries = [...scope.connections, ...scope.tools]
  if (entries.length <= MAX_SCOPE_ENTRIES && entries.every((entry) => /^[\w*]{1,100}$/.test(entry))) return
  throw new Problem('invalid_params', 'The scope names connections by id and tools by name or with `*`.')
}
