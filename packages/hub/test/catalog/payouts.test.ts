import type { Stripe } from 'stripe'
import { expect } from 'vitest'
import { paid } from '../support/payments.ts'
import { proveTools, type Bench } from '../support/prove-tools.ts'

const UNKNOWN = 'po_1QpTx4mZc7kW1rBNoSuch42'

/** Money that can be paid out at once. */
const fund = async (bench: Bench, amount = 50_000): Promise<void> => {
  await paid(bench, { amount }, 'pm_card_bypassPending')
}

const payout = async (bench: Bench, params: Partial<Stripe.PayoutCreateParams> = {}): Promise<string> => {
  await fund(bench)
  return (await bench.stripe.payouts.create({ amount: 10_000, currency: 'usd', ...params })).id
}

const availableUsd = async ({ stripe }: Bench): Promise<number> =>
  (await stripe.balance.retrieve()).available.find(({ currency }) => currency === 'usd')?.amount ?? 0

proveTools('Payouts', {
  stripe_list_payouts: {
    fixtures: async () => ({}),
    normal: [
      'payouts come newest first, with their status and when they arrive',
      async (bench) => {
        const older = await payout(bench)
        const newer = await payout(bench)
        const page = await bench.read('stripe_list_payouts', { limit: 1 })
        expect(page).toMatchObject({
          data: [{ id: newer, amount: 10_000, amount_text: '$100.00', status: 'pending' }],
          next_starting_after: newer,
        })
        expect(page.data[0].arrival_date).toMatch(/^20\d\d-/)
        const next = await bench.read('stripe_list_payouts', { limit: 1, starting_after: newer })
        expect(next.data).toMatchObject([{ id: older }])
      },
    ],
    subtle: [
      'status and destination filter',
      async (bench) => {
        const id = await payout(bench)
        await bench.stripe.payouts.cancel(id)
        const { destination } = await bench.stripe.payouts.retrieve(id)
        const canceled = await bench.read('stripe_list_payouts', { status: 'canceled', destination })
        expect(canceled.data).toMatchObject([{ id }])
        const pending = await bench.read('stripe_list_payouts', { status: 'pending' })
        expect(JSON.stringify(pending.data)).not.toContain(id)
      },
    ],
    error: [
      'a cursor that does not exist says payout_not_found and to start again',
      async (bench) => {
        const error = await bench.refused('stripe_list_payouts', { starting_after: UNKNOWN })
        expect(error).toMatchObject({ code: 'payout_not_found' })
        expect(error.next_step).toContain('without starting_after')
      },
    ],
  },
  stripe_get_payout: {
    fixtures: async (bench) => ({ payout: await payout(bench) }),
    normal: [
      'a payout is read with its bank account',
      async (bench) => {
        const id = await payout(bench)
        expect(
          await bench.read('stripe_get_payout', { payout_id: id, expand: ['destination'] }),
        ).toMatchObject({
          id,
          status: 'pending',
          destination: { last4: '6789' },
        })
      },
    ],
    subtle: [
      'a failed one says why, in small letters',
      async (bench) => {
        const { id: account } = await bench.stripe.accounts.retrieveCurrent()
        const bank = await bench.stripe.accounts.createExternalAccount(account, {
          external_account: {
            object: 'bank_account',
            account_number: '000111111116',
            country: 'US',
            currency: 'usd',
            routing_number: '110000000',
          },
        })
        const id = await payout(bench, { destination: bank.id })
        bench.hub.sandbox.advance({ seconds: 3 * 24 * 60 * 60 })
        expect(await bench.read('stripe_get_payout', { payout_id: id })).toMatchObject({
          status: 'failed',
          failure_code: 'no_account',
        })
      },
    ],
    error: [
      'an unknown id says payout_not_found and how to find the right one',
      async (bench) => {
        const error = await bench.refused('stripe_get_payout', { payout_id: UNKNOWN })
        expect(error).toMatchObject({ code: 'payout_not_found', retryable: false })
        expect(error.next_step).toContain('stripe_list_payouts')
      },
    ],
  },
  stripe_create_payout: {
    fixtures: async (bench) => {
      await fund(bench)
      return {}
    },
    normal: [
      'it says to which bank account, how fast and what stays; the bytes name the account and the method',
      async (bench) => {
        await fund(bench)
        const before = await availableUsd(bench)
        const { preview, result } = await bench.write('stripe_create_payout', {
          amount: { value: '100.00', currency: 'usd' },
        })
        expect(preview).toMatchObject({ effect: 'money', needs: 'dashboard' })
        expect(preview.summary).toContain('Pay out $100.00 of the balance to STRIPE TEST BANK ••6789')
        const sent = bench.hub.wire.writes().at(-1)?.body
        expect(sent).toContain('method=standard')
        expect(sent).toContain(`destination=${result.destination}`)
        expect(result.status).toBe('pending')
        expect(await availableUsd(bench)).toBe(before - 10_000)
      },
    ],
    subtle: [
      'instant says that it costs a fee, and paying out everything that nothing stays',
      async (bench) => {
        await fund(bench)
        const all = await availableUsd(bench)
        const { preview } = await bench.write('stripe_create_payout', {
          amount: all,
          currency: 'USD',
          method: 'instant',
        })
        expect(preview.summary).toContain(', instantly')
        expect(JSON.stringify(preview.changes)).toContain('fee of Stripe')
        expect(preview.warnings.join(' ')).toContain('Nothing stays available')
        expect(await availableUsd(bench)).toBe(0)
      },
    ],
    error: [
      'more than is available, and a currency or account without a bank account, are refused at the preview',
      async (bench) => {
        await fund(bench)
        const all = await availableUsd(bench)
        const more = await bench.refused('stripe_create_payout', { amount: all + 1, currency: 'usd' })
        expect(more).toMatchObject({ code: 'insufficient_funds' })
        expect(more.next_step).toContain('stripe_get_balance')
        const pounds = await bench.refused('stripe_create_payout', { amount: 100, currency: 'gbp' })
        expect(pounds).toMatchObject({ code: 'bank_account_not_found' })
        expect(pounds.next_step).toContain('Dashboard')
        const other = await bench.refused('stripe_create_payout', {
          amount: 100,
          currency: 'usd',
          destination: 'ba_1QpTx4mZc7kW1rBNoSuch42',
        })
        expect(other.code).toBe('bank_account_not_found')
      },
    ],
  },
  stripe_cancel_payout: {
    fixtures: async (bench) => ({ payout: await payout(bench) }),
    normal: [
      'a pending payout comes back into the balance',
      async (bench) => {
        const id = await payout(bench)
        const before = await availableUsd(bench)
        const { preview } = await bench.write('stripe_cancel_payout', { payout_id: id })
        expect(preview.summary).toContain('Take back the payout of $100.00 to STRIPE TEST BANK ••6789')
        expect((await bench.stripe.payouts.retrieve(id)).status).toBe('canceled')
        expect(await availableUsd(bench)).toBe(before + 10_000)
      },
    ],
    subtle: [
      'one that has arrived meanwhile is not canceled, even if that was approved',
      async (bench) => {
        const id = await payout(bench)
        const preview = await bench.preview('stripe_cancel_payout', { payout_id: id })
        await bench.hub.owner.approve(preview.confirmation)
        bench.hub.sandbox.advance({ seconds: 3 * 24 * 60 * 60 })
        const before = bench.hub.wire.writes().length
        const reply = await bench.hub.device.call('stripe_cancel_payout', {
          confirmation: preview.confirmation,
        })
        expect(reply.body.error.code).toBe('confirmation_stale')
        expect(bench.hub.wire.writes().length).toBe(before)
        expect((await bench.stripe.payouts.retrieve(id)).status).toBe('paid')
      },
    ],
    error: [
      'what is canceled or unknown is refused with the way out',
      async (bench) => {
        const id = await payout(bench)
        await bench.stripe.payouts.cancel(id)
        const error = await bench.refused('stripe_cancel_payout', { payout_id: id })
        expect(error).toMatchObject({ code: 'invalid_state' })
        expect(error.next_step).toContain('stripe_get_balance')
        expect((await bench.refused('stripe_cancel_payout', { id: UNKNOWN })).code).toBe('payout_not_found')
      },
    ],
  },
})
