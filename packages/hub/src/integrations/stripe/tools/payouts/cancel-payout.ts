import { formatMoney } from '../../../../contract/money.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, objectAt, textAt } from '../../json.ts'
import { bankName } from '../../wording/bank-accounts.ts'
import { becomes, moneyBecomes } from '../../wording/changes.ts'
import { refuseState } from '../../wording/payments.ts'

const WAYS_OUT: Record<string, string> = {
  paid: 'It has reached the bank: tell the user. stripe_payouts_reverse may bring one in USD back.',
  in_transit: 'It is on its way: tell the user when it arrives, as stripe_get_payout shows.',
  failed: 'The money is in the balance again: stripe_get_balance shows it.',
  canceled: 'The money is in the balance again: stripe_get_balance shows it.',
}

export const cancelPayout = defineTool({
  name: 'stripe_cancel_payout',
  group: 'Payouts',
  description: 'Cancel a pending payout',
  mode: 'write',
  effect: 'money',
  operation: 'payouts.cancel',
  pathParam: { name: 'payout_id', aliases: ['payout', 'id'], description: 'The payout to take back, po_…' },
  usual: [],
  guidance: {
    whenToUse:
      'To take back a payout made by hand that is still pending. Automatic payouts cannot be canceled.',
    askBefore: ['That the money shall stay in the Stripe balance.'],
    safeDefaults: ['Be quick: pending ends when the payout is sent to the bank.'],
    examples: [{ title: 'Take a payout back', params: { payout_id: EXAMPLE.payout } }],
    followups: ['stripe_create_payout sends it anew.'],
  },
  async prepare(params, read) {
    const payout = await read('payouts.retrieve', { id: params['payout_id'], expand: ['destination'] })
    refuseWhatCannotBeCanceled(payout)
    const money = { amount: integerAt(payout, 'amount'), currency: textAt(payout, 'currency') ?? '' }
    const bank = objectAt(payout, 'destination')
    const to = bank === undefined ? 'the bank' : bankName(bank)
    return {
      params,
      stakes: { money: [money] },
      facts: { status: textAt(payout, 'status') ?? null, amount: money.amount, currency: money.currency, to },
      describe: () => ({
        summary: `Take back the payout of ${formatMoney(money)} to ${to}`,
        changes: [
          becomes('Payout status', 'pending', 'canceled', 'status', 'canceled'),
          moneyBecomes('Back in the balance', null, money, 'amount'),
        ],
        warnings: [],
        irreversible: '',
        told: ['payout_id'],
        literal: [],
      }),
    }
  },
})

function refuseWhatCannotBeCanceled(payout: Params): void {
  const id = textAt(payout, 'id') ?? ''
  const status = textAt(payout, 'status') ?? 'unknown'
  if (status !== 'pending')
    refuseState(id, status, 'canceled', WAYS_OUT[status] ?? 'Tell the user its status.')
  if (payout['automatic'] === true) {
    refuseState(
      id,
      'made by the schedule of the account',
      'canceled',
      'The owner can change the schedule in the Stripe Dashboard for the next ones.',
    )
  }
  if (idAt(payout, 'original_payout') !== undefined)
    refuseState(id, 'a reversal', 'canceled', 'Tell the user: stripe_get_payout shows when it arrives.')
}
