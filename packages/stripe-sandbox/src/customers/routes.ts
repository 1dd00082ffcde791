import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { removeCustomerDiscount } from './customer-discount.ts'
import { customers, livingCustomer } from './customer.ts'
import { deleteCustomer } from './delete-customer.ts'
import { createCustomer, updateCustomer } from './save-customer.ts'
import type { CreateCustomerParams, UpdateCustomerParams } from './save-customer.ts'

interface ListCustomers extends ListParams {
  created?: RangeParam
  email?: string
  test_clock?: string
}

const fields = [
  'address',
  'balance',
  'business_name',
  'coupon',
  'description',
  'email',
  'individual_name',
  'invoice_prefix',
  'invoice_settings',
  'metadata',
  'name',
  'next_invoice_sequence',
  'phone',
  'preferred_locales',
  'shipping',
  'tax_exempt',
] as const

export const customerFamily: Family = {
  kinds: [customers],
  routes: [
    route<CreateCustomerParams>(
      'customers.create',
      [...fields, 'payment_method', 'source', 'test_clock'],
      ({ tx, params }) => customers.format(createCustomer(tx, params), tx),
    ),
    // A deleted customer is still found by id, as { deleted: true }.
    route('customers.retrieve', [], ({ tx, id }) => customers.format(inPath(tx, customers, id), tx)),
    route<UpdateCustomerParams>(
      'customers.update',
      [...fields, 'default_source', 'source'],
      ({ tx, id, params }) => customers.format(updateCustomer(tx, livingCustomer(tx, id), params), tx),
    ),
    route('customers.deleteDiscount', [], ({ tx, id }) => removeCustomerDiscount(tx, livingCustomer(tx, id))),
    route('customers.del', [], ({ tx, id }) =>
      customers.format(deleteCustomer(tx, livingCustomer(tx, id)), tx),
    ),
    route<ListCustomers>(
      'customers.list',
      ['limit', 'starting_after', 'ending_before', 'created', 'email', 'test_clock'],
      (call) => {
        const { tx, params, url } = call
        return listPage(tx, customers, {
          url,
          params,
          ...(params.email !== undefined
            ? { rows: tx.rows(customers, 'email', params.email) }
            : params.test_clock === undefined
              ? {}
              : { rows: tx.rows(customers, 'test_clock', params.test_clock) }),
          where: (customer) =>
            inRange(params.created, customer.created) &&
            // Who lives on a test clock is only listed when asked for.
            (params.test_clock === undefined
              ? params.email !== undefined || customer.test_clock === undefined
              : customer.test_clock === params.test_clock),
        })
      },
    ),
  ],
}
