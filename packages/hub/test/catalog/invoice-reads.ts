import { expect } from 'vitest'
import type { Proof } from '../support/prove-tools.ts'
import { draft, monthly, onlyItem, open, paid, payer, subscribed } from './billing.ts'

const FULL = { view: 'full' }

export const invoiceReads: Record<string, Proof> = {
  stripe_list_invoices: {
    fixtures: async (bench) => ({ customer: await payer(bench) }),
    normal: [
      'the open invoices of one customer are listed, and no others',
      async (bench) => {
        const customer = await payer(bench)
        const { id } = await open(bench, { customer })
        await draft(bench, { customer })
        await open(bench)
        const { data } = await bench.read('stripe_list_invoices', { customer, status: 'open' }, FULL)
        expect(data.map((invoice: { id: string }) => invoice.id)).toEqual([id])
      },
    ],
    subtle: [
      'what will be billed next is not listed, and whoever asks for it is sent to the preview',
      async (bench) => {
        const error = await bench.refused('stripe_list_invoices', { status: 'upcoming' })
        expect(error.code).toBe('invalid_params')
        expect(error.next_step).toContain('stripe_create_preview_invoice')
      },
    ],
    error: [
      'past_due is a status of subscriptions: overdue invoices are found by their due date',
      async (bench) => {
        const error = await bench.refused('stripe_list_invoices', { status: 'past_due' })
        expect(error.code).toBe('invalid_params')
        expect(error.next_step).toContain('due_date')
      },
    ],
  },

  stripe_get_invoice: {
    fixtures: async (bench) => ({ invoice: (await open(bench)).id }),
    normal: [
      'an invoice is read with its status, amounts and lines',
      async (bench) => {
        const { id } = await paid(bench)
        const invoice = await bench.read('stripe_get_invoice', { invoice_id: id }, FULL)
        expect(invoice).toMatchObject({ id, status: 'paid', total: 2000, amount_remaining: 0 })
        expect(invoice.lines.data[0]).toMatchObject({ description: 'Consulting', amount: 2000 })
      },
    ],
    subtle: [
      'an invoice holds ten of its lines, and all of them with limit',
      async (bench) => {
        const { id } = await draft(bench)
        const lines = Array.from({ length: 11 }, (_, index) => ({
          amount: 100,
          description: `Hour ${index}`,
        }))
        await bench.stripe.invoices.addLines(id, { lines })
        const invoice = await bench.read('stripe_get_invoice', { invoice_id: id }, FULL)
        expect(invoice.lines).toMatchObject({ has_more: true })
        expect(invoice.lines.data).toHaveLength(10)
        const all = await bench.read('stripe_get_invoice', { invoice_id: id, limit: 100 }, FULL)
        expect(all.data).toHaveLength(12)
        const [first] = all.data
        const rest = await bench.read(
          'stripe_get_invoice',
          { invoice_id: id, starting_after: first.id },
          FULL,
        )
        expect(rest.data[0].id).toBe(all.data[1].id)
      },
    ],
    error: [
      'an unknown id says invoice_not_found and where ids are listed',
      async (bench) => {
        const error = await bench.refused('stripe_get_invoice', { invoice_id: 'in_Nobody42x9' })
        expect(error).toMatchObject({ code: 'invoice_not_found' })
        expect(error.next_step).toContain('stripe_list_invoices')
      },
    ],
  },

  stripe_create_preview_invoice: {
    async fixtures(bench) {
      const subscription = await subscribed(bench)
      return {
        subscription: subscription.id,
        subscriptionItem: onlyItem(subscription).id,
        otherPrice: (await monthly(bench, 5000, 'Platinum')).id,
      }
    },
    normal: [
      'the next invoice of a subscription is shown before it exists',
      async (bench) => {
        const subscription = await subscribed(bench)
        const preview = await bench.read(
          'stripe_create_preview_invoice',
          { subscription: subscription.id },
          FULL,
        )
        expect(preview).toMatchObject({
          amount_due: 2000,
          period_end: onlyItem(subscription).current_period_end,
        })
      },
    ],
    subtle: [
      'it is a POST that changes nothing, needs no confirmation and sends no idempotency key',
      async (bench) => {
        const { id, items } = await subscribed(bench)
        const other = await monthly(bench, 5000, 'Platinum')
        bench.hub.wire.sent.length = 0
        const preview = await bench.read(
          'stripe_create_preview_invoice',
          {
            subscription: id,
            subscription_details: {
              items: [{ id: items.data[0]?.id, price: other.id }],
              proration_behavior: 'always_invoice',
            },
          },
          FULL,
        )
        expect(preview).toMatchObject({ total: 3000 })
        const sent = bench.hub.wire.sent.filter(({ path }) => path.includes('create_preview'))
        expect(sent).toHaveLength(1)
        expect(sent[0]).toMatchObject({ method: 'POST', idempotencyKey: undefined })
        const after = await bench.stripe.subscriptions.retrieve(id)
        expect(onlyItem(after).price.unit_amount).toBe(2000)
        expect((await bench.stripe.invoices.list({ subscription: id })).data).toHaveLength(1)
      },
    ],
    error: [
      'for a customer whom nothing will be billed, it says so and what would',
      async (bench) => {
        const error = await bench.refused('stripe_create_preview_invoice', { customer: await payer(bench) })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_create_invoice_item')
      },
    ],
  },

  stripe_list_invoice_items: {
    fixtures: async (bench) => ({ customer: await payer(bench) }),
    normal: [
      'the charges and credits of a customer are listed',
      async (bench) => {
        const { customer, id } = await draft(bench)
        const { data } = await bench.read('stripe_list_invoice_items', { customer }, FULL)
        expect(data).toHaveLength(1)
        expect(data[0]).toMatchObject({ object: 'invoiceitem', amount: 2000, invoice: id })
      },
    ],
    subtle: [
      'pending shows only what waits for the next invoice',
      async (bench) => {
        const customer = await payer(bench)
        await draft(bench, { customer })
        const waiting = await bench.stripe.invoiceItems.create({ customer, amount: 700, currency: 'usd' })
        const { data } = await bench.read('stripe_list_invoice_items', { customer, pending: true }, FULL)
        expect(data.map((item: { id: string }) => item.id)).toEqual([waiting.id])
      },
    ],
    error: [
      'pending and invoice exclude each other, which is said before anything is asked',
      async (bench) => {
        const error = await bench.refused('stripe_list_invoice_items', {
          pending: true,
          invoice: 'in_Some42x9',
        })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('pending')
      },
    ],
  },
}
