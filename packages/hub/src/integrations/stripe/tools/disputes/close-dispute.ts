import { formatMoney } from '../../../../contract/money.ts'
import { cleanLine } from '../../../../contract/clean-text.ts'
import type { Params } from '../../../define.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, integerAt, listAt, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { formatDate } from '../../wording/dates.ts'
import { paymentName, refuseState } from '../../wording/payments.ts'

const OVER = new Set(['won', 'lost', 'warning_closed', 'prevented'])

export const closeDispute = defineTool({
  name: 'stripe_close_dispute',
  group: 'Disputes & Fraud',
  description: 'Accept and close a dispute',
  mode: 'write',
  effect: 'money',
  operation: 'disputes.close',
  pathParam: {
    name: 'dispute_id',
    aliases: ['dispute', 'id'],
    description: 'The dispute to concede, du_… or dp_…',
  },
  usual: [],
  guidance: {
    whenToUse:
      'Only when the user gives a dispute up: it is lost at once and for good. Not to contest it: clawlink_search_tools "update dispute" finds the tool that submits evidence.',
    askBefore: ['That the user knows the amount, and that evidence can still be submitted instead.'],
    safeDefaults: [
      'Read it with stripe_get_dispute first, and tell the deadline. When in doubt, leave it open.',
    ],
    examples: [{ title: 'Concede a dispute', params: { dispute_id: EXAMPLE.dispute } }],
    followups: ['Nothing is left to refund: the bank has given the money back.'],
  },
  async prepare(params, read) {
    const dispute = await read('disputes.retrieve', { id: params['dispute_id'], expand: ['charge.customer'] })
    const id = textAt(dispute, 'id') ?? ''
    const status = textAt(dispute, 'status') ?? 'unknown'
    if (OVER.has(status))
      refuseState(id, status, 'conceded', 'Tell the user how it ended: stripe_get_dispute shows it.')
    const currency = textAt(dispute, 'currency') ?? ''
    const money = { amount: integerAt(dispute, 'amount'), currency }
    const evidence = objectAt(dispute, 'evidence_details') ?? {}
    const submissions = integerAt(evidence, 'submission_count')
    const inquiry = status.startsWith('warning_')
    const after = inquiry ? 'warning_closed' : 'lost'
    const reason = cleanLine(textAt(dispute, 'reason') ?? 'no reason given', 60)
    return {
      params,
      stakes: { money: [money], customer: idAt(objectAt(dispute, 'charge') ?? {}, 'customer') ?? null },
      facts: {
        status,
        amount: money.amount,
        currency,
        submissions,
        has_evidence: evidence['has_evidence'] === true,
        payment: paymentName(objectAt(dispute, 'charge') ?? {}),
      },
      describe: () => ({
        summary: `Concede the ${inquiry ? 'inquiry' : 'dispute'} over ${formatMoney(money)} (${reason}) on ${paymentName(objectAt(dispute, 'charge') ?? {})}: ${inquiry ? 'it ends unanswered' : 'the money is lost'}`,
        changes: [
          becomes('Dispute status', status, `${after}, for good`, 'status', after),
          ...(inquiry
            ? []
            : [
                {
                  what: 'Disputed money',
                  before: `${formatMoney(money)} in dispute`,
                  after: 'with the customer for good',
                },
              ]),
        ],
        warnings: [
          ...answerWarnings(evidence, submissions),
          ...feeWarnings(dispute, currency),
          ...(inquiry
            ? ['No money has gone yet: a refund with stripe_create_refund may end it better than no answer.']
            : []),
        ],
        irreversible: 'A conceded dispute cannot be opened or answered any more.',
        told: ['dispute_id'],
        literal: [],
      }),
    }
  },
})

/** What conceding gives up. */
function answerWarnings(evidence: Params, submissions: number): string[] {
  if (submissions > 0)
    return ['Evidence was submitted and is being judged: conceding now throws that chance away.']
  const due = evidence['due_by']
  return [
    ...(typeof due === 'number' && evidence['past_due'] !== true
      ? [`It can still be contested until ${formatDate(due)}, with evidence by stripe_disputes_update.`]
      : []),
    ...(evidence['has_evidence'] === true
      ? ['Evidence has been gathered but not submitted: it would never be seen.']
      : []),
  ]
}

function feeWarnings(dispute: Params, currency: string): string[] {
  const fee = listAt(dispute, 'balance_transactions').reduce((sum, one) => sum + integerAt(one, 'fee'), 0)
  return fee > 0
    ? [`The dispute fee of ${formatMoney({ amount: fee, currency })} is not returned either.`]
    : []
}
