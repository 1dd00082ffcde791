import { describe, expect, test } from 'vitest'
import { REFUND, type Scene } from '../support/scene.ts'

/** What needs nobody’s approval. */
export function reading(scene: Scene): void {
  describe('reading', () => {
    test('from the integrations to a read, through Tool Search where OpenClaw wants it', async () => {
      await scene.world.hub.stripe.customers.create({ name: 'Ada Lovelace', email: 'ada@example.com' })
      const answers = await scene.chat.take(
        { tool: 'clawlink_list_integrations', args: {} },
        { tool: 'clawlink_list_tools', args: { integration: 'stripe', group: 'customers' } },
        { tool: 'clawlink_search_tools', args: { query: 'give the money back' } },
        { tool: 'clawlink_describe_tool', args: { tool: REFUND } },
        { tool: 'clawlink_call_tool', args: { tool: 'stripe_list_customers', params: { limit: 1 } } },
      )
      const wanted = ['sandbox', 'stripe_search_customers', REFUND, 'askBefore', 'Ada Lovelace']
      for (const [at, text] of wanted.entries()) expect(answers[at]).toContain(text)
      expect(scene.chat.questions()).toBe(0)
    })

    test('what is wrong is a normal answer with what to do next', async () => {
      const wrong = [
        { args: { tool: 'stripe_give_money' }, code: 'tool_not_found' },
        { args: { tool: REFUND, params: { charge: 5 } }, code: 'invalid_params' },
        {
          args: { tool: 'stripe_get_customer', params: { customer_id: 'cus_NffrFeUfNV2Hib0' } },
          code: 'customer_not_found',
        },
        { args: {}, code: 'invalid_params' },
      ]
      for (const { args, code } of wrong) {
        expect(await scene.invoke('clawlink_call_tool', args)).toMatchObject({
          error: { code, next_step: expect.any(String) },
        })
      }
    })
  })
}
