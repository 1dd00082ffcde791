import { proveTools } from '../support/prove-tools.ts'
import { priceProofs } from './price-proofs.ts'
import { productProofs } from './product-proofs.ts'

proveTools('Products & Pricing', { ...productProofs, ...priceProofs })
