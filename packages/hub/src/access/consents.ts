import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InteractionResults, Provider } from 'oidc-provider'
import type { PersonActor } from '../contract/actor.ts'
import { isoTime } from '../contract/ids.ts'
import type { Tx } from '../storage/storage.ts'
import { cleanLabel } from './label.ts'
import { nobodyWaits } from './oauth/authorize.ts'
import { auditDenial, mayDecide, pairDevice } from './pair-device.ts'
import type { PairingContext } from './pairings.ts'

type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

/** What an MCP client asks a person for, in the browser that it sent to this hub. */
export interface Consent {
  id: string
  /** What the client calls itself; anyone can say anything here. */
  label: string
  /** Where it registered from, or the document on the web that it is. */
  address: string
  /** Where the browser goes with the answer, and what alone can use it. */
  redirectUri: string
  requested: { readOnly: boolean }
  expiresAt: string
}

/** The request and answer of the consent page: the provider finds its cookie in them. */
export interface ConsentRequest {
  id: string
  incoming: IncomingMessage
  outgoing: ServerResponse
}

export async function findConsent(context: PairingContext, request: ConsentRequest): Promise<Consent> {
  return (await findUndecided(context, request)).consent
}

/** Makes the device and its grant, and says where the browser goes on to get the client its code. */
export function approveConsent(
  context: PairingContext,
  person: PersonActor,
  request: ConsentRequest,
  { readOnly }: { readOnly: boolean },
): Promise<{ continueAt: string }> {
  return decide(context, person, request, async ({ consent, clientId }, tx) => {
    const { deviceId, grantId } = await pairDevice(context, tx, person, {
      clientId,
      label: consent.label,
      address: consent.address,
      // The person may give less than was asked for, never more. What asks at a chat is not this kind of client.
      scope: {
        connections: ['*'],
        tools: ['*'],
        readOnly: readOnly || consent.requested.readOnly,
        chatApprovals: false,
      },
    })
    return { login: { accountId: deviceId, remember: false }, consent: { grantId } }
  })
}

/** Sends the client away with OAuth's word for a no. */
export function denyConsent(
  context: PairingContext,
  person: PersonActor,
  request: ConsentRequest,
): Promise<{ continueAt: string }> {
  return decide(context, person, request, async ({ consent }, tx) => {
    await auditDenial(context, tx, person, consent)
    return { error: 'access_denied', error_description: 'A person refused this connection.' }
  })
}

async function decide(
  context: PairingContext,
  person: PersonActor,
  { id, incoming, outgoing }: ConsentRequest,
  work: (asked: { consent: Consent; clientId: string }, tx: Tx) => Promise<InteractionResults>,
): Promise<{ continueAt: string }> {
  mayDecide(person)
  return context.records.transaction(async (tx) => {
    // Locked before it is read: of two decisions at once, the second sees what the first decided.
    await context.records.lockInteraction(tx, id)
    const result = await work(await findUndecided(context, { id, incoming, outgoing }), tx)
    return { continueAt: await context.provider.interactionResult(incoming, outgoing, result) }
  })
}

async function findUndecided(
  { provider }: PairingContext,
  { id, incoming, outgoing }: ConsentRequest,
): Promise<{ consent: Consent; clientId: string }> {
  const interaction = await findInteraction(provider, incoming, outgoing)
  if (interaction?.uid !== id || interaction.result !== undefined) throw nobodyWaits()
  const { client_id: clientId, redirect_uri: redirectUri, scope } = interaction.params
  const client = typeof clientId === 'string' ? await provider.Client.find(clientId) : undefined
  if (client === undefined || typeof redirectUri !== 'string') throw nobodyWaits()
  const registeredFrom = client['registered_from']
  const consent: Consent = {
    id,
    label: cleanLabel(client.clientName),
    address: typeof registeredFrom === 'string' ? registeredFrom : client.clientId,
    redirectUri,
    requested: { readOnly: !String(scope).split(' ').includes('write') },
    expiresAt: isoTime(interaction.exp * 1000),
  }
  return { consent, clientId: client.clientId }
}

/** By the cookie of the browser that the request began in, so that nobody can have another decide about theirs. */
async function findInteraction(
  provider: Provider,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<Interaction | undefined> {
  try {
    return await provider.interactionDetails(incoming, outgoing)
  } catch (error) {
    if (error instanceof Error && error.name === 'SessionNotFound') return undefined
    throw error
  }
}
