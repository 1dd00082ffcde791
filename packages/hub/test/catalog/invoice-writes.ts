import { expect } from 'vitest'
import type { Bench, Proof } from '../support/prove-tools.ts'
import { customerOf, draft, draftToSend, open, paid, payer, rows, subscribed } from './billing.ts'

/** What a customer has waiting for the next invoice. */
async function waiting(bench: Bench, customer: string): Promise<void> {
  const item = { customer, currency: 'usd' }
  await bench.stripe.invoiceItems.create({ ...item, amount: 1500, description: 'Support' })
  await bench.stripe.invoiceItems.create({ ...item, amount: 500, description: 'Shipping' })
}

export const invoiceWrites: Record<string, Proof> = {
  stripe_create_invoice: {
    fixtures: async (bench) => ({ customer: await payer(bench) }),
    normal: [
      'a draft takes up what waits, and shows it line by line with its sum',
      async (bench) => {
        const customer = await payer(bench)
        await waiting(bench, customer)
        const { preview, result } = await bench.write('stripe_create_invoice', {
          customer,
          pending_invoice_items_behavior: 'include',
        })
        expect(preview.effect).toBe('draft')
        expect(rows(preview, 'Line')).toEqual(expect.arrayContaining(['Support: $15.00', 'Shipping: $5.00']))
        expect(rows(preview, 'Subtotal')).toEqual(['$20.00 (2000 usd)'])
        expect(result).toMatchObject({ status: 'draft', total: 2000, auto_advance: false })
      },
    ],
    subtle: [
      'what waits is left out by default, which the preview says; auto_advance raises the effect',
      async (bench) => {
        const customer = await payer(bench)
        await waiting(bench, customer)
        const { preview, result } = await bench.write('stripe_create_invoice', { customer })
        expect(preview.warnings.join()).toContain('2 pending items')
        expect(result).toMatchObject({ total: 0 })
        expect((await bench.stripe.invoiceItems.list({ customer, pending: true })).data).toHaveLength(2)
        const advanced = await bench.preview('stripe_create_invoice', { customer, auto_advance: true })
        expect(advanced).toMatchObject({ effect: 'money' })
        expect(advanced.warnings.join()).toContain('charges the customer')
      },
    ],
    error: [
      'an invoice that is sent needs a time to pay',
      async (bench) => {
        const error = await bench.refused('stripe_create_invoice', {
          customer: await payer(bench),
          collection_method: 'send_invoice',
        })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('days_until_due')
      },
    ],
  },

  stripe_finalize_invoice: {
    fixtures: async (bench) => ({ invoice: (await draft(bench)).id }),
    normal: [
      'a draft becomes open with a number, and nothing is charged',
      async (bench) => {
        const { id } = await draft(bench)
        const { preview, result } = await bench.write('stripe_finalize_invoice', { invoice_id: id })
        expect(preview).toMatchObject({ effect: 'change' })
        expect(rows(preview, 'Line')).toEqual(['Consulting: $20.00'])
        expect(result).toMatchObject({ status: 'open', amount_due: 2000, amount_paid: 0 })
        expect(result.number).toMatch(/\w/)
      },
    ],
    subtle: [
      'with auto_advance it says which card is charged how much, and counts as money; nothing to pay is paid at once',
      async (bench) => {
        const { id } = await draft(bench)
        const { preview, result } = await bench.write('stripe_finalize_invoice', { id, auto_advance: true })
        expect(preview).toMatchObject({ effect: 'money' })
        expect(preview.summary).toContain('charge $20.00 to Visa ••4242')
        expect(result).toMatchObject({ status: 'paid', amount_paid: 2000 })

        const free = await draft(bench, { amount: 0 })
        const zero = await bench.write('stripe_finalize_invoice', { id: free.id, auto_advance: true })
        expect(zero.preview).toMatchObject({ effect: 'change' })
        expect(zero.result.status).toBe('paid')
      },
    ],
    error: [
      'an open invoice cannot be finalized, and the way on is named',
      async (bench) => {
        const error = await bench.refused('stripe_finalize_invoice', { invoice: (await open(bench)).id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_void_invoice')
      },
    ],
  },

  stripe_send_invoice: {
    fixtures: async (bench) => ({ invoice: (await draftToSend(bench)).id }),
    normal: [
      'a draft is finalized and sent, and the preview says both and to whom',
      async (bench) => {
        const { id } = await draftToSend(bench)
        const { preview, result } = await bench.write('stripe_send_invoice', { invoice_id: id })
        expect(preview.summary).toContain('Finalize and send')
        expect(rows(preview, 'E-mail').join()).toContain('jane@example.com')
        expect(rows(preview, 'E-mail').join()).toContain('none in test mode')
        expect(result.status).toBe('open')
        const { data } = await bench.stripe.events.list({ type: 'invoice.sent' })
        expect(data[0]?.data.object).toMatchObject({ id })
      },
    ],
    subtle: [
      'sent once more, it warns that the customer has got it already and when',
      async (bench) => {
        const { id } = await draftToSend(bench)
        const first = await bench.write('stripe_send_invoice', { invoice_id: id })
        expect(first.preview.warnings.join()).not.toContain('already sent')
        await bench.stripe.invoices.sendInvoice(id)
        const again = await bench.preview('stripe_send_invoice', { invoice_id: id })
        expect(again.warnings.join()).toMatch(/already sent on \d{4}-\d\d-\d\d \d\d:\d\d UTC/)
      },
    ],
    error: [
      'an invoice that is charged automatically is not sent',
      async (bench) => {
        const error = await bench.refused('stripe_send_invoice', { invoice_id: (await open(bench)).id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('hosted_invoice_url')
      },
    ],
  },

  stripe_void_invoice: {
    fixtures: async (bench) => ({ invoice: (await open(bench)).id }),
    normal: [
      'an open invoice is void, and the preview says what is given up for good',
      async (bench) => {
        const { id } = await open(bench)
        const { preview, result } = await bench.write('stripe_void_invoice', { invoice_id: id })
        expect(preview).toMatchObject({ effect: 'money', irreversible: 'A void invoice stays void.' })
        expect(preview.summary).toContain('$20.00 will never be paid')
        expect(result.status).toBe('void')
      },
    ],
    subtle: [
      'an uncollectible one can be voided too, a draft is deleted instead',
      async (bench) => {
        const { id } = await open(bench)
        await bench.stripe.invoices.markUncollectible(id)
        expect((await bench.write('stripe_void_invoice', { invoice_id: id })).result.status).toBe('void')
        const error = await bench.refused('stripe_void_invoice', { invoice_id: (await draft(bench)).id })
        expect(error.next_step).toContain('stripe_delete_invoice')
      },
    ],
    error: [
      'a paid invoice is corrected with a credit note',
      async (bench) => {
        const error = await bench.refused('stripe_void_invoice', { invoice_id: (await paid(bench)).id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_create_credit_note')
      },
    ],
  },

  stripe_delete_invoice: {
    fixtures: async (bench) => ({ invoice: (await draft(bench)).id }),
    normal: [
      'a draft is gone, and the preview lists what went with it',
      async (bench) => {
        const { id } = await draft(bench)
        const { preview, result } = await bench.write('stripe_delete_invoice', { invoice_id: id })
        expect(preview.changes).toContainEqual({
          what: 'Line',
          before: 'Consulting: $20.00',
          after: 'gone from this invoice',
        })
        expect(preview.irreversible).toContain('cannot be brought back')
        expect(result.deleted).toBe(true)
        await expect(bench.stripe.invoices.retrieve(id)).rejects.toMatchObject({ code: 'resource_missing' })
      },
    ],
    subtle: [
      'the draft of a subscription cannot be deleted, and the way around is named',
      async (bench) => {
        const made = await subscribed(bench)
        const params = { customer: customerOf(made), subscription: made.id }
        const { id } = await bench.stripe.invoices.create(params)
        const error = await bench.refused('stripe_delete_invoice', { invoice_id: id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toMatch(/stripe_finalize_invoice.*stripe_void_invoice/)
      },
    ],
    error: [
      'an open invoice is voided instead',
      async (bench) => {
        const error = await bench.refused('stripe_delete_invoice', { invoice_id: (await open(bench)).id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_void_invoice')
      },
    ],
  },
}
