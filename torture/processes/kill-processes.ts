import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { chargeOf } from '../../packages/hub/test/support/test-hub.ts'
import { CLAWLINK, runProcess } from '../../packages/hub/test/support/processes.ts'
import { addAll } from '../simulation/first-failure.ts'
import { createRandom, type Random } from '../simulation/random.ts'
import { compareLedger, type Written } from './compare-ledger.ts'
import { startHubOnSandbox, type HubOnSandbox } from './hub-on-sandbox.ts'

export interface Killed {
  kills: number
  writes: number
  faults: Record<string, number>
  states: Record<string, number>
  failures: string[]
}

/** Approved beforehand, since an approval takes longer than the rest; an approval lasts ten minutes. */
const BATCH = 30
const WRITES_PER_KILL = 3
/** Counted from when the first of them was taken: from before it leaves the hub to after its answer was written down. */
const KILL_WITHIN_MS = 80
/** A call that is refused takes nothing. */
const TAKEN_WITHIN_MS = 3_000

const FAULTS = [
  'drop-before',
  'drop-after',
  'delay=30',
  'delay=200',
  'duplicate',
  'truncate',
  '409',
  '429;retry-after=1',
  '500',
  '502',
]

/**
 * Kills a real hub, again and again, while it sends under a bad network; then compares what the sandbox did with
 * what the hub wrote down.
 */
export async function killProcesses(options: {
  folder: string
  kills: number
  seed: number
  /** No kill after this moment. */
  until: number
  progress: (line: string) => void
}): Promise<Killed> {
  const random = createRandom(options.seed)
  const hub = await startHubOnSandbox(options.folder)
  const killed: Killed = { kills: 0, writes: 0, faults: {}, states: {}, failures: [] }
  try {
    const all: Written[] = []
    let ready: Written[] = []
    while (killed.kills < options.kills && Date.now() < options.until) {
      if (ready.length < WRITES_PER_KILL) {
        ready = await inTurn(BATCH, () => approvedWrite(hub, random))
        all.push(...ready)
      }
      const writes = ready.splice(0, WRITES_PER_KILL)
      await orderFaults(hub, random, writes)
      // The answers may never come: their caller dies with the hub's socket.
      const calls = writes.map(({ tool, confirmation }) =>
        hub.device.call(tool, { confirmation }).catch(() => undefined),
      )
      await Promise.race([firstTaken(hub, writes), Promise.all(calls), setTimeout(TAKEN_WITHIN_MS)])
      await setTimeout(random.below(KILL_WITHIN_MS))
      await hub.kill()
      await Promise.all(calls)
      killed.kills += 1
      killed.writes += writes.length
      addAll(killed.faults, await hub.clearFaults())
      await hub.start()
      options.progress(`${killed.kills} of ${options.kills} kills`)
    }
    // What is being sent again is sent within seconds; what has to be proved may stay open, where a person sees it.
    await setTimeout(5_000)
    await hub.kill()
    const compared = await compareLedger(hub, all)
    killed.states = compared.states
    killed.failures = compared.failures
    const verified = await runProcess(CLAWLINK, ['audit', 'verify', '--home', hub.home, '--json'])
    if (verified.code !== 0) killed.failures.push(`the audit chain is broken: ${verified.stdout}`)
    return killed
  } finally {
    await hub.stop()
  }
}

async function firstTaken({ database }: HubOnSandbox, writes: Written[]): Promise<void> {
  const file = new DatabaseSync(database, { readOnly: true })
  try {
    const ids = writes.map(({ confirmation }) => `'${confirmation}'`).join()
    const taken = file.prepare(`select 1 from confirmations where id in (${ids}) and state != 'approved'`)
    const giveUpAt = Date.now() + TAKEN_WITHIN_MS
    while (taken.get() === undefined && Date.now() < giveUpAt) await setTimeout(1)
  } finally {
    file.close()
  }
}

async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = []
  for (let index = 0; index < count; index += 1) made.push(await make())
  return made
}

/** A write that is previewed, approved and not called. */
export async function approvedWrite(hub: HubOnSandbox, random: Random): Promise<Written> {
  const write = await prepareWrite(hub, random)
  const { status, body } = await hub.device.preview(write.tool, write.params)
  if (status !== 200) throw new Error(`no preview: ${JSON.stringify(body)}`)
  const preview = body as { confirmation: string; intent_hash: string; state: string }
  if (preview.state === 'pending') {
    const path = `/approvals/${preview.confirmation}/approve`
    const approved = await hub.owner.api('POST', path, { intent_hash: preview.intent_hash })
    if (approved.status !== 200) throw new Error(`not approved: ${await approved.text()}`)
  }
  return { ...write, confirmation: preview.confirmation }
}

async function prepareWrite(
  { stripe }: HubOnSandbox,
  random: Random,
): Promise<Omit<Written, 'confirmation'>> {
  const kind = random.weighted({ refund: 3, change: 2, deletion: 1 })
  if (kind === 'refund') {
    const intent = await stripe.paymentIntents.create({
      amount: 5_000,
      currency: 'usd',
      payment_method: 'pm_card_visa',
      confirm: true,
      automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
    })
    const charge = chargeOf(intent)
    return {
      kind,
      object: charge,
      tool: 'stripe_create_refund',
      path: '/v1/refunds',
      method: 'POST',
      params: { charge, amount: 100 },
    }
  }
  const { id } = await stripe.customers.create({ name: 'Before' })
  const rest = { kind, object: id, path: `/v1/customers/${id}` }
  return kind === 'change'
    ? { ...rest, tool: 'stripe_update_customer', method: 'POST', params: { customer_id: id, name: 'After' } }
    : { ...rest, tool: 'stripe_delete_customer', method: 'DELETE', params: { customer_id: id } }
}

/** Up to two faults for each write. */
async function orderFaults(hub: HubOnSandbox, random: Random, writes: Written[]): Promise<void> {
  for (const { method, path } of writes)
    for (let count = random.below(3); count > 0; count -= 1)
      await hub.orderFault(random.pick(FAULTS), { method, path })
}
