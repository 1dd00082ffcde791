import { createCustomer, updateCustomer } from '../customers/save-customer.ts'
import type { Customer } from '../customers/customer.ts'
import { createIntent } from '../payment-intents/create-intent.ts'
import type { CreateIntent } from '../payment-intents/create-intent.ts'
import type { PaymentIntent } from '../payment-intents/payment-intent.ts'
import { attachPaymentMethod } from '../payment-methods/attach-payment-method.ts'
import { createPaymentMethod } from '../payment-methods/create-payment-method.ts'
import { createRefund } from '../refunds/create-refund.ts'
import type { CreateRefund } from '../refunds/create-refund.ts'
import type { Transaction } from '../store/transaction.ts'
import { demoPeople, emailOf } from './people.ts'
import type { DemoPerson } from './people.ts'

const DAY_SECONDS = 24 * 60 * 60
const HOUR_SECONDS = 60 * 60
const DAYS = 90
const PAYMENTS = 58
/** Every 2½ days somebody new. */
const DAYS_BETWEEN_CUSTOMERS = 2.5

const products: Record<DemoPerson['currency'], readonly [name: string, amount: number][]> = {
  usd: [
    ['Starter plan, monthly', 1900],
    ['Team plan, monthly', 4900],
    ['Business plan, monthly', 12900],
    ['Extra seats', 2400],
    ['Onboarding workshop', 45000],
  ],
  eur: [
    ['Starter plan, monthly', 1800],
    ['Team plan, monthly', 4500],
    ['Business plan, monthly', 11900],
    ['Extra seats', 2200],
  ],
  gbp: [
    ['Starter plan, monthly', 1600],
    ['Team plan, monthly', 3900],
    ['Business plan, monthly', 9900],
  ],
  jpy: [
    ['Starter plan, monthly', 2800],
    ['Team plan, monthly', 6900],
    ['Business plan, monthly', 18500],
  ],
}

/** Which payments go back, by their number, and how much of each (in hundredths). */
const refunded: Record<number, { percent: number; reason: string }> = {
  4: { percent: 100, reason: 'requested_by_customer' },
  11: { percent: 50, reason: 'requested_by_customer' },
  19: { percent: 100, reason: 'duplicate' },
  27: { percent: 20, reason: 'requested_by_customer' },
  38: { percent: 50, reason: 'requested_by_customer' },
  45: { percent: 100, reason: 'requested_by_customer' },
}
/** Which payment its cardholder disputes. */
const DISPUTED_PAYMENT = 33

/** Can be saved, and is declined when charged. */
const FAILING_CARD = 'chargeCustomerFail'

interface Member {
  person: DemoPerson
  customer: Customer
}

/**
 * Fills an account with ninety days of a small software business, oldest first, ending now: customers with saved
 * cards, payments in four currencies, refunds, a declined payment, a dispute and a payment still to be captured.
 * The same clock gives the same business; the ids follow the sandbox's seed.
 */
export function fillWithDemo(tx: Transaction): void {
  const end = tx.now
  const members: Member[] = []
  const timeline: { at: number; happen: () => void }[] = []
  const at = (daysAgo: number, happen: () => void) =>
    timeline.push({ at: Math.round(end - daysAgo * DAY_SECONDS), happen })

  for (const [number, person] of demoPeople.entries()) {
    const daysAgo = DAYS - number * DAYS_BETWEEN_CUSTOMERS - scatter(number, 14) / 24
    at(daysAgo, () => members.push({ person, customer: join(tx, person) }))
  }
  for (let number = 0; number < PAYMENTS; number++) {
    const daysAgo = DAYS - 1 - number * ((DAYS - 1.6) / (PAYMENTS - 1)) - scatter(number, 13) / 24
    at(daysAgo, () => {
      const payment = pay(tx, members, number)
      const back = refunded[number]
      if (!back || !payment) return
      const amount = Math.round((payment.amount * back.percent) / 100)
      refundLater(
        at,
        tx,
        { payment_intent: payment.id, amount, reason: back.reason },
        daysAgo - 1 - scatter(number, 30) / 24,
      )
    })
  }
  at(5.3, () => failingPayment(tx, members))
  at(0.2, () => holdDeposit(tx, members))

  // Refunds join the timeline while it runs, always later than where it is.
  while (timeline.length > 0) {
    timeline.sort((left, right) => left.at - right.at)
    const next = timeline.shift()
    if (!next) break
    tx.now = Math.min(end, next.at)
    next.happen()
  }
  tx.now = end
}

