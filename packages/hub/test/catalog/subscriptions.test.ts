import { proveTools } from '../support/prove-tools.ts'
import { subscriptionChanges } from './subscription-changes.ts'
import { subscriptionEnds } from './subscription-ends.ts'
import { subscriptionReads } from './subscription-reads.ts'

proveTools('Subscriptions', { ...subscriptionReads, ...subscriptionChanges, ...subscriptionEnds })
