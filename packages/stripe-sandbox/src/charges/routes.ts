import { customers } from '../customers/customer.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { shippingOr, textOr } from '../wire/contact.ts'
import type { ShippingParam } from '../wire/contact.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { captureSingleCharge } from './capture-single-charge.ts'
import type { CaptureCharge } from './capture-single-charge.ts'
import { charges } from './charge.ts'
import { createCharge } from './create-charge.ts'
import type { CreateCharge } from './create-charge.ts'

interface ListCharges extends ListParams {
  created?: RangeParam
  customer?: string
  payment_intent?: string
  transfer_group?: string
}

interface UpdateCharge {
  customer?: string
  description?: string
  fraud_details?: { user_report: string }
  metadata?: MetadataParam
  receipt_email?: string
  shipping?: ShippingParam
  transfer_group?: string
}

const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'created',
  'customer',
  'payment_intent',
  'transfer_group',
] as const
/** Radar is not here: leaving its options out changes nothing. */
const creatable = [
  'amount',
  'capture',
  'currency',
  'customer',
  'description',
  'metadata',
  'radar_options',
  'receipt_email',
  'shipping',
  'source',
  'statement_descriptor',
  'statement_descriptor_suffix',
  'transfer_group',
] as const
const changeable = [
  'customer',
  'description',
  'fraud_details',
  'metadata',
  'receipt_email',
  'shipping',
  'transfer_group',
] as const

export const chargeFamily: Family = {
  kinds: [charges],
  routes: [
    route<CreateCharge & { radar_options?: unknown }>('charges.create', creatable, ({ tx, params }) => {
      const outcome = createCharge(tx, params)
      return 'refused' in outcome ? outcome : charges.format(outcome, tx)
    }),
    route<CaptureCharge>(
      'charges.capture',
      ['amount', 'receipt_email', 'statement_descriptor', 'statement_descriptor_suffix', 'transfer_group'],
      ({ tx, id, params }) => charges.format(captureSingleCharge(tx, inPath(tx, charges, id), params), tx),
    ),
    route('charges.retrieve', [], ({ tx, id }) => charges.format(inPath(tx, charges, id), tx)),
    route<ListCharges>('charges.list', listed, ({ tx, params, url }) => {
      const { customer, payment_intent: intent, transfer_group: group } = params
      const rows =
        intent !== undefined
          ? tx.rows(charges, 'payment_intent', intent)
          : customer !== undefined
            ? tx.rows(charges, 'customer', customer)
            : tx.rows(charges)
      return listPage(tx, charges, {
        url,
        params,
        rows,
        where: (charge) =>
          inRange(params.created, charge.created) &&
          (customer === undefined || charge.customer === customer) &&
          (group === undefined || charge.transfer_group === group),
      })
    }),
    route<UpdateCharge>('charges.update', changeable, ({ tx, id, params }) => {
      const charge = inPath(tx, charges, id)
      if (params.customer !== undefined && charge.customer !== null && params.customer !== charge.customer) {
        throw invalidRequest('You cannot change the customer of a charge that already has one.', {
          param: 'customer',
        })
      }
      const report = params.fraud_details?.user_report
      const updated = tx.update('charge.updated', charges, {
        ...charge,
        customer:
          params.customer === undefined
            ? charge.customer
            : inParam(tx, customers, params.customer, 'customer').id,
        description: textOr(charge.description, params.description),
        fraud_details:
          report === undefined ? charge.fraud_details : report === '' ? {} : { user_report: report },
        metadata: mergeMetadata(charge.metadata, params.metadata),
        receipt_email: textOr(charge.receipt_email, params.receipt_email),
        shipping: shippingOr(charge.shipping, params.shipping),
        transfer_group: textOr(charge.transfer_group, params.transfer_group),
      })
      return charges.format(updated, tx)
    }),
  ],
}
