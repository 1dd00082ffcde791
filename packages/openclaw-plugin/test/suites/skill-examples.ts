import { describe, expect, test } from 'vitest'
import { blocks, makeFixtures, replaceIds } from '../../../hub/test/support/skill-examples.ts'
import type { Scene } from '../support/scene.ts'
import { toolCallOf } from '../support/shell-form.ts'

/** The skill that the plugin brings shows commands; each is a call of a tool of the same name. */
export function skillExamples(scene: Scene): void {
  describe('every example of the skill', () => {
    test.each(blocks.map((lines) => [lines[0] ?? '', lines] as const))('%s', async (_first, lines) => {
      const { hub } = scene.world
      const fixtures = await makeFixtures(hub, lines.join('\n'))
      let confirmation = ''
      for (const line of lines) {
        const { tool, args } = await toolCallOf(
          replaceIds(line, fixtures).replaceAll('conf_ID', confirmation),
        )
        const answer = await scene.invoke(tool, args)
        expect(answer, line).not.toHaveProperty('error')
        confirmation = answer.confirmation ?? confirmation
        if (answer.state === 'pending') expect((await hub.owner.approve(confirmation)).status).toBe(303)
      }
    })
  })
}
