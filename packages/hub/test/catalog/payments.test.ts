import { chargeProofs } from '../support/prove-charges.ts'
import { intentProofs } from '../support/prove-intents.ts'
import { proveTools } from '../support/prove-tools.ts'

proveTools('Payment Intents & Charges', { ...intentProofs, ...chargeProofs })
