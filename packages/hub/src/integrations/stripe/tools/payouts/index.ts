import { cancelPayout } from './cancel-payout.ts'
import { createPayout } from './create-payout.ts'
import { getPayout } from './get-payout.ts'
import { listPayouts } from './list-payouts.ts'

export const payouts = [listPayouts, getPayout, createPayout, cancelPayout]
