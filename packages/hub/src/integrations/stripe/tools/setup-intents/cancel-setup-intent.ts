import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { idAt, objectAt, textAt } from '../../json.ts'
import { becomes } from '../../wording/changes.ts'
import { customerName } from '../../wording/names.ts'
import { refuseFinalSetup } from '../../wording/setup-intents.ts'

export const cancelSetupIntent = defineTool({
  name: 'stripe_cancel_setup_intent',
  group: 'Setup Intents',
  description: 'Cancel a setup intent',
  mode: 'write',
  effect: 'change',
  operation: 'setupIntents.cancel',
  pathParam: {
    name: 'setup_intent_id',
    aliases: ['intent', 'setup_intent', 'id'],
    description: 'The setup intent, seti_…',
  },
  usual: ['cancellation_reason'],
  guidance: {
    whenToUse:
      'To give up a setup intent that has not succeeded. One of a checkout is ended with stripe_expire_checkout_session; a saved payment method is removed with stripe_detach_payment_method.',
    askBefore: ['That nobody is about to finish it.'],
    safeDefaults: [],
    examples: [
      {
        title: 'The customer gave up',
        params: { setup_intent_id: EXAMPLE.setupIntent, cancellation_reason: 'abandoned' },
      },
    ],
    followups: ['stripe_create_setup_intent to start anew.'],
  },
  async prepare(params, read) {
    const id = textAt(params, 'setup_intent_id') ?? ''
    const intent = await read('setupIntents.retrieve', { id, expand: ['customer'] })
    refuseFinalSetup(intent, id, 'canceled')
    const customer = objectAt(intent, 'customer')
    const status = textAt(intent, 'status') ?? ''
    return {
      params,
      stakes: { customer: idAt(intent, 'customer') ?? null },
      facts: { status, customer: customer === undefined ? null : customerName(customer) },
      describe() {
        return {
          summary: `Cancel the setup intent ${id}${customer === undefined ? '' : ` of ${customerName(customer)}`}; no payment method is saved by it`,
          changes: [becomes('Setup', status, 'canceled', 'status', 'canceled')],
          warnings:
            status === 'requires_action'
              ? ['The customer has been asked to authenticate and may be doing so.']
              : [],
          irreversible: 'A canceled setup intent cannot be confirmed any more; a new one can be made.',
          told: ['setup_intent_id'],
          literal: ['cancellation_reason'],
        }
      },
    }
  },
})
