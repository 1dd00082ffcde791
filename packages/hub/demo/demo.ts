import { spawn, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { parseArgs, styleText } from 'node:util'
import { becomeOwner, type Person } from './person.ts'

/**
 * The main job, unattended, in a temporary home: an agent's refund from pairing to the audit log. Every step runs
 * the real commands and says whether it held; the exit code is 0 only if each did.
 */
const HELP = `npm run demo [-- --json]

Runs the hub in a temporary home and takes one refund through it, as an agent and a person would.
  --json   one JSON object per step: {"step", "held", "told", "milliseconds"}
`

const CLAWLINK = fileURLToPath(new URL('../bin/clawlink.js', import.meta.url))

const { values: options } = parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } })

interface Answer {
  code: number | null
  // oxlint-disable-next-line typescript/no-explicit-any -- the demo reads answers as a script would
  json: any
}

class Broken extends Error {}

const home = mkdtempSync(join(tmpdir(), 'clawlink-demo-'))
const children = new Set<ChildProcess>()
let held = true

/** What the commands of the present step said on stderr: told only if the step does not hold. */
let errors = ''

function start(args: string[]): ChildProcess {
  const child = spawn(process.execPath, [CLAWLINK, ...args, '--home', home, '--json'], {
    env: { ...process.env, CLAWLINK_DEVICE: '', CLAWLINK_URL: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()))
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}

/** The JSON lines of a command, one by one. */
function lines(child: ChildProcess): AsyncIterator<string> {
  if (child.stdout === null) throw new Broken('the command has no output')
  return createInterface(child.stdout)[Symbol.asyncIterator]()
}

async function nextLine(from: AsyncIterator<string>): Promise<Record<string, string>> {
  const { value, done } = await from.next()
  if (done === true) throw new Broken('the command ended without an answer')
  return JSON.parse(value) as Record<string, string>
}

async function clawlink(...args: string[]): Promise<Answer> {
  const child = start(args)
  const output: string[] = []
  for await (const line of createInterface(child.stdout ?? process.stdin)) output.push(line)
  const code = child.exitCode ?? (await new Promise<number | null>((resolve) => child.once('exit', resolve)))
  return { code, json: output.length === 0 ? undefined : JSON.parse(output.join('\n')) }
}

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Broken(what)
}

