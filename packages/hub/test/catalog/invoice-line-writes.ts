import { expect } from 'vitest'
import type { Bench, Proof } from '../support/prove-tools.ts'
import { customerOf, draft, open, paid, payer, rows, subscribed } from './billing.ts'

async function oneTime({ stripe }: Bench, amount: number): Promise<string> {
  const price = await stripe.prices.create({
    currency: 'usd',
    unit_amount: amount,
    product_data: { name: 'Setup' },
  })
  return price.id
}

export const lineWrites: Record<string, Proof> = {
  stripe_add_invoice_lines: {
    async fixtures(bench) {
      const made = await draft(bench)
      const invoice = made.id
      const item = { customer: customerOf(made), amount: 700, currency: 'usd' }
      const { id: invoiceItem } = await bench.stripe.invoiceItems.create(item)
      return { invoice, invoiceItem, price: await oneTime(bench, 300) }
    },
    normal: [
      'a line is added, and the sum before and after is shown',
      async (bench) => {
        const { id } = await draft(bench)
        const { preview, result } = await bench.write('stripe_add_invoice_lines', {
          invoice_id: id,
          lines: [{ amount: { value: '15.00', currency: 'usd' }, description: 'Support' }],
        })
        expect(rows(preview, 'Line')).toEqual(['Support: $15.00 (1500 usd)'])
        expect(preview.changes).toContainEqual({
          what: 'Subtotal',
          before: '$20.00',
          after: '$35.00 (3500 usd)',
        })
        expect(result).toMatchObject({ total: 3500 })
      },
    ],
    subtle: [
      'a price with its quantity and a pending item are added up; the item no longer waits',
      async (bench) => {
        const made = await draft(bench)
        const { id } = made
        const item = { customer: customerOf(made), amount: -500, currency: 'usd', description: 'Goodwill' }
        const pending = await bench.stripe.invoiceItems.create(item)
        const { preview, result } = await bench.write('stripe_add_invoice_lines', {
          invoice_id: id,
          lines: [
            { pricing: { price: await oneTime(bench, 300) }, quantity: 3 },
            { invoice_item: pending.id },
          ],
        })
        expect(rows(preview, 'Subtotal')).toEqual(['$24.00 (2400 usd)'])
        expect(rows(preview, 'Line').join()).toContain('Goodwill: -$5.00')
        expect(result.subtotal).toBe(2400)
        expect((await bench.stripe.invoiceItems.retrieve(pending.id)).invoice).toBe(id)
      },
    ],
    error: [
      'a finalized invoice takes no more lines',
      async (bench) => {
        const error = await bench.refused('stripe_add_invoice_lines', {
          invoice_id: (await open(bench)).id,
          lines: [{ amount: 100, description: 'Late' }],
        })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_create_credit_note')
      },
    ],
  },

  stripe_create_invoice_item: {
    async fixtures(bench) {
      const made = await draft(bench)
      return { invoice: made.id, customer: customerOf(made) }
    },
    normal: [
      'a charge waits for an invoice that somebody makes',
      async (bench) => {
        const customer = await payer(bench)
        const { preview, result } = await bench.write('stripe_create_invoice_item', {
          customer,
          amount: 1500,
          currency: 'usd',
          description: 'Support',
        })
        expect(preview).toMatchObject({ effect: 'change' })
        expect(rows(preview, 'On')).toEqual(['waits until somebody makes an invoice that includes it'])
        expect(result).toMatchObject({ amount: 1500, invoice: null, customer })
      },
    ],
    subtle: [
      'with a subscription it is billed with the renewal, which the preview says; a negative amount is a credit',
      async (bench) => {
        const { id, customer } = await subscribed(bench)
        const preview = await bench.preview('stripe_create_invoice_item', { customer, amount: 1500 })
        expect(rows(preview, 'On').join()).toContain(`the next invoice of ${id}, on 2027-05-01`)
        expect(preview.warnings.join()).toContain('billed by itself')
        const credit = await bench.write('stripe_create_invoice_item', {
          customer,
          amount: -500,
          currency: 'usd',
        })
        expect(credit.preview).toMatchObject({ effect: 'money' })
        expect(credit.preview.summary).toContain('credit of $5.00')
        expect(credit.result.amount).toBe(-500)
        const next = await bench.stripe.invoices.createPreview({ subscription: id })
        expect(next.amount_due).toBe(1500)
      },
    ],
    error: [
      'a recurring price belongs into a subscription',
      async (bench) => {
        const { customer, items } = await subscribed(bench)
        const error = await bench.refused('stripe_create_invoice_item', {
          customer,
          pricing: { price: items.data[0]?.price.id },
        })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('recurring')
      },
    ],
  },

  stripe_create_credit_note: {
    fixtures: async (bench) => ({ invoice: (await paid(bench)).id }),
    normal: [
      'of an open invoice less is to be paid, and the customer is told by e-mail',
      async (bench) => {
        const { id } = await open(bench)
        const { preview, result } = await bench.write('stripe_create_credit_note', {
          invoice: id,
          amount: 500,
        })
        expect(preview.changes).toContainEqual({
          what: 'Still to pay',
          before: '$20.00',
          after: '$15.00 (1500 usd)',
        })
        expect(rows(preview, 'E-mail').join()).toContain('jane@example.com')
        expect(result.amount).toBe(500)
        expect((await bench.stripe.invoices.retrieve(id)).amount_remaining).toBe(1500)
      },
    ],
    subtle: [
      'of a paid one the parts make the whole; what is refunded moves money',
      async (bench) => {
        const invoice = await paid(bench)
        const { id } = invoice
        const { preview, result } = await bench.write('stripe_create_credit_note', {
          invoice: id,
          refund_amount: 300,
          credit_amount: 200,
          email_type: 'none',
        })
        expect(preview).toMatchObject({ effect: 'money' })
        expect(preview.summary).toContain('Credit $5.00 of the paid invoice')
        expect(preview.summary).toContain('$3.00 are refunded')
        expect(rows(preview, 'E-mail')).toEqual(['none'])
        expect(result).toMatchObject({ amount: 500, refunds: [{ amount_refunded: 300 }] })
        expect(await bench.stripe.customers.retrieve(customerOf(invoice))).toMatchObject({ balance: -200 })
        const error = await bench.refused('stripe_create_credit_note', {
          invoice: id,
          amount: 500,
          refund_amount: 300,
        })
        expect(error.message).toContain('The parts make $3.00, but amount is $5.00')
      },
    ],
    error: [
      'of a paid invoice it must be said where the money goes',
      async (bench) => {
        const error = await bench.refused('stripe_create_credit_note', {
          invoice: (await paid(bench)).id,
          amount: 500,
        })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.next_step).toMatch(/refund_amount.*credit_amount/)
      },
    ],
  },
}
