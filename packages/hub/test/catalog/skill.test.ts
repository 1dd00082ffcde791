import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStripe } from '../../src/integrations/stripe/stripe.ts'
import { createSender } from '../../src/integrations/stripe/wire/send.ts'
import { renderSkill } from '../../src/surfaces/skill/render-skill.ts'
import { CLAWLINK, runProcess, startProcess, type Finished } from '../support/processes.ts'
import { blocks, makeFixtures, replaceIds, skill } from '../support/skill-examples.ts'
import { startTestHub, type TestHub } from '../support/test-hub.ts'

let hub: TestHub
const linked = new Set<string>()

beforeAll(async () => {
  hub = await startTestHub()
  const pairing = await startProcess(CLAWLINK, ['pair', '--hub', hub.url, '--home', hub.home, '--json'])
  await hub.owner.post('/pair', { code: String(pairing.line['user_code']), decision: 'approve' }, '/devices')
  expect(await pairing.ended).toBe(0)
})
afterAll(() => hub.stop())

test('it is what the catalog says: run `npm run skill` after a change', async () => {
  const { tools } = await createStripe(createSender([]))
  expect(skill).toBe(renderSkill(tools))
  expect(/^description: (.+)$/m.exec(skill)?.[1]?.length).toBeLessThanOrEqual(160)
})

test('it shows a good many commands', () => {
  expect(blocks.length).toBeGreaterThanOrEqual(12)
})

describe.each(blocks.map((lines) => [lines[0] ?? '', lines] as const))('%s', (_first, lines) => {
  test('runs', async () => {
    const fixtures = await makeFixtures(hub, lines.join('\n'))
    let confirmation = ''
    for (const line of lines) {
      const finished = await run(replaceIds(line, fixtures).replaceAll('conf_ID', confirmation))
      expect(finished.code, `${line}\n${finished.stdout}${finished.stderr}`).toBe(0)
      const answer = JSON.parse(finished.stdout) as { confirmation?: string; state?: string }
      confirmation = answer.confirmation ?? confirmation
      if (answer.state === 'pending') expect((await hub.owner.approve(confirmation)).status).toBe(303)
    }
  })
})

/** Runs a line as a shell would: the quoting is part of what is tested. */
async function run(line: string): Promise<Finished> {
  const [name = ''] = line.split(' ')
  const path = join(hub.home, name)
  if (!linked.has(name)) symlinkSync(CLAWLINK, path)
  linked.add(name)
  const command = `"${process.execPath}" "${path}"${line.slice(name.length)} --home "${hub.home}"`
  return runProcess('-c', [command], { node: '/bin/sh' })
}