/** Runs one step of the story; `run` answers the sentence that tells what happened. */
async function step(name: string, run: () => Promise<string>): Promise<void> {
  const started = performance.now()
  errors = ''
  let told: string
  let stepHeld = true
  try {
    told = await run()
  } catch (error) {
    told = error instanceof Error ? error.message : String(error)
    stepHeld = false
  }
  held &&= stepHeld
  const milliseconds = Math.round(performance.now() - started)
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ step: name, held: stepHeld, told, milliseconds })}\n`)
  } else {
    const mark = stepHeld ? styleText('green', '✓') : styleText('red', '✗')
    process.stdout.write(
      `${mark} ${styleText('bold', name)} ${styleText('dim', `${milliseconds} ms`)}\n  ${told}\n`,
    )
  }
  if (!stepHeld) process.stderr.write(errors)
  // What comes after would only repeat the failure.
  if (!stepHeld) throw new Broken(name)
}

const params = (value: unknown): string => JSON.stringify(value)
const refund = 'stripe_create_refund'

async function story(): Promise<void> {
  let url = ''
  let owner!: Person
  let charge = ''
  let paymentIntent = ''
  let confirmation = ''
  let refundId = ''
  let hub!: ChildProcess

  await step('The hub starts in an empty home, with a practice Stripe inside', async () => {
    hub = start(['serve', '--port', '0'])
    const listening = await nextLine(lines(hub))
    url = listening['url'] ?? ''
    owner = await becomeOwner(url, listening['setup_link'] ?? '')
    return `It listens on ${url}. Olivia opened the set-up link and is its owner.`
  })

  await step('An agent pairs, and Olivia approves its code', async () => {
    const pairing = start(['pair', '--label', 'Demo agent', '--hub', url])
    const output = lines(pairing)
    const { user_code: code = '' } = await nextLine(output)
    const approved = await owner.post('/pair', { code, decision: 'approve' }, '/devices')
    check(approved.status === 303, `the pairing was answered with ${approved.status}`)
    const outcome = await nextLine(output)
    check(outcome['status'] === 'paired', `the pairing ended as ${outcome['status']}`)
    return `The code ${code} was the same on both sides. The agent holds a key of its own, and no Stripe key.`
  })

  await step('The agent looks around', async () => {
    const { json: integrations } = await clawlink('integrations')
    const [connection] = integrations.integrations[0].connections
    check(connection.mode === 'test', 'the sandbox is not in test mode')
    const { json: catalog } = await clawlink('tools', '--integration', 'stripe')
    const count = catalog.groups.flatMap((group: { tools: unknown[] }) => group.tools).length
    const { json: customers } = await clawlink(
      'call',
      '--tool',
      'stripe_list_customers',
      '--params',
      params({ limit: 3 }),
    )
    const names = customers.result.data.map((customer: { name: string }) => customer.name)
    check(names.length === 3, 'the demo business has no customers')
    return `One account (${connection.alias}, ${connection.mode}), ${count} tools; the newest customers are ${names.join(', ')}.`
  })

  await step('A customer pays $50.00, so that there is something to refund', async () => {
    const { json: customers } = await clawlink(
      'call',
      '--tool',
      'stripe_list_customers',
      '--params',
      params({ limit: 1 }),
    )
    const customer = customers.result.data[0].id
    const create = 'stripe_create_payment_intent'
    const prepared = await clawlink(
      'preview',
      '--tool',
      create,
      '--params',
      params({
        amount: { value: '50.00', currency: 'usd' },
        customer,
        payment_method: 'pm_card_visa',
        automatic_payment_methods: { enabled: true, allow_redirects: 'never' },
      }),
    )
    check(prepared.json.state === 'approved', `the preview is ${prepared.json.state}`)
    const intent = await clawlink('call', '--tool', create, '--confirmation', prepared.json.confirmation)
    paymentIntent = intent.json.result.id
    const confirm = 'stripe_confirm_payment_intent'
    const preview = await clawlink(
      'preview',
      '--tool',
      confirm,
      '--params',
      params({ payment_intent_id: paymentIntent }),
    )
    check(preview.json.state === 'pending', 'a charge did not wait for a person')
    await owner.approve(preview.json.confirmation)
    const paid = await clawlink('call', '--tool', confirm, '--confirmation', preview.json.confirmation)
    check(paid.json.result.status === 'succeeded', `the payment is ${paid.json.result?.status}`)
    charge = paid.json.result.latest_charge
    return `${preview.json.summary}. Preparing it was the agent's to do; charging it was Olivia's to approve.`
  })

  await step('The agent reads what it has to know before a refund', async () => {
    const { json } = await clawlink('describe', refund)
    check(
      json.effect === 'money' && json.needs[0].assurance === 'dashboard',
      'the description is not of a refund',
    )
    return `Effect ${json.effect}; it needs an approval on the ${json.needs[0].assurance}. Ask before: ${json.askBefore[0]}`
  })

  await step('Without a confirmation nothing is sent, whatever the agent claims', async () => {
    const { code, json } = await clawlink(
      'call',
      '--tool',
      refund,
      '--params',
      params({ charge, amount: 2500, confirmed: true }),
    )
    check(json.error.code === 'confirmation_required' && code === 4, `it answered ${json.error.code}`)
    return json.error.next_step as string
  })

  await step('The preview says what would really happen', async () => {
    const { json } = await clawlink(
      'preview',
      '--tool',
      refund,
      '--params',
      params({ charge, amount: 2500 }),
      '--note',
      'The parcel was late.',
    )
    check(json.state === 'pending', `the preview is ${json.state}`)
    check(json.summary.startsWith('Refund $25.00 of $50.00'), json.summary)
    confirmation = json.confirmation
    const early = await clawlink('call', '--tool', refund, '--confirmation', confirmation)
    check(early.json.error.code === 'confirmation_pending', 'it was called before the approval')
    return `${json.summary}. Called before the approval, it was refused.`
  })

  await step('Olivia approves, and it happens once', async () => {
    const approved = await owner.approve(confirmation)
    check(approved.status === 303, `the approval was answered with ${approved.status}`)
    const called = await clawlink('call', '--tool', refund, '--confirmation', confirmation)
    check(called.code === 0 && called.json.result.status === 'succeeded', JSON.stringify(called.json))
    refundId = called.json.result.id
    const again = await clawlink('call', '--tool', refund, '--confirmation', confirmation)
    check(again.json.stored === true && again.json.result.id === refundId, 'a second call did something')
    return `${refundId}: ${called.json.result.amount_text}. A second call answered the same refund from the hub's memory.`
  })

  await step('A changed amount voids an approval', async () => {
    const { json } = await clawlink('preview', '--tool', refund, '--params', params({ charge, amount: 100 }))
    await owner.approve(json.confirmation)
    const changed = await clawlink(
      'call',
      '--tool',
      refund,
      '--confirmation',
      json.confirmation,
      '--params',
      params({ charge, amount: 2400 }),
    )
    check(changed.json.error.code === 'confirmation_mismatch', 'a changed amount went through')
    const after = await clawlink('call', '--tool', refund, '--confirmation', json.confirmation)
    check(after.json.error.code === 'confirmation_revoked', 'the void confirmation was used')
    return `Approved for $1.00, called for $24.00: ${changed.json.error.message}`
  })

  await step('The account shows one refund of $25.00', async () => {
    const { json } = await clawlink(
      'call',
      '--tool',
      'stripe_get_payment_intent',
      '--params',
      params({ payment_intent_id: paymentIntent, expand: ['latest_charge'] }),
    )
    const { amount_refunded: refunded } = json.result.latest_charge
    check(refunded === 2500, `${refunded} cents are refunded`)
    return `${json.result.latest_charge.amount_refunded_text} of ${json.result.amount_text} is refunded.`
  })

  await step('The audit log tells all of it, and is unbroken', async () => {
    const log = (await (await owner.api('GET', `/audit?subject=${confirmation}`)).json()) as {
      rows: Array<{ action: string; actor: string }>
    }
    const { code, json } = await clawlink('audit', 'verify')
    check(code === 0 && json.ok === true, 'the chain is broken')
    const actions = log.rows.map((row) => row.action.replace('confirmation.', ''))
    check(actions.join() === 'created,approved,sending,succeeded', actions.join())
    return `${json.rows} rows. This refund: ${actions.join(' → ')}.`
  })

  await step('The hub stops cleanly', async () => {
    const gone = new Promise<number | null>((resolve) => hub.once('exit', resolve))
    hub.kill('SIGTERM')
    const code = await gone
    check(code === 0, `it ended with ${code}`)
    return 'Nothing was in flight.'
  })
}

if (options.help === true) {
  process.stdout.write(HELP)
} else {
  try {
    await story()
  } catch (error) {
    if (!(error instanceof Broken)) throw error
  } finally {
    for (const child of children) child.kill('SIGKILL')
    rmSync(home, { recursive: true, force: true })
  }
  if (options.json !== true) {
    process.stdout.write(held ? '\nEvery step held.\n' : '\nA step did not hold.\n')
  }
  process.exitCode = held ? 0 : 1
}
