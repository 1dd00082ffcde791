import { createCustomer } from './create-customer.ts'
import { createCustomerBalanceTransaction } from './create-customer-balance-transaction.ts'
import { createCustomerSession } from './create-customer-session.ts'
import { deleteCustomer } from './delete-customer.ts'
import { getCustomer } from './get-customer.ts'
import { listCustomers } from './list-customers.ts'
import { searchCustomers } from './search-customers.ts'
import { updateCustomer } from './update-customer.ts'

export const customers = [
  listCustomers,
  getCustomer,
  createCustomer,
  updateCustomer,
  deleteCustomer,
  createCustomerBalanceTransaction,
  createCustomerSession,
  searchCustomers,
]
