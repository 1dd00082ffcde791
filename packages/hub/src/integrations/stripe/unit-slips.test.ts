import { beforeAll, expect, test } from 'vitest'
import { currencyDecimals } from '../../contract/money.ts'
import { Problem } from '../../contract/problem.ts'
import type { Integration, Params } from '../define.ts'
import { CHARGE, JANE, openTestStripe, plan, type Account } from './test-stripe.ts'

/** Slips in a thousand that may pass unflagged. */
const UNFLAGGED_ALLOWED = 10
const SLIPS = 1_000

let stripe: Integration

beforeAll(async () => {
  stripe = await openTestStripe()
})

/** A run of numbers between 0 and 1 that is the same every time. */
function createRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** What a shop's payments look like: within a factor of four of the middle, either way. */
function amountAround(middle: number, random: () => number): number {
  return Math.max(1, Math.round(middle * 4 ** (random() * 2 - 1)))
}

interface Case {
  tool: string
  params: (amount: number, currency: string) => Params
  account: (history: Params, amount: number, currency: string) => Account
}

const customers = { 'customers.retrieve': JANE }

const CASES: Case[] = [
  {
    tool: 'stripe_create_payment_intent',
    params: (amount, currency) => ({ amount, currency, customer: JANE.id }),
    account: (history, _amount, currency) => ({
      ...customers,
      'customers.retrieve': { ...JANE, currency },
      'charges.list': history,
    }),
  },
  {
    tool: 'stripe_create_refund',
    params: (amount) => ({ charge: CHARGE.id, amount }),
    account: (history, amount, currency) => ({
      'charges.retrieve': { ...CHARGE, amount, amount_captured: amount, currency },
      'charges.list': history,
    }),
  },
  {
    tool: 'stripe_create_invoice_item',
    params: (amount, currency) => ({ amount, currency, customer: JANE.id, description: 'Work' }),
    account: (history, _amount, currency) => ({
      'customers.retrieve': { ...JANE, currency },
      'charges.list': history,
      'invoices.createPreview': {
        object: 'invoice',
        currency,
        total: 0,
        amount_due: 0,
        period_end: 1_800_000_000,
        lines: { object: 'list', data: [], has_more: false },
      },
    }),
  },
  {
    tool: 'stripe_create_price',
    params: (amount, currency) => ({ unit_amount: amount, currency, product: 'prod_QpTx4mZc7kW1rB' }),
    account: (history) => ({
      'products.retrieve': { id: 'prod_QpTx4mZc7kW1rB', object: 'product', name: 'Tea', active: true },
      'charges.list': history,
      'prices.list': { object: 'list', data: [], has_more: false },
    }),
  },
]

const CURRENCIES = ['usd', 'eur', 'gbp', 'chf', 'jpy', 'krw', 'bhd', 'kwd', 'sek', 'mxn']

/** The ways in which units are mistaken: whole units for smallest, smallest taken for whole, yen given cents. */
function slipsOf(amount: number, currency: string): number[] {
  const factor = 10 ** (currencyDecimals(currency) === 3 ? 3 : 2)
  const divided = Math.round(amount / factor)
  return [amount * factor, ...(divided > 0 && currencyDecimals(currency) !== 0 ? [divided] : [])]
}

test(`of ${SLIPS} planted unit slips at least 99 in 100 are flagged in previews, and true amounts rarely`, async () => {
  const random = createRandom(20_261_127)
  const missed: string[] = []
  let slips = 0
  let truths = 0
  let falseAlarms = 0
  while (slips < SLIPS) {
    const { tool, params, account } = CASES[Math.floor(random() * CASES.length)] as Case
    const currency = CURRENCIES[Math.floor(random() * CURRENCIES.length)] as string
    const middle =
      10 ** (currencyDecimals(currency) ?? 2) * (currency === 'jpy' || currency === 'krw' ? 5_000 : 45)
    const history = {
      object: 'list',
      has_more: false,
      data: Array.from({ length: 20 }, () => ({
        object: 'charge',
        paid: true,
        currency,
        amount: amountAround(middle, random),
      })),
    }
    const amount = amountAround(middle, random)
    const flags = async (planned: number): Promise<number> => {
      try {
        const { description } = await plan(
          stripe,
          tool,
          params(planned, currency),
          account(history, amount, currency),
        )
        return description.warnings.filter((warning) =>
          /smallest unit|times|tenth|hundredth|very/.test(warning),
        ).length
      } catch (error) {
        // Refused before it is shown is flagged, too: a refund of a hundred times the charge.
        if (error instanceof Problem && error.code !== 'object_not_found') return 1
        throw error
      }
    }
    truths += 1
    if ((await flags(amount)) > 0) falseAlarms += 1
    for (const slip of slipsOf(amount, currency)) {
      slips += 1
      if ((await flags(slip)) === 0) missed.push(`${tool}: ${slip} for ${amount} ${currency}`)
    }
  }
  expect(missed.length, missed.join('\n')).toBeLessThanOrEqual((slips * UNFLAGGED_ALLOWED) / 1_000)
  // A warning that is always there is none.
  expect(falseAlarms / truths).toBeLessThan(0.1)
})
