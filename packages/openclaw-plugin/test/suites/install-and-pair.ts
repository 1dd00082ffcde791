import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readConfig } from '../support/gateway.ts'
import type { Scene } from '../support/scene.ts'
import { PLUGIN, writePluginConfig } from '../support/world.ts'

/** From ClawHub to a gateway that the owner has paired. */
export function installAndPair(scene: Scene): void {
  describe('installing it', () => {
    test('from ClawHub, with the consent that OpenClaw asks for', async () => {
      const { gateway, clawhub } = scene.world
      const install = ['plugins', 'install', `clawhub:${PLUGIN}`]
      await expect(gateway.cli(...install)).rejects.toThrow('requires capability consent')
      const output = await gateway.cli(...install, '--accept-capabilities')
      expect(output).toContain(`Installed plugin: ${PLUGIN}`)
      expect(clawhub.asked.at(-1)).toMatch(/artifact\/download$/)
      writePluginConfig(gateway, { hubUrl: scene.world.hub.url })
      expect(readConfig(gateway)).toMatchObject({ plugins: { entries: { [PLUGIN]: { enabled: true } } } })
    }, 120_000)

    test('the gateway starts, and its model is offered the tools without any further setting', async () => {
      await scene.world.gateway.start()
      await scene.openChat('main')
      expect(await scene.chat.say('/new')).toContain('New session started')
      await scene.chat.say('What do my customers owe me?')
      expect(scene.world.model.offered()).toEqual(
        expect.arrayContaining([
          'clawlink_search_tools',
          'clawlink_describe_tool',
          'clawlink_call_tool',
          'tool_call',
        ]),
      )
      expect(scene.world.model.system()).toContain('clawlink_begin_pairing')
      expect(scene.world.model.system()).toContain('stripe-payments')
    }, 240_000)
  })

  describe('pairing', () => {
    let code: string

    test('before it, every tool says what to do', async () => {
      expect(await scene.call('clawlink_call_tool', { tool: 'stripe_list_customers' })).toMatchObject({
        error: { code: 'not_paired', next_step: expect.stringContaining('clawlink_begin_pairing') },
      })
      expect(await scene.chat.say('/clawlink status')).toContain('/clawlink pair')
    })

    test('the user gets a code and a link, the same ones when asked again', async () => {
      const begun = await scene.invoke('clawlink_begin_pairing', { deviceLabel: 'Studio gateway' })
      expect(begun).toMatchObject({ status: 'pending', user_code: expect.stringMatching(/^\w{4}-\w{4}$/) })
      code = begun.user_code
      expect(await scene.invoke('clawlink_begin_pairing', { deviceLabel: 'Studio gateway' })).toMatchObject({
        user_code: code,
      })
      expect(await scene.chat.say('/clawlink pair')).toContain(code)
      expect(await scene.invoke('clawlink_get_pairing_status', {})).toMatchObject({
        status: 'pending',
        user_code: code,
      })
    })

    test('a restart of the gateway loses nothing of it', async () => {
      await scene.world.gateway.stop()
      await scene.world.gateway.start()
      await scene.openChat('main')
      expect(await scene.invoke('clawlink_get_pairing_status', {})).toMatchObject({
        status: 'pending',
        user_code: code,
      })
    }, 240_000)

    test('once the owner has approved it, the tools work', async () => {
      await scene.owner.approvePairing(code, { chatApprovals: true })
      expect(await scene.invoke('clawlink_get_pairing_status', {})).toMatchObject({
        status: 'paired',
        hub: scene.world.hub.url,
      })
      expect(await scene.invoke('clawlink_begin_pairing', {})).toMatchObject({ status: 'paired' })
      expect(statSync(join(scene.world.gateway.stateDir, 'clawlink/device.json')).mode & 0o777).toBe(0o600)
      expect(await scene.chat.say('/clawlink status')).toMatch(
        /Paired as: Studio gateway[^]*sandbox: .* \(test, active\)/,
      )
    })

    test('no token and no key of the device is in any answer or log', async () => {
      const device = JSON.parse(
        readFileSync(join(scene.world.gateway.stateDir, 'clawlink/device.json'), 'utf8'),
      ) as {
        key: { d: string }
        accessToken: string
        refreshToken: string
      }
      for (const secret of [device.key.d, device.accessToken, device.refreshToken]) {
        expect(scene.world.gateway.log()).not.toContain(secret)
        expect(JSON.stringify(await scene.invoke('clawlink_begin_pairing', {}))).not.toContain(secret)
      }
    })
  })
}
