import { customerConsequenceProofs } from '../support/prove-customer-consequences.ts'
import { customerProofs } from '../support/prove-customers.ts'
import { proveTools } from '../support/prove-tools.ts'

proveTools('Customers', { ...customerProofs, ...customerConsequenceProofs })
