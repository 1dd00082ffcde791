import { beforeAll, describe, expect, test } from 'vitest'
import { endSoon } from '../support/aged.ts'
import { REFUND, type Scene } from '../support/scene.ts'
import { told } from '../support/world.ts'

/** A person is asked in the chat, by OpenClaw itself. */
export function approvalsInTheChat(scene: Scene): void {
  describe('a write for which a chat is enough', () => {
    beforeAll(() => scene.owner.setMoneyInTest('chat'))

    test('the person reads what it does, allows it, and it happens once', async () => {
      const charge = await scene.charged()
      const { question, answer } = await scene.callAndAsk({ tool: REFUND, params: { charge, amount: 2500 } })
      expect(question.request).toMatchObject({
        title: 'Stripe test mode · 25.00 USD · cannot be undone',
        description: expect.stringMatching(
          /^Refund \$25\.00 of \$100\.00 on ch_.* · test · cannot be undone\n/,
        ),
        severity: 'critical',
        scope: { kind: 'payment', amount: '25.00', currency: 'USD', target: 'Stripe' },
        allowedDecisions: ['allow-once', 'deny'],
      })
      expect(await scene.refundsOf(charge)).toBe(0)
      await scene.chat.answer(question, 'allow-once')
      const { confirmation, result } = told(await answer)
      expect(result).toMatchObject({ object: 'refund', amount: 2500 })
      expect(await scene.refundsOf(charge)).toBe(1)
      const rows = await scene.owner.auditOf(confirmation)
      expect(rows.map(({ action }) => action)).toEqual([
        'confirmation.created',
        'confirmation.approved',
        'confirmation.sending',
        'confirmation.succeeded',
      ])
      expect(rows[1]).toMatchObject({
        actor: expect.stringMatching(/^device:/),
        detail: { evidence: 'chat', assurance: 'chat', proof: { jws: expect.stringMatching(/^eyJ/) } },
      })
      const before = scene.chat.questions()
      expect(await scene.call('clawlink_call_tool', { tool: REFUND, confirmation })).toMatchObject({
        stored: true,
      })
      expect([await scene.refundsOf(charge), scene.chat.questions()]).toEqual([1, before])
    })

    test('what the model previewed itself is what the person is asked about', async () => {
      const charge = await scene.charged()
      const { confirmation } = await scene.call('clawlink_preview_tool', {
        tool: REFUND,
        params: { charge, amount: 300 },
      })
      const { question, answer } = await scene.callAndAsk({ tool: REFUND, confirmation })
      await scene.chat.answer(question, 'allow-once')
      expect(told(await answer)).toMatchObject({ confirmation, result: { amount: 300 } })
      expect(await scene.refundsOf(charge)).toBe(1)
    })

    test('a no ends it, and nothing is sent', async () => {
      const charge = await scene.charged()
      const { confirmation } = await scene.call('clawlink_preview_tool', {
        tool: REFUND,
        params: { charge, amount: 2500 },
      })
      const { question, answer } = await scene.callAndAsk({ tool: REFUND, confirmation })
      await scene.chat.answer(question, 'deny')
      expect(await answer).toContain('Denied by user')
      await scene.becomes(confirmation, 'denied')
      expect((await scene.owner.auditOf(confirmation)).at(-1)).toMatchObject({
        action: 'confirmation.denied',
        detail: { evidence: 'chat', proof: { jws: expect.stringMatching(/^eyJ/) } },
      })
      expect(await scene.call('clawlink_call_tool', { tool: REFUND, confirmation })).toMatchObject({
        error: { code: 'write_rejected' },
      })
      expect(await scene.refundsOf(charge)).toBe(0)
    })

    test('when nobody answers in time, nothing is sent and the model is told', async () => {
      const charge = await scene.charged()
      const { confirmation } = await scene.call('clawlink_preview_tool', {
        tool: REFUND,
        params: { charge, amount: 2500 },
      })
      endSoon(scene.world.hub, confirmation, 14_500)
      const { answer } = await scene.callAndAsk({ tool: REFUND, confirmation })
      expect(await answer).toContain('Nobody answered in the chat in time, and nothing was sent.')
      expect((await scene.owner.auditOf(confirmation)).map(({ action }) => action)).toEqual([
        'confirmation.created',
      ])
      expect(await scene.refundsOf(charge)).toBe(0)
    }, 60_000)

    test('where the policy lets the agent vouch, the person is asked all the same', async () => {
      const args = { tool: 'stripe_create_customer', params: { name: 'Grace Hopper' } }
      const { question, answer } = await scene.callAndAsk(args)
      expect(question.request.description).toContain('Grace Hopper')
      await scene.chat.answer(question, 'allow-once')
      expect(told(await answer)).toMatchObject({ result: { name: 'Grace Hopper' } })
    })
  })
}
