import { closeDispute } from './close-dispute.ts'
import { getDispute } from './get-dispute.ts'
import { listDisputes } from './list-disputes.ts'

export const disputes = [listDisputes, getDispute, closeDispute]
