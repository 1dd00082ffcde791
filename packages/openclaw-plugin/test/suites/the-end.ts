import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { REFUND, type Scene } from '../support/scene.ts'
import { told } from '../support/world.ts'

/** Pairings end, and hubs are down: nothing is written then, and everyone learns why. */
export function theEnd(scene: Scene): void {
  const deviceFile = (): string => join(scene.world.gateway.stateDir, 'clawlink/device.json')

  describe('a device that the owner revoked', () => {
    test('reads and writes nothing more, and can be paired anew', async () => {
      const charge = await scene.charged()
      await scene.owner.revokeDevice('Studio gateway')
      const args = { tool: REFUND, params: { charge, amount: 2500 } }
      expect(await scene.call('clawlink_call_tool', args)).toMatchObject({ error: { code: 'not_paired' } })
      expect(await scene.refundsOf(charge)).toBe(0)
      const begun = await scene.invoke('clawlink_begin_pairing', { deviceLabel: 'Group chat' })
      await scene.owner.approvePairing(begun.user_code, { chatApprovals: false })
      // Whoever calls first completes the pairing, without asking for its status.
      expect(await scene.invoke('clawlink_list_integrations', {})).toHaveProperty('integrations')
    })

    test('without the right to pass on answers, a yes in the chat gets a link', async () => {
      const charge = await scene.charged()
      const args = { tool: REFUND, params: { charge, amount: 2500 } }
      const { question, answer } = await scene.callAndAsk(args)
      await scene.chat.answer(question, 'allow-once')
      const { error } = told(await answer)
      expect(error).toMatchObject({ code: 'approval_required', approval_url: expect.any(String) })
      expect(await scene.owner.stateOf(error.confirmation)).toBe('pending')
      const before = scene.chat.questions()
      const other = { tool: REFUND, params: { charge, amount: 700 } }
      expect(await scene.call('clawlink_call_tool', other)).toMatchObject({
        error: { code: 'approval_required' },
      })
      expect([scene.chat.questions(), await scene.refundsOf(charge)]).toEqual([before, 0])
      expect(await scene.chat.say('/clawlink pending')).toContain(error.approval_url)
    })
  })

  describe('a hub that is down', () => {
    test('blocks the write with the reason, asks nobody, and keeps the pairing', async () => {
      const charge = await scene.charged()
      const before = scene.chat.questions()
      await scene.world.hub.hub.stop()
      const step = { tool: 'clawlink_call_tool', args: { tool: REFUND, params: { charge, amount: 2500 } } }
      const [answer] = await scene.chat.take(step)
      expect(answer).toMatch(/^Nothing was sent\. The ClawLink hub did not answer \(ECONNREFUSED\)\./)
      expect(await scene.invoke('clawlink_list_integrations', {})).toMatchObject({
        error: { code: 'hub_unreachable', retryable: true },
      })
      expect([scene.chat.questions(), await scene.refundsOf(charge)]).toEqual([before, 0])
      expect(await scene.chat.say('/clawlink logout')).toContain('The hub cannot be reached')
      expect(existsSync(deviceFile())).toBe(true)
    })

    test('a pairing that nobody can end there is deleted here when the owner insists', async () => {
      expect(await scene.chat.say('/clawlink logout --force')).toContain('deleted')
      expect(existsSync(deviceFile())).toBe(false)
      expect(await scene.chat.say('/clawlink logout')).toContain('not paired')
    })
  })
}
