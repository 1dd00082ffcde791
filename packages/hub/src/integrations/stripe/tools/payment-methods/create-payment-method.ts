import { cleanLine } from '../../../../contract/clean-text.ts'
import { defineTool } from '../../define-tool.ts'
import { isObject, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'

/** Parameters beside the one that is named after the type. */
const COMMON = new Set(['type', 'billing_details', 'metadata', 'allow_redisplay', 'expand', 'radar_options'])

export const createPaymentMethod = defineTool({
  name: 'stripe_create_payment_method',
  group: 'Payment Methods',
  description: 'Create a payment method from card details',
  mode: 'write',
  effect: 'draft',
  operation: 'paymentMethods.create',
  // They copy a customer's payment method to a connected account.
  without: ['customer', 'payment_method'],
  usual: ['type', 'card', 'billing_details', 'metadata'],
  required: ['type'],
  properties: {
    card: {
      type: 'object',
      description: 'A card by its token; never its number.',
      properties: {
        token: { type: 'string', description: 'tok_…; in test mode tok_visa and the like' },
        networks: {
          type: 'object',
          properties: { preferred: { type: 'string' } },
          additionalProperties: false,
        },
      },
      required: ['token'],
      additionalProperties: false,
    },
  },
  rules: [
    { when: 'type', is: 'card', needs: ['card'] },
    { when: 'card', needs: ['type'] },
    {
      when: 'type',
      is: 'sepa_debit',
      needs: ['sepa_debit', 'billing_details.name', 'billing_details.email'],
    },
    { when: 'type', is: 'us_bank_account', needs: ['us_bank_account', 'billing_details.name'] },
  ],
  guidance: {
    whenToUse:
      'To make a payment method from a token, or a bank debit. Card numbers are refused here: for a real card use stripe_create_checkout_session with mode "setup", or stripe_create_setup_intent.',
    askBefore: ['Whose it is; never ask for a card number.'],
    safeDefaults: ['In test mode card: {"token": "tok_visa"}.'],
    examples: [{ title: 'A test card', params: { type: 'card', card: { token: 'tok_visa' } } }],
    followups: ['stripe_attach_payment_method saves it for a customer; unattached it can be used once.'],
  },
  prepare(params) {
    return Promise.resolve({
      params,
      facts: {},
      describe(sent) {
        const type = textAt(sent, 'type') ?? ''
        const billing = objectAt(sent, 'billing_details') ?? {}
        const [name, email] = [textAt(billing, 'name'), textAt(billing, 'email')]
        const whose = [name && cleanLine(name, 60), email && `<${cleanLine(email, 80)}>`]
          .filter(Boolean)
          .join(' ')
        const details = Object.keys(sent).filter((key) => !COMMON.has(key))
        return {
          summary: `Create a payment method: ${cleanLine(type, 40)}${whose === '' ? '' : ` of ${whose}`}, for no customer yet`,
          changes: [
            becomes('Type', null, type, 'type', type),
            becomes('Belongs to', null, 'nobody yet', 'customer', null),
            ...details.flatMap((key) => detailRows(key, sent[key])),
          ],
          warnings: [],
          irreversible: '',
          told: ['type', ...details],
          literal: ['billing_details', 'metadata', 'allow_redisplay'],
        }
      },
    })
  },
})

/** Account numbers belong to nobody's screen: a person judges by their end. */
function detailRows(path: string, value: unknown): Array<{ what: string; before: null; after: string }> {
  if (isObject(value))
    return Object.entries(value).flatMap(([key, item]) => detailRows(`${path}.${key}`, item))
  return [{ what: path, before: null, after: shown(path, value) }]
}

function shown(path: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /number|iban/.test(path) ? `••${cleanLine(text.slice(-4), 4)}` : cleanLine(text, 80)
}
