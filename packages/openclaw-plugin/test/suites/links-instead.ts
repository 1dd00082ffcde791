import { describe, expect, test } from 'vitest'
import { REFUND, type Scene } from '../support/scene.ts'
import { told } from '../support/world.ts'

/** Where the chat is not enough, or nobody is there. */
export function linksInstead(scene: Scene): void {
  describe('where nobody can be asked', () => {
    test('over HTTP a link is handed out; the owner approves, and the call goes through once', async () => {
      const charge = await scene.charged()
      const args = { tool: REFUND, params: { charge, amount: 2500 } }
      const { error } = await scene.invoke('clawlink_call_tool', args)
      expect(error).toMatchObject({
        code: 'approval_required',
        approval_url: `${scene.world.hub.url}/confirmations/${error.confirmation}`,
        summary: expect.stringContaining('$25.00'),
        expires_at: expect.any(String),
      })
      // The same write once more is the same confirmation: two could be approved twice.
      expect((await scene.invoke('clawlink_call_tool', args)).error.confirmation).toBe(error.confirmation)
      expect((await scene.world.hub.owner.approve(error.confirmation)).status).toBe(303)
      const wait = { confirmation: error.confirmation, wait_seconds: 20 }
      expect(await scene.invoke('clawlink_get_confirmation', wait)).toMatchObject({ state: 'approved' })
      const confirmed = { tool: REFUND, confirmation: error.confirmation }
      expect(await scene.invoke('clawlink_call_tool', confirmed)).toMatchObject({ result: { amount: 2500 } })
      expect(await scene.invoke('clawlink_call_tool', confirmed)).toMatchObject({ stored: true })
      expect(await scene.refundsOf(charge)).toBe(1)
    })

    test('a write that the agent may vouch for is shown first', async () => {
      const args = { tool: 'stripe_create_customer', params: { name: 'Shown first' } }
      const { error } = await scene.invoke('clawlink_call_tool', args)
      expect(error).toMatchObject({
        code: 'confirmation_required',
        summary: expect.stringContaining('Shown first'),
      })
      expect((await scene.invoke('clawlink_call_tool', args)).error.confirmation).toBe(error.confirmation)
      const confirmed = { tool: args.tool, confirmation: error.confirmation }
      expect(await scene.invoke('clawlink_call_tool', confirmed)).toMatchObject({
        result: { name: 'Shown first' },
      })
    })

    test('what needs the dashboard is not asked in the chat; the call waits while the owner approves there', async () => {
      await scene.owner.setMoneyInTest('dashboard')
      const charge = await scene.charged()
      const before = scene.chat.questions()
      const { error } = await scene.call('clawlink_call_tool', {
        tool: REFUND,
        params: { charge, amount: 2500 },
      })
      expect(error).toMatchObject({ code: 'approval_required', needs: 'dashboard' })
      const waiting = scene.call('clawlink_call_tool', { tool: REFUND, confirmation: error.confirmation })
      expect((await scene.world.hub.owner.approve(error.confirmation)).status).toBe(303)
      expect(await waiting).toMatchObject({ confirmation: error.confirmation, result: { amount: 2500 } })
      expect([scene.chat.questions(), await scene.refundsOf(charge)]).toEqual([before, 1])
      await scene.owner.setMoneyInTest('chat')
    }, 60_000)

    test('in a chat that cannot show a question, the second try gets the link', async () => {
      await scene.openChat('quiet', { asks: false })
      const charge = await scene.charged()
      const step = { tool: 'clawlink_call_tool', args: { tool: REFUND, params: { charge, amount: 2500 } } }
      const [first, second] = await scene.chat.take(step, step)
      expect(first).toContain('approval unavailable')
      expect(told(second)).toMatchObject({
        error: { code: 'approval_required', approval_url: expect.any(String) },
      })
      expect(await scene.refundsOf(charge)).toBe(0)
      await scene.openChat('main')
    })
  })
}
