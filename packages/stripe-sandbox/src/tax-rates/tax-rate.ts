import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export interface TaxRate {
  id: string
  created: number
  active: boolean
  country: string | null
  description: string | null
  display_name: string
  inclusive: boolean
  jurisdiction: string | null
  metadata: Metadata
  percentage: number
  state: string | null
  tax_type: string | null
}

export const taxRates: Kind<TaxRate> = {
  table: 'tax_rates',
  type: 'TaxRate',
  prefix: 'txr_',
  idLength: 24,
  noun: 'tax rate',
  indexes: [],
  format: (rate, view) => ({
    id: rate.id,
    object: 'tax_rate',
    active: rate.active,
    country: rate.country,
    created: rate.created,
    description: rate.description,
    display_name: rate.display_name,
    effective_percentage: null,
    flat_amount: null,
    inclusive: rate.inclusive,
    jurisdiction: rate.jurisdiction,
    jurisdiction_level: null,
    livemode: view.livemode,
    metadata: rate.metadata,
    percentage: rate.percentage,
    rate_type: 'percentage',
    state: rate.state,
    tax_type: rate.tax_type,
  }),
}
