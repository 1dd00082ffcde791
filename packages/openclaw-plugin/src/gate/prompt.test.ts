import { describe, expect, test } from 'vitest'
import { writePrompt } from './prompt.ts'
import type { View } from './view.ts'

const NOW = Date.parse('2026-11-27T12:00:00.000Z')
const URL = 'https://hub.example.com/confirmations/conf_1'

const refund: View = {
  confirmation: 'conf_1',
  state: 'pending',
  needs: 'chat',
  connection: { mode: 'live' },
  summary: 'Refund $25.00 of $50.00 on ch_1, Visa ••4242, Jane Doe · LIVE · cannot be undone',
  changes: [{ what: 'Refunded in all', before: '$0.00', after: '$25.00 (2500 usd)' }],
  warnings: [],
  money: [{ currency: 'usd', decimal: '25.00' }],
  irreversible: 'A refund cannot be undone.',
  intent_hash: 'a'.repeat(64),
  expires_at: '2026-11-27T12:10:00.000Z',
  approval_url: URL,
}
const write = (view: Partial<View> = {}, now = NOW) => writePrompt({ ...refund, ...view }, now)

describe('what a person reads in the chat', () => {
  test('has mode, amount and that it cannot be undone in its title, and the summary in whole', () => {
    expect(write()).toMatchObject({
      title: 'Stripe LIVE · 25.00 USD · cannot be undone',
      description: `${refund.summary}\nRefunded in all: $0.00 → $25.00 (2500 usd)`,
      severity: 'critical',
      scope: { kind: 'payment', amount: '25.00', currency: 'USD', target: 'Stripe' },
      allowedDecisions: ['allow-once', 'deny'],
    })
  })

  test('warnings come before details, which are cut on a word with a link to all of it', () => {
    const details = Array.from({ length: 40 }, (_, at) => ({
      what: `Metadata key${at}`,
      before: null,
      after: 'value',
    }))
    const { description = '' } = write({ warnings: ['The same write already ran.'], changes: details }) ?? {}
    expect(description.length).toBeLessThanOrEqual(512)
    expect(description.startsWith(`${refund.summary}\nNote: The same write already ran.\n`)).toBe(true)
    expect(description).toMatch(/\w… In full: https:\/\/hub\.example\.com\/confirmations\/conf_1$/)
  })

  test('is not written at all where summary, warnings or amounts do not fit: the hub’s page has room', () => {
    expect(
      write({ warnings: Array.from({ length: 9 }, (_, at) => `Warning ${at}: ${'word '.repeat(10)}`) }),
    ).toBeUndefined()
    expect(write({ summary: `Refund $25.00 · ${'x'.repeat(500)} · LIVE · cannot be undone` })).toBeUndefined()
    const money = Array.from({ length: 9 }, (_, at) => ({ currency: 'usd', decimal: `${at}00.00` }))
    expect(write({ money })).toBeUndefined()
  })

  test('several amounts are all in the title, and none of them is called the payment', () => {
    const money = [
      { currency: 'usd', decimal: '25.00' },
      { currency: 'jpy', decimal: '500' },
    ]
    expect(write({ money })?.title).toBe('Stripe LIVE · 25.00 USD · 500 JPY · cannot be undone')
    expect(write({ money })).not.toHaveProperty('scope')
    expect(write({ money: [] })).not.toHaveProperty('scope')
  })

  test('the question ends before the confirmation does, and after ten minutes at most', () => {
    expect(write()?.timeoutMs).toBe(597_000)
    expect(write({ expires_at: '2026-11-27T13:00:00.000Z' })?.timeoutMs).toBe(600_000)
    expect(write({}, NOW + 595_000)).toBeUndefined()
  })
})
