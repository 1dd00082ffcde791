import { expect } from 'vitest'
import { paid } from '../support/payments.ts'
import { proveTools, type Bench } from '../support/prove-tools.ts'

const UNKNOWN = 'du_1QpTx4mZc7kW1rBNoSuch42'

/** A payment that its customer disputes at once, or only inquires about. */
async function disputed(
  bench: Bench,
  card = 'pm_card_createDispute',
): Promise<{ dispute: string; charge: string; customer: string }> {
  const { charge, customer } = await paid(bench, {}, card)
  const [dispute] = (await bench.stripe.disputes.list({ charge })).data
  return { dispute: dispute?.id ?? '', charge, customer }
}

proveTools('Disputes & Fraud', {
  stripe_list_disputes: {
    fixtures: async (bench) => ({ charge: (await disputed(bench)).charge }),
    normal: [
      'the dispute of a charge is found, and of an undisputed charge there is none',
      async (bench) => {
        const { dispute, charge } = await disputed(bench)
        const found = await bench.read('stripe_list_disputes', { charge })
        expect(found.data).toMatchObject([{ id: dispute, amount: 5000, status: 'needs_response', charge }])
        const none = await bench.read('stripe_list_disputes', { charge: (await paid(bench)).charge })
        expect(none.data).toEqual([])
      },
    ],
    subtle: [
      'disputes come newest first, with a cursor that works',
      async (bench) => {
        const { dispute: older } = await disputed(bench)
        const { dispute: newer } = await disputed(bench, 'pm_card_createDisputeInquiry')
        const page = await bench.read('stripe_list_disputes', { limit: 1 })
        expect(page).toMatchObject({
          data: [{ id: newer, status: 'warning_needs_response' }],
          has_more: true,
          next_starting_after: newer,
        })
        const next = await bench.read('stripe_list_disputes', { limit: 1, starting_after: newer })
        expect(next.data).toMatchObject([{ id: older }])
      },
    ],
    error: [
      'a status filter, which Stripe has not, is refused by name before anything is asked',
      async (bench) => {
        const before = bench.hub.wire.sent.length
        const error = await bench.refused('stripe_list_disputes', { status: 'needs_response' })
        expect(error).toMatchObject({ code: 'invalid_params' })
        expect(error.message).toContain('"status"')
        expect(bench.hub.wire.sent.length).toBe(before)
      },
    ],
  },
  stripe_get_dispute: {
    fixtures: async (bench) => ({ dispute: (await disputed(bench)).dispute }),
    normal: [
      'a dispute is read with its reason, amount and deadline',
      async (bench) => {
        const { dispute, charge } = await disputed(bench)
        const read = await bench.read('stripe_get_dispute', { dispute_id: dispute })
        expect(read).toMatchObject({ id: dispute, charge, reason: 'fraudulent', amount_text: '$50.00' })
        expect(read.evidence_details.due_by).toMatch(/^20\d\d-\d\d-\d\dT/)
      },
    ],
    subtle: [
      'evidence can be submitted by API, and the tool says how that is found',
      async (bench) => {
        const { dispute } = await disputed(bench)
        const described = await bench.hub.device.request('GET', '/tools/stripe_get_dispute')
        expect(described.body.followups.join(' ')).toContain('clawlink_search_tools "update dispute"')
        const found = await bench.hub.device.request('GET', '/tools/search?query=update%20dispute')
        expect(found.body.tools.map((tool: { name: string }) => tool.name)).toContain(
          'stripe_disputes_update',
        )
        await bench.stripe.disputes.update(dispute, { evidence: { customer_name: 'Jane' }, submit: true })
        const read = await bench.read('stripe_get_dispute', { dispute_id: dispute })
        expect(read).toMatchObject({ status: 'under_review', evidence_details: { submission_count: 1 } })
      },
    ],
    error: [
      'an unknown id says dispute_not_found and how to find the right one',
      async (bench) => {
        const error = await bench.refused('stripe_get_dispute', { dispute_id: UNKNOWN })
        expect(error).toMatchObject({ code: 'dispute_not_found', retryable: false })
        expect(error.next_step).toContain('stripe_list_disputes')
      },
    ],
  },
  stripe_close_dispute: {
    fixtures: async (bench) => ({ dispute: (await disputed(bench)).dispute }),
    normal: [
      'conceding is told as what it is: lost for good, with amount, reason, payer and fee',
      async (bench) => {
        const { dispute, charge, customer } = await disputed(bench)
        const { preview } = await bench.write('stripe_close_dispute', { dispute_id: dispute })
        expect(preview).toMatchObject({ effect: 'money', needs: 'dashboard' })
        expect(preview.summary).toContain(
          `Concede the dispute over $50.00 (fraudulent) on ${charge}, Visa ••0259, Jane Doe <jane@example.com> (${customer}): the money is lost`,
        )
        expect(preview.irreversible).toContain('cannot be opened')
        expect(preview.warnings.join(' ')).toMatch(/contested until 20\d\d-.*fee of \$15\.00 is not returned/)
        expect((await bench.stripe.disputes.retrieve(dispute)).status).toBe('lost')
      },
    ],
    subtle: [
      'evidence that is gathered or submitted makes the preview say what would be thrown away; an inquiry takes no money',
      async (bench) => {
        const { dispute } = await disputed(bench)
        const evidence = { customer_name: 'Jane' }
        await bench.stripe.disputes.update(dispute, { evidence, submit: false })
        const gathered = await bench.preview('stripe_close_dispute', { dispute_id: dispute })
        expect(gathered.warnings.join(' ')).toContain('gathered but not submitted')

        await bench.hub.owner.approve(gathered.confirmation)
        await bench.stripe.disputes.update(dispute, { evidence, submit: true })
        const stale = await bench.hub.device.call('stripe_close_dispute', {
          confirmation: gathered.confirmation,
        })
        expect(stale.body.error.code).toBe('confirmation_stale')
        expect((await bench.stripe.disputes.retrieve(dispute)).status).toBe('under_review')
        const submitted = await bench.preview('stripe_close_dispute', { dispute_id: dispute })
        expect(submitted.warnings.join(' ')).toContain('throws that chance away')

        const inquiry = await disputed(bench, 'pm_card_createDisputeInquiry')
        const { preview } = await bench.write('stripe_close_dispute', { dispute_id: inquiry.dispute })
        expect(preview.summary).toContain('Concede the inquiry over $50.00')
        expect(preview.summary).not.toContain('money is lost')
        expect((await bench.stripe.disputes.retrieve(inquiry.dispute)).status).toBe('warning_closed')
      },
    ],
    error: [
      'what is over cannot be conceded',
      async (bench) => {
        const { dispute } = await disputed(bench)
        await bench.stripe.disputes.close(dispute)
        const error = await bench.refused('stripe_close_dispute', { dispute_id: dispute })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.message).toContain('is lost')
        expect(error.next_step).toContain('stripe_get_dispute')
        const unknown = await bench.refused('stripe_close_dispute', { id: UNKNOWN })
        expect(unknown.code).toBe('dispute_not_found')
      },
    ],
  },
})
