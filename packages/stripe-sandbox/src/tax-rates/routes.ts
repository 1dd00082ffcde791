import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { View } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { invalidParam } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { taxRates } from './tax-rate.ts'
import type { TaxRate } from './tax-rate.ts'

interface TaxRateParams {
  active?: boolean
  country?: string
  description?: string
  display_name?: string
  jurisdiction?: string
  metadata?: MetadataParam
  state?: string
  tax_type?: string
}

interface CreateTaxRate extends TaxRateParams {
  display_name: string
  inclusive: boolean
  percentage: number
}

interface ListTaxRates extends ListParams {
  active?: boolean
  created?: RangeParam
  inclusive?: boolean
}

const fields = [
  'active',
  'country',
  'description',
  'display_name',
  'jurisdiction',
  'metadata',
  'state',
  'tax_type',
] as const

export const taxRateFamily: Family = {
  kinds: [taxRates],
  routes: [
    route<CreateTaxRate>('taxRates.create', [...fields, 'inclusive', 'percentage'], ({ tx, params }) =>
      taxRates.format(createTaxRate(tx, params), tx),
    ),
    route('taxRates.retrieve', [], ({ tx, id }) => taxRates.format(inPath(tx, taxRates, id, 'tax_rate'), tx)),
    route<TaxRateParams>('taxRates.update', fields, ({ tx, id, params }) => {
      const changed = merged(inPath(tx, taxRates, id, 'tax_rate'), params)
      return taxRates.format(tx.update('tax_rate.updated', taxRates, changed), tx)
    }),
    route<ListTaxRates>(
      'taxRates.list',
      ['limit', 'starting_after', 'ending_before', 'active', 'created', 'inclusive'],
      ({ tx, params, url }) =>
        listPage(tx, taxRates, {
          url,
          params,
          where: (rate) =>
            inRange(params.created, rate.created) &&
            (params.active === undefined || rate.active === params.active) &&
            (params.inclusive === undefined || rate.inclusive === params.inclusive),
        }),
    ),
  ],
}

/** @throws StripeError 400 when a parameter names a rate that is not there, or archived and not used yet */
export function readTaxRates(
  view: View,
  given: readonly string[] | '' | undefined,
  present: readonly string[],
  param: string,
): readonly string[] {
  if (given === undefined) return present
  if (given === '') return []
  return given.map((id, position) => {
    const rate = inParam(view, taxRates, id, `${param}[${position}]`)
    if (!rate.active && !present.includes(id)) {
      throw invalidParam(`${param}[${position}]`, `The tax rate ${id} is archived and cannot be used.`)
    }
    return rate.id
  })
}

function createTaxRate(tx: Transaction, params: CreateTaxRate): TaxRate {
  if (params.percentage < 0 || params.percentage > 100) {
    throw invalidParam('percentage', 'Tax rates must be between 0 and 100 percent.')
  }
  const blank: TaxRate = {
    id: tx.newId(taxRates),
    created: tx.now,
    active: true,
    country: null,
    description: null,
    display_name: params.display_name,
    inclusive: params.inclusive,
    jurisdiction: null,
    metadata: {},
    percentage: params.percentage,
    state: null,
    tax_type: null,
  }
  const rate = tx.put(taxRates, merged(blank, params))
  tx.emit('tax_rate.created', taxRates, rate)
  return rate
}

function merged(rate: TaxRate, params: TaxRateParams): TaxRate {
  return {
    ...rate,
    active: params.active ?? rate.active,
    country: textOr(rate.country, params.country),
    description: textOr(rate.description, params.description),
    display_name: params.display_name ?? rate.display_name,
    jurisdiction: textOr(rate.jurisdiction, params.jurisdiction),
    metadata: mergeMetadata(rate.metadata, params.metadata),
    state: textOr(rate.state, params.state),
    tax_type: textOr(rate.tax_type, params.tax_type),
  }
}
