import { completable } from '@modelcontextprotocol/server'
import { z } from 'zod'

/** A common job as a prompt: what the user fills in, and what the model is then asked to do. */
export interface Job {
  name: string
  title: string
  description: string
  args: z.ZodObject<Record<string, z.ZodType<string | undefined>>>
  text: (args: Record<string, string | undefined>) => string
}

const MAX_ARGUMENT_LENGTH = 500

const text = (description: string) => z.string().max(MAX_ARGUMENT_LENGTH).describe(description)
const choice = (description: string, choices: readonly string[]) =>
  completable(text(description), (begun) => choices.filter((one) => one.startsWith(begun.toLowerCase())))

/** How every write goes, told once. */
const WRITE =
  'Call clawlink_describe_tool first and ask me what its askBefore lists. Then clawlink_preview_tool: show me its summary, ' +
  'changes and warnings as they are, with the mode (test or LIVE). If it is pending, give me its approval_url and wait with ' +
  'clawlink_get_confirmation. Then clawlink_call_tool with the confirmation, and tell me what came of it.'

/** What the user typed, as data: in quotes, on one line, with no quotes of its own. */
const quoted = (value: string | undefined): string => JSON.stringify(value ?? '')

export const jobs: Job[] = [
  {
    name: 'refund_payment',
    title: 'Refund a payment',
    description: 'Finds the payment, previews the refund, and carries it out once a person has approved it.',
    args: z.object({
      payment: text('A payment or charge id, or the customer and what they paid for'),
      amount: text('How much, with its currency; all of it if left out').optional(),
      reason: choice('Why', ['duplicate', 'fraudulent', 'requested_by_customer']).optional(),
    }),
    text: ({ payment, amount, reason }) =>
      [
        `Refund this payment: ${quoted(payment)}.`,
        amount === undefined ? 'Refund all that is left of it.' : `Refund ${quoted(amount)} of it.`,
        ...(reason === undefined ? [] : [`The reason is ${quoted(reason)}.`]),
        'If it is no id, find the customer with stripe_search_customers and their payment with stripe_list_payment_intents, and',
        `let me choose where there are several. Use stripe_create_refund. ${WRITE}`,
      ].join('\n'),
  },
  {
    name: 'find_customer_payments',
    title: "Find a customer's payments",
    description: 'Lists what a customer has paid, what failed and why.',
    args: z.object({ customer: text('A name, an e-mail address, or a customer id') }),
    text: ({ customer }) =>
      [
        `Find the payments of this customer: ${quoted(customer)}.`,
        'If it is no id, find the customer with stripe_search_customers; let me choose where there are several. List their payments',
        'with stripe_list_payment_intents, in a table with date, amount, status and id. For what failed, say why, from',
        'stripe_get_payment_intent. Change nothing.',
      ].join('\n'),
  },
  {
    name: 'send_invoice',
    title: 'Send an invoice',
    description:
      'Drafts an invoice with its lines, finalizes it and sends it; each step is approved as the policy asks.',
    args: z.object({
      customer: text('A name, an e-mail address, or a customer id'),
      lines: text('What it is for, with amounts and currency'),
      days_until_due: choice('In how many days it is due', ['7', '14', '30', '60']).optional(),
    }),
    text: ({ customer, lines, days_until_due: days }) =>
      [
        `Invoice this customer: ${quoted(customer)}, for: ${quoted(lines)}.`,
        `It is due in ${days === undefined ? 'as many days as I tell you: ask me' : `${quoted(days)} days`}.`,
        'Find the customer with stripe_search_customers. Draft the invoice with stripe_create_invoice (collection_method',
        'send_invoice), add each line with stripe_create_invoice_item, show me the draft with stripe_get_invoice, then',
        `stripe_finalize_invoice and stripe_send_invoice. Each of them is a write. ${WRITE}`,
      ].join('\n'),
  },
  {
    name: 'cancel_subscription_at_period_end',
    title: 'Cancel a subscription at the end of its period',
    description: 'The customer keeps what they have paid for, and is not charged again.',
    args: z.object({ customer: text('A name, an e-mail address, a customer id, or a subscription id') }),
    text: ({ customer }) =>
      [
        `Cancel this subscription at the end of its period: ${quoted(customer)}.`,
        'If it is no subscription id, find the customer with stripe_search_customers and what they have with',
        'stripe_list_subscriptions; let me choose where there are several. Use stripe_cancel_subscription with',
        `cancel_at_period_end: true, and say on which day it ends. ${WRITE}`,
      ].join('\n'),
  },
  {
    name: 'answer_dispute',
    title: 'Answer a dispute',
    description: 'Collects the evidence that the account holds, and submits it or accepts the dispute.',
    args: z.object({ dispute: text('A dispute id; the most urgent one if left out').optional() }),
    text: ({ dispute }) =>
      [
        dispute === undefined
          ? 'Answer the dispute that is due first: find it with stripe_list_disputes.'
          : `Answer this dispute: ${quoted(dispute)}. Read it with stripe_get_dispute.`,
        'Tell me its reason, its amount and until when it must be answered. Collect what the account holds: the payment with',
        'stripe_get_payment_intent, the customer with stripe_get_customer, invoices with stripe_list_invoices. Say what is missing, and',
        'ask me for it; make nothing up. Then let me choose: submit the evidence with stripe_disputes_update, or accept the dispute',
        `with stripe_close_dispute, which cannot be undone. ${WRITE}`,
      ].join('\n'),
  },
  {
    name: 'waiting_for_approval',
    title: 'What is waiting for approval',
    description: 'Where the writes of this conversation stand.',
    args: z.object({}),
    text: () =>
      [
        'Which writes are waiting for a person? Ask clawlink_get_confirmation about each confirmation of this conversation, and',
        'tell me in a table: its summary, its state, until when it can be approved, and the approval_url of those that are pending.',
        'Carry out with clawlink_call_tool only what is approved and what I still want; preview nothing anew.',
      ].join('\n'),
  },
]
