import { plus, ratioOf, times, whole, zero } from '../decimal.ts'
import type { Ratio } from '../decimal.ts'
import type { Price, Pricing, Tier } from './price.ts'

/** What a quantity of the price costs, exact and not yet rounded. */
export function amountOf(price: Price, pricing: Pricing, quantity: number): Ratio {
  if (pricing.tiers) {
    return price.tiers_mode === 'volume'
      ? volumeAmount(pricing.tiers, quantity)
      : graduatedAmount(pricing.tiers, quantity)
  }
  return times(ratioOf(pricing.unit_amount_decimal ?? '0'), whole(billedUnits(price, quantity)))
}

/** With `transform_quantity`, packs instead of pieces. */
export function billedUnits(price: Pick<Price, 'transform_quantity'>, quantity: number): number {
  const transform = price.transform_quantity
  if (!transform) return quantity
  const packs = quantity / transform.divide_by
  return transform.round === 'up' ? Math.ceil(packs) : Math.floor(packs)
}

/** Each unit at the price of the tier it falls into; a tier's flat amount once it is reached. */
function graduatedAmount(tiers: readonly Tier[], quantity: number): Ratio {
  let sum = zero
  let from = 0
  for (const [position, tier] of tiers.entries()) {
    const units = Math.max(0, Math.min(quantity, tier.up_to ?? quantity) - from)
    // The first tier's flat amount is due for no units too.
    if (units > 0 || position === 0) sum = plus(sum, tierAmount(tier, units))
    from = tier.up_to ?? quantity
  }
  return sum
}

/** All units at the price of the tier that the quantity falls into. */
function volumeAmount(tiers: readonly Tier[], quantity: number): Ratio {
  const tier = tiers.find(({ up_to: upTo }) => upTo === null || quantity <= upTo)
  return tier ? tierAmount(tier, quantity) : zero
}

function tierAmount(tier: Tier, units: number): Ratio {
  return plus(
    ratioOf(tier.flat_amount_decimal ?? '0'),
    times(ratioOf(tier.unit_amount_decimal ?? '0'), whole(units)),
  )
}