function join(tx: Transaction, person: DemoPerson): Customer {
  const customer = createCustomer(tx, {
    name: person.name,
    email: emailOf(person),
    address: { city: person.city, country: person.country },
    metadata: { plan: scatter(person.name.length, 3) === 0 ? 'team' : 'starter', source: 'website' },
  })
  const method = createPaymentMethod(tx, {
    type: 'card',
    card: { token: `tok_${person.card}` },
    billing_details: { name: person.name, email: emailOf(person) },
  })
  attachPaymentMethod(tx, method.id, customer.id)
  return updateCustomer(tx, customer, { invoice_settings: { default_payment_method: method.id } })
}

function pay(tx: Transaction, members: readonly Member[], number: number): PaymentIntent | undefined {
  const able = members.filter(({ person }) => person.card !== FAILING_CARD)
  const member = able[scatter(number, able.length)]
  if (!member) return undefined
  const { person, customer } = member
  const [description, amount] = pick(products[person.currency], number)
  const saved = customer.invoice_settings.default_payment_method
  return charge(tx, {
    amount,
    currency: person.currency,
    customer: customer.id,
    description,
    metadata: { order_id: String(10_001 + number) },
    payment_method: number === DISPUTED_PAYMENT || saved === null ? 'pm_card_createDispute' : saved,
    receipt_email: emailOf(person),
  })
}

/** One saved card has stopped working. */
function failingPayment(tx: Transaction, members: readonly Member[]): void {
  const member = members.find(({ person }) => person.card === FAILING_CARD)
  const saved = member?.customer.invoice_settings.default_payment_method
  if (!member || saved == null) return
  charge(tx, {
    amount: 4900,
    currency: member.person.currency,
    customer: member.customer.id,
    description: 'Team plan, monthly',
    metadata: { order_id: '10200' },
    payment_method: saved,
  })
}

/** An authorization of today that nobody has captured yet. */
function holdDeposit(tx: Transaction, members: readonly Member[]): void {
  const [first] = members
  if (!first) return
  const saved = first.customer.invoice_settings.default_payment_method
  charge(tx, {
    amount: 20_000,
    currency: 'usd',
    capture_method: 'manual',
    customer: first.customer.id,
    description: 'Deposit for the annual plan',
    ...(saved === null ? {} : { payment_method: saved }),
  })
}

/** A declined card leaves its failed charge behind, and no payment to go on with. */
function charge(tx: Transaction, params: CreateIntent): PaymentIntent | undefined {
  const outcome = createIntent(tx, { ...params, confirm: true, off_session: true })
  return 'refused' in outcome ? undefined : outcome
}

function refundLater(
  at: (daysAgo: number, happen: () => void) => void,
  tx: Transaction,
  refund: CreateRefund,
  daysAgo: number,
): void {
  at(Math.max(daysAgo, HOUR_SECONDS / DAY_SECONDS), () => createRefund(tx, refund))
}

function pick<T>(choices: readonly [T, ...T[]] | readonly T[], number: number): T {
  const choice = choices[scatter(number * 3 + 1, choices.length)] ?? choices[0]
  if (choice === undefined) throw new Error('nothing to pick from')
  return choice
}

/** Looks random, is always the same: a number below `below` for each number. */
function scatter(number: number, below: number): number {
  const mixed = Math.imul((number + 1) ^ 0x9e3779b9, 0x85ebca6b)
  return ((mixed ^ (mixed >>> 13)) >>> 0) % Math.max(1, below)
}
