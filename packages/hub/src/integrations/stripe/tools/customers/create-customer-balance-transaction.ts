import { formatMoney } from '../../../../contract/money.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { integerAt, textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { creditText } from '../../wording/balance.ts'
import { becomes, updatesOf } from '../../wording/changes.ts'
import { readLivingCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'
import { wrongParam } from '../../wording/wrong-param.ts'

export const createCustomerBalanceTransaction = defineTool({
  name: 'stripe_create_customer_balance_transaction',
  group: 'Customers',
  description: "Manually adjust a customer's balance",
  mode: 'write',
  effect: 'money',
  operation: 'customers.createBalanceTransaction',
  pathParam: { name: 'customer_id', aliases: ['customer', 'id'], description: 'The customer, cus_…' },
  usual: ['amount', 'currency', 'description', 'metadata'],
  properties: {
    amount: {
      type: 'integer',
      description: 'In the smallest unit. Negative is a credit to the customer, positive a debt.',
    },
  },
  guidance: {
    whenToUse:
      'To credit a customer on the next invoices (negative), or to bill more with the next one (positive). To give paid money back: stripe_create_refund; to correct an invoice: stripe_create_credit_note.',
    askBefore: [
      'The amount, and whether the customer gets it (credit) or owes it.',
      'The reason, for the description.',
    ],
    safeDefaults: ['Use the currency of the customer: no other is taken.'],
    examples: [
      {
        title: 'A credit of $5.00 on the next invoice',
        params: { customer_id: EXAMPLE.customer, amount: -500, currency: 'usd', description: 'Goodwill' },
      },
    ],
    followups: ['It counts when the next invoice is finalized, and cannot be deleted: only evened out.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'customer_id') ?? ''
    const customer = await readLivingCustomer(read, id)
    const own = textAt(customer, 'currency')
    const currency = (textAt(params, 'currency') ?? '').toLowerCase()
    if (integerAt(params, 'amount') === 0) throw wrongParam('amount', 'An amount of 0 changes nothing')
    if (own !== undefined && own !== currency)
      throw wrongParam('currency', `The balance of ${id} is in ${own}, and takes no other currency`)
    const balance = integerAt(customer, 'balance')
    const usual = await readUsualAmount(read, currency, id)
    return {
      params,
      facts: { currency: own ?? null, balance },
      describe(sent) {
        const amount = integerAt(sent, 'amount')
        const after = balance + amount
        const money = formatMoney({ amount: Math.abs(amount), currency })
        return {
          summary:
            amount < 0
              ? `Give ${customerName(customer)} a credit of ${money} on the next invoices`
              : `Add ${money} to what ${customerName(customer)} pays with the next invoice`,
          changes: [
            becomes(amount < 0 ? 'Credit' : 'Debt', null, creditText(amount, currency), 'amount', amount),
            becomes(
              'Balance',
              creditText(balance, currency),
              creditText(after, currency),
              'ending_balance',
              after,
            ),
            ...updatesOf({}, sent, ['description', 'metadata']),
          ],
          warnings: [
            ...amountWarnings({ amount, currency }, { usual }),
            ...(own === undefined
              ? [`This customer is billed in ${currency.toUpperCase()} alone from now on.`]
              : []),
          ],
          irreversible: 'It cannot be changed or deleted; only an opposite one evens it out.',
          told: ['customer_id', 'amount', 'currency', 'description', 'metadata'],
          literal: [],
        }
      },
    }
  },
})
