import { recordCharge } from '../balance/record-balance-transaction.ts'
import { openDispute } from '../disputes/open-dispute.ts'
import { declines } from '../payment-methods/declines.ts'
import type { Decline } from '../payment-methods/declines.ts'
import type { PaymentMethod } from '../payment-methods/payment-method.ts'
import { testCardNamed } from '../payment-methods/test-cards.ts'
import type { CardBehaviour } from '../payment-methods/test-cards.ts'
import { testIbanNamed } from '../payment-methods/test-ibans.ts'
import type { Transaction } from '../store/transaction.ts'
import { charges } from './charge.ts'
import type { Charge, Outcome } from './charge.ts'

/** Card networks hold an authorization for seven days. */
const AUTHORIZATION_SECONDS = 7 * 24 * 60 * 60

/** As much of a payment method as charging needs. */
export type Chargeable = Pick<
  PaymentMethod,
  'id' | 'billing_details' | 'card' | 'sepa_debit' | 'test_card' | 'set_up'
>

export type ChargeOrder = Pick<
  Charge,
  | 'amount'
  | 'currency'
  | 'customer'
  | 'description'
  | 'metadata'
  | 'payment_intent'
  | 'receipt_email'
  | 'shipping'
  | 'source'
  | 'statement_descriptor'
  | 'statement_descriptor_suffix'
  | 'transfer_group'
>

/** How the method's test card behaves when it is charged. */
export function behaviourOf(method: Pick<PaymentMethod, 'test_card' | 'set_up'>): CardBehaviour {
  const instrument = testCardNamed(method.test_card) ?? testIbanNamed(method.test_card)
  const behaviour = instrument?.behaviour ?? { kind: 'succeeds' }
  const asksOnce = behaviour.kind === 'needs_authentication' && behaviour.unlessSetUp
  return asksOnce && method.set_up ? { kind: 'succeeds' } : behaviour
}

/** Asks the card for the money: at once, or as an authorization to capture later. */
export function chargeCard(
  tx: Transaction,
  method: Chargeable,
  order: ChargeOrder,
  capture: boolean,
): Charge {
  const charge: Charge = {
    ...order,
    id: tx.newId(charges),
    created: tx.now,
    amount_captured: 0,
    amount_refunded: 0,
    authorization_code: String(100_000 + (tx.account.sequence % 900_000)),
    balance_transaction: null,
    billing_details: method.billing_details,
    captured: false,
    capture_before: capture ? null : tx.now + AUTHORIZATION_SECONDS,
    card: method.card,
    disputed: false,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    outcome: approved,
    payment_method: method.id,
    status: 'succeeded',
    test_card: method.test_card,
  }
  tx.put(charges, charge)
  if (!capture) {
    tx.emit('charge.succeeded', charges, charge)
    return charge
  }
  const captured = takeMoney(tx, charge, charge.amount)
  tx.emit('charge.succeeded', charges, captured)
  return disputeIfAsked(tx, captured)
}

/** Asks the bank for the money; it answers later. */
export function startDebit(tx: Transaction, method: Chargeable, order: ChargeOrder): Charge {
  const charge = tx.put(charges, {
    ...order,
    id: tx.newId(charges),
    created: tx.now,
    amount_captured: order.amount,
    amount_refunded: 0,
    authorization_code: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    captured: true,
    capture_before: null,
    card: method.card,
    disputed: false,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    outcome: approved,
    payment_method: method.id,
    ...(method.sepa_debit ? { sepa_debit: method.sepa_debit } : {}),
    status: 'pending',
    test_card: method.test_card,
  })
  tx.emit('charge.pending', charges, charge)
  return charge
}

/** The bank has answered. @param decline absent where it has paid */
export function finishDebit(tx: Transaction, charge: Charge, decline: Decline | undefined): Charge {
  if (!decline) {
    const paid = takeMoney(tx, { ...charge, status: 'succeeded' }, charge.amount)
    tx.emit('charge.succeeded', charges, paid)
    return paid
  }
  const failed = tx.put(charges, {
    ...charge,
    failure_code: decline.code,
    failure_message: decline.message,
    outcome: refusedBy(decline),
    status: 'failed',
  })
  tx.emit('charge.failed', charges, failed)
  return failed
}

/** Takes part or all of an authorization; the rest is released. */
export function captureCharge(tx: Transaction, charge: Charge, amount: number): Charge {
  const captured = takeMoney(tx, charge, amount, { silently: false })
  return disputeIfAsked(tx, captured)
}

/** A failed charge stays on record, as at Stripe. */
export function failCharge(
  tx: Transaction,
  method: Chargeable,
  order: ChargeOrder,
  decline: Decline,
): Charge {
  const charge = tx.put(charges, {
    ...order,
    id: tx.newId(charges),
    created: tx.now,
    amount_captured: 0,
    amount_refunded: 0,
    authorization_code: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    captured: false,
    capture_before: null,
    card: method.card,
    disputed: false,
    failure_code: decline.code,
    failure_message: decline.message,
    fraud_details: {},
    outcome: refusedBy(decline),
    payment_method: method.id,
    status: 'failed',
    test_card: method.test_card,
  })
  tx.emit('charge.failed', charges, charge)
  return charge
}

/** The decline that this method's card meets when it is charged. */
export function declineOf(behaviour: CardBehaviour): Decline | undefined {
  return behaviour.kind === 'declined' ? declines[behaviour.reason] : undefined
}

function takeMoney(tx: Transaction, charge: Charge, amount: number, { silently = true } = {}): Charge {
  const bypassed = behaviourOf(charge).kind === 'bypasses_pending'
  const transaction = recordCharge(tx, charge, amount, { atOnce: bypassed })
  const captured: Charge = {
    ...charge,
    amount_captured: amount,
    balance_transaction: transaction.id,
    captured: true,
    capture_before: null,
  }
  return silently ? tx.put(charges, captured) : tx.update('charge.captured', charges, captured)
}

function disputeIfAsked(tx: Transaction, charge: Charge): Charge {
  const behaviour = behaviourOf(charge)
  return behaviour.kind === 'disputed' ? openDispute(tx, charge, behaviour) : charge
}

const approved: Outcome = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  risk_score: 20,
  seller_message: 'Payment complete.',
  type: 'authorized',
}

function refusedBy(decline: Decline): Outcome {
  return decline.blocked
    ? {
        ...approved,
        network_status: 'not_sent_to_network',
        reason: 'highest_risk_level',
        risk_level: 'highest',
        risk_score: 99,
        seller_message: 'Stripe blocked this payment as too risky.',
        type: 'blocked',
      }
    : {
        ...approved,
        advice_code: decline.adviceCode,
        network_decline_code: decline.networkDeclineCode,
        network_status: 'declined_by_network',
        reason: decline.declineCode,
        seller_message:
          decline.declineCode === 'generic_decline'
            ? 'The bank did not return any further details with this decline.'
            : `The bank returned the decline code \`${decline.declineCode}\`.`,
        type: 'issuer_declined',
      }
}
