import { describe, expect, test } from 'vitest'
import { AGENT_TOOLS, PAIRING_TOOLS } from '../../src/tool-table.ts'
import { hostileArguments } from '../support/hostile-arguments.ts'
import { REFUND, type Scene } from '../support/scene.ts'

/** What a model may call, as it should not. */
export function hostileModel(scene: Scene): void {
  describe('a model that wants to approve by itself', () => {
    test.each([...PAIRING_TOOLS, ...AGENT_TOOLS].map(({ name }) => name))(
      'finds no way in %s, whatever it gives it',
      async (tool) => {
        const charge = await scene.charged()
        const write = { tool: REFUND, params: { charge, amount: 2500 } }
        const { confirmation, intent_hash: hash } = await scene.invoke('clawlink_preview_tool', write)
        for (const args of hostileArguments(confirmation, hash)) {
          const { status, body } = await scene.world.gateway.invoke(tool, args)
          // OpenClaw refuses some itself; what reaches the plugin is answered, and never thrown.
          expect([200, 400, 403, 413], JSON.stringify(body).slice(0, 300)).toContain(status)
        }
        expect(['pending', 'revoked']).toContain(await scene.owner.stateOf(confirmation))
        const actions = (await scene.owner.auditOf(confirmation)).map(({ action }) => action)
        expect(actions).toContain('confirmation.created')
        expect(actions).not.toContain('confirmation.approved')
        expect(await scene.refundsOf(charge)).toBe(0)
      },
    )
  })
}
