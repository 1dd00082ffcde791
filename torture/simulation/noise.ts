import type { Act, AddAct } from './script.ts'
import { POLICIES, type PolicyName } from './policies.ts'
import type { SimNode } from './node.ts'
import type { Stage } from './stage.ts'
import type { NoiseKind } from './theme.ts'

/** What else happens: crashes, changes, the passing of time. Answers the last act of it. */
export function addNoise(stage: Stage, add: AddAct, after?: Act): Act {
  const { actors, provider, customers, charges, theme } = stage
  const { random, scheduler } = stage.site
  const look = async (node: SimNode): Promise<string> => {
    await node.recover(false)
    return 'done'
  }
  const kinds: Record<NoiseKind, () => Act> = {
    crash() {
      const act = add('crash', () => Promise.resolve(''), after, random.chance(0.3))
      act.crash = true
      return act
    },
    look: () => add('looks again', look, after),
    policy() {
      const name = random.pick(Object.keys(POLICIES) as PolicyName[])
      return add(`the policy becomes ${name}`, (node) => actors.changePolicy(node, name), after)
    },
    freeze() {
      const frozen = add('olivia freezes', (node) => actors.stopConnection(node, 'freeze'), after)
      return random.chance(0.5)
        ? add('olivia unfreezes', (node) => actors.stopConnection(node, 'unfreeze'), frozen)
        : frozen
    },
    unfreeze: () => add('olivia unfreezes', (node) => actors.stopConnection(node, 'unfreeze'), after),
    remove: () => add('olivia removes', (node) => actors.stopConnection(node, 'remove'), after),
    revoke() {
      const device = random.pick(['device_1', 'device_1', 'device_2'])
      return add(`${device} is revoked`, (node) => actors.revokeDevice(node, device), after)
    },
    others: () =>
      add(
        'somebody acts by hand',
        () => {
          const [charge, customer] = [random.pick(charges), random.pick(customers)]
          provider.actByOthers(
            random.chance(0.5)
              ? {
                  method: 'POST',
                  path: '/v1/refunds',
                  body: `charge=${charge}&amount=${11 + random.below(20)}`,
                }
              : {
                  method: 'POST',
                  path: `/v1/customers/${customer}`,
                  body: `name=hand-${random.below(1000)}`,
                },
            scheduler.now(),
          )
          return Promise.resolve('done')
        },
        after,
      ),
    wait: () => add('time passes', () => stage.wait(random.pick(theme.waits)), after),
    read: () => add('device_1 reads', (node) => actors.read(node, random.pick(customers)), after),
  }
  return kinds[random.weighted(theme.noiseWeights)]()
}
