import { detachPaymentMethod } from '../payment-methods/detach-payment-method.ts'
import { paymentMethods } from '../payment-methods/payment-method.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { customers, livingCustomer } from './customer.ts'
import { createCustomer, updateCustomer } from './save-customer.ts'
import type { CreateCustomerParams, CustomerParams } from './save-customer.ts'

interface ListCustomers extends ListParams {
  created?: RangeParam
  email?: string
}

const fields = [
  'address',
  'balance',
  'business_name',
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
    route<CreateCustomerParams>('customers.create', [...fields, 'payment_method'], ({ tx, params }) =>
      customers.format(createCustomer(tx, params), tx),
    ),
    // A deleted customer is still found by id, as { deleted: true }.
    route('customers.retrieve', [], ({ tx, id }) => customers.format(inPath(tx, customers, id), tx)),
    route<CustomerParams>('customers.update', fields, ({ tx, id, params }) =>
      customers.format(updateCustomer(tx, livingCustomer(tx, id), params), tx),
    ),
    route('customers.del', [], ({ tx, id }) => {
      const customer = livingCustomer(tx, id)
      const saved = tx.rows(paymentMethods, 'customer', id).map(({ entity }) => entity)
      for (const method of saved) detachPaymentMethod(tx, method)
      tx.emit('customer.deleted', customers, customer)
      return customers.format(tx.put(customers, { ...customer, deleted: true }), tx)
    }),
    route<ListCustomers>(
      'customers.list',
      ['limit', 'starting_after', 'ending_before', 'created', 'email'],
      (call) => {
        const { tx, params, url } = call
        return listPage(tx, customers, {
          url,
          params,
          ...(params.email === undefined ? {} : { rows: tx.rows(customers, 'email', params.email) }),
          where: (customer) => inRange(params.created, customer.created),
        })
      },
    ),
  ],
}
