import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { startSandbox } from './harness.ts'
import type { TestSandbox } from './harness.ts'

/** The name of the program, and what its package calls this machine. */
const PROGRAM = process.platform === 'win32' ? 'stripe.exe' : 'stripe'
const SCENARIO_TIMEOUT_MS = 60_000
const AT_ONCE = 4

const directory = mkdtempSync(join(tmpdir(), 'stripe-cli-'))
const config = join(directory, 'config.toml')
writeFileSync(config, '')
afterAll(() => rmSync(directory, { recursive: true, force: true }))

/*
 * Left out:
 * - payment_intent.partially_funded: customers have no cash balance here that a bank transfer could go to.
 * - Scenarios about Connect, Issuing, Reporting and other products that the sandbox does not have.
 */
const scenarios = `
  balance.available billing_portal.configuration.created billing_portal.configuration.updated
  billing_portal.session.created charge.captured charge.dispute.closed charge.dispute.created
  charge.dispute.updated charge.failed charge.refund.updated charge.refunded charge.succeeded
  checkout.session.async_payment_failed checkout.session.async_payment_succeeded checkout.session.completed
  checkout.session.expired coupon.created coupon.deleted coupon.updated credit_note.created credit_note.updated
  credit_note.voided customer.created customer.deleted customer.discount.created customer.discount.deleted
  customer.discount.updated customer.source.created customer.source.updated customer.subscription.created
  customer.subscription.deleted customer.subscription.paused customer.subscription.trial_will_end
  customer.subscription.updated customer.updated invoice.created invoice.deleted invoice.finalized
  invoice.marked_uncollectible invoice.paid invoice.payment_action_required invoice.payment_failed
  invoice.payment_succeeded invoice.sent invoice.updated invoice.voided invoiceitem.created invoiceitem.deleted
  payment_intent.amount_capturable_updated payment_intent.canceled payment_intent.created
  payment_intent.payment_failed payment_intent.processing payment_intent.requires_action payment_intent.succeeded
  payment_link.created payment_link.updated payment_method.attached payment_method.detached
  payment_method.updated payout.created payout.updated plan.created plan.deleted plan.updated price.created
  price.updated product.created product.deleted product.updated promotion_code.created promotion_code.updated
  setup_intent.canceled setup_intent.created setup_intent.requires_action setup_intent.setup_failed
  setup_intent.succeeded subscription.payment_failed subscription.payment_succeeded subscription_schedule.aborted
  subscription_schedule.canceled subscription_schedule.completed subscription_schedule.created
  subscription_schedule.expiring subscription_schedule.released subscription_schedule.updated tax_rate.created
  tax_rate.updated test_helpers.test_clock.advancing test_helpers.test_clock.created
  test_helpers.test_clock.deleted test_helpers.test_clock.ready
`
  .trim()
  .split(/\s+/)

/** What a scenario does is not always what it is named for. */
const doesInstead: Record<string, string> = {
  // Stripe tells some time later that money has become available; here only the balance itself does.
  'balance.available': 'payment_intent.succeeded',
  'charge.refund.updated': 'refund.updated',
  'subscription.payment_failed': 'invoice.payment_failed',
  'subscription.payment_succeeded': 'invoice.payment_succeeded',
  // The CLI cancels the schedule; Stripe itself aborts one whose subscription has ended.
  'subscription_schedule.aborted': 'subscription_schedule.canceled',
  // Its test clock stops nine days before the schedule's end, which is announced seven days before.
  'subscription_schedule.expiring': 'subscription_schedule.updated',
}

test('every scenario of stripe trigger runs, and its event is there', { timeout: 120_000 }, async () => {
  const program = locateProgram()
  const t = await startSandbox()
  const failures: string[] = []
  const waiting = [...scenarios]
  const work = async () => {
    for (let scenario = waiting.shift(); scenario !== undefined; scenario = waiting.shift()) {
      const outcome = await trigger(program, t, scenario)
      if (outcome !== undefined) failures.push(`${scenario}: ${outcome}`)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, work))
  // Banks answer a debit after minutes at the latest.
  t.advance(60 * 60)
  for (const scenario of scenarios) {
    const type = doesInstead[scenario] ?? scenario
    if (!(await happened(t, keyFor(scenario), type))) failures.push(`${scenario}: no ${type}`)
  }
  expect(failures).toEqual([])
})

/** An account for each, so that no scenario counts on another's events. */
function keyFor(scenario: string): string {
  return `sk_test_${scenario.replaceAll(/[._]/g, '')}`
}

async function happened(t: TestSandbox, key: string, type: string): Promise<boolean> {
  const { body } = await t.request('GET', `/v1/events?type=${type}&limit=1`, { key })
  return Array.isArray(body.data) && body.data.length === 1
}

/** @returns what went wrong */
function trigger(program: string, t: TestSandbox, scenario: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const child = spawn(program, ['trigger', scenario, '--api-base', t.url, '--config', config], {
    env: {
      HOME: directory,
      STRIPE_API_KEY: keyFor(scenario),
      STRIPE_CLI_TELEMETRY_OPTOUT: '1',
      // Whatever is asked of other hosts ends here.
      HTTPS_PROXY: 'http://127.0.0.1:9',
      XDG_CONFIG_HOME: directory,
    },
    timeout: SCENARIO_TIMEOUT_MS,
  })
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.once('error', (error) => resolve(error.message))
  child.once('close', (code) => {
    const done = code === 0 && output.includes('Trigger succeeded')
    resolve(done ? undefined : `exit ${code}, ${output.trim().split('\n').at(-1)}`)
  })
  return promise
}

/** @throws Error where the package for this machine is not installed */
function locateProgram(): string {
  const name = `@stripe/cli-${process.platform}-${process.arch}`
  try {
    const root = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    const program = [join(root, 'bin', PROGRAM), join(root, PROGRAM)].find((path) => existsSync(path))
    if (program !== undefined) return program
  } catch {
    // Said below: missing and incomplete are the same to whoever reads it.
  }
  throw new Error(`The Stripe CLI (${name}) is not installed; run npm ci.`)
}
