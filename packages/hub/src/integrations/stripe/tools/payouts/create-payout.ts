import { formatMoney } from '../../../../contract/money.ts'
import { Problem } from '../../../../contract/problem.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { integerAt, listAt, objectAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { bankName, readBank } from '../../wording/bank-accounts.ts'
import { becomes, moneyBecomes, updatesOf } from '../../wording/changes.ts'

const SPEEDS: Record<string, string> = {
  standard: 'standard: some business days',
  instant: 'instant: about half an hour, for a fee of Stripe',
}

export const createPayout = defineTool({
  name: 'stripe_create_payout',
  group: 'Payouts',
  description: 'Create a payout to the bank account',
  mode: 'write',
  effect: 'money',
  operation: 'payouts.create',
  usual: ['amount', 'currency', 'method', 'destination', 'description', 'metadata'],
  rules: [{ param: 'amount', min: 1 }],
  guidance: {
    whenToUse:
      'To send available money of the balance to the account’s own bank account. To give a customer money back: stripe_create_refund.',
    askBefore: ['The amount and the currency.', 'Whether enough stays for refunds and disputes.'],
    safeDefaults: [
      'Read stripe_get_balance first: only available money can be paid out, not pending.',
      'Leave destination out for the default bank account, and method for standard; instant costs a fee.',
    ],
    examples: [{ title: 'Send $100.00 to the bank', params: { amount: 10_000, currency: 'usd' } }],
    followups: ['stripe_get_payout shows when it arrives; stripe_cancel_payout while it is pending.'],
  },
  async prepare(params, read) {
    const currency = (textAt(params, 'currency') ?? '').toLowerCase()
    const money = { amount: integerAt(params, 'amount'), currency }
    const method = textAt(params, 'method') ?? 'standard'
    const bank = await readBank(read, textAt(params, 'destination'), currency)
    const balance = await read('balance.retrieve', {})
    refuseWithoutFunds(balance, { ...params, method }, money)
    const row = listAt(balance, 'available').findIndex((part) => textAt(part, 'currency') === currency)
    const available = integerAt(listAt(balance, 'available')[row] ?? {}, 'amount')
    const id = bank === undefined ? textAt(params, 'destination') : textAt(bank, 'id')
    const to =
      bank === undefined ? (id ?? `the default bank account for ${currency.toUpperCase()}`) : bankName(bank)
    return {
      params: { ...params, method, ...(id === undefined ? {} : { destination: id }) },
      facts: { to },
      describe: (sent) => ({
        summary: `Pay out ${formatMoney(money)} of the balance to ${to}${method === 'instant' ? ', instantly' : ''}`,
        changes: [
          moneyBecomes('Payout', null, money, 'amount'),
          id === undefined
            ? { what: 'To', before: null, after: to }
            : becomes('To', null, to, 'destination', id),
          becomes('Speed', null, SPEEDS[method] ?? method, 'method', method),
          moneyBecomes(
            'Available balance',
            available,
            { amount: available - money.amount, currency },
            `available.${row}.amount`,
            { operation: 'balance.retrieve', params: {} },
          ),
          ...updatesOf({}, sent, ['description']),
        ],
        warnings: [
          ...amountWarnings(money),
          ...(available === money.amount
            ? ['Nothing stays available: refunds and disputes may turn the balance negative.']
            : []),
          ...(bank === undefined
            ? [
                'This key may not see the bank account: look at it in the Stripe Dashboard before you approve.',
              ]
            : []),
        ],
        irreversible: 'It can be taken back only while it is pending.',
        told: ['amount', 'currency', 'method', 'destination', 'description'],
        literal: ['metadata', 'statement_descriptor', 'source_type'],
      }),
    }
  },
})

/** The part of the balance that such a payout may draw from. */
function refuseWithoutFunds(
  balance: Params,
  params: Params,
  money: { amount: number; currency: string },
): void {
  const instant = listAt(balance, 'instant_available')
  const parts =
    textAt(params, 'method') === 'instant' && instant.length > 0 ? instant : listAt(balance, 'available')
  const part = parts.find((one) => textAt(one, 'currency') === money.currency) ?? { amount: 0 }
  const source = textAt(params, 'source_type')
  const funds =
    source === undefined
      ? integerAt(part, 'amount')
      : integerAt({ [source]: 0, ...objectAt(part, 'source_types') }, source)
  if (money.amount <= funds) return
  throw new Problem(
    'insufficient_funds',
    `Only ${formatMoney({ ...money, amount: funds })} are available for such a payout; ${formatMoney(money)} was asked for.`,
    {
      nextStep:
        'Ask the user for an amount up to that; stripe_get_balance shows what is pending, and will be available in days.',
    },
  )
}
