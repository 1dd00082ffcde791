import { z } from 'zod'
import { namedId, withRefusalsAudited, type RefusalRow } from '../audit/audited-refusals.ts'
import { attestDecision } from '../confirmations/attest-decision.ts'
import { listConfirmations } from '../confirmations/list-confirmations.ts'
import { viewConfirmation } from '../confirmations/view.ts'
import { Problem } from '../contract/problem.ts'
import { deviceEndpoint, type DeviceEndpoint } from './endpoint.ts'

/** More than waits at any time for one device. */
const MAX_WAITING = 50

/**
 * For the program on the device, and not for the model that it runs: no surface makes tools of these, so nothing that
 * a model can call attests.
 */
export const attestationEndpoints: DeviceEndpoint[] = [
  deviceEndpoint({
    name: 'list_waiting',
    method: 'GET',
    path: '/confirmations',
    summary: 'The confirmations of this device that wait for a person, newest first.',
    input: z.strictObject({}),
    async run(hub, device) {
      const waiting = await listConfirmations(hub.context, device.workspace, {
        states: ['pending'],
        device: device.deviceId,
        limit: MAX_WAITING,
      })
      return { confirmations: waiting.map((one) => viewConfirmation(one, hub.publicUrl, hub.context.now())) }
    },
  }),
  deviceEndpoint({
    name: 'attest',
    method: 'POST',
    path: '/confirmations/{confirmation}/attest',
    summary: 'Passes on what a person answered in a chat, signed with the key of the device.',
    input: z.strictObject({
      confirmation: z.string().min(1).max(120),
      attestation: z.string().min(1).max(4_000),
    }),
    run(hub, device, input) {
      const refused = ({ code }: Problem): RefusalRow => ({
        action: 'attestation.refused',
        subject: namedId(input.confirmation, 'unknown'),
        detail: { code },
      })
      return withRefusalsAudited(
        hub.context,
        device,
        {
          attestation_refused: refused,
          assurance_too_low: refused,
          confirmation_mismatch: refused,
          confirmation_not_found: refused,
          confirmation_expired: refused,
          confirmation_decided: refused,
        },
        async () => {
          const { confirmation: id, ...stated } = await hub.access.verifyAttestation(
            device,
            input.attestation,
          )
          if (id !== input.confirmation) {
            throw new Problem('attestation_refused', 'The statement is about another confirmation.')
          }
          const decided = await attestDecision(hub.context, device, { id, ...stated })
          return viewConfirmation(decided, hub.publicUrl, hub.context.now())
        },
      )
    },
  }),
]
