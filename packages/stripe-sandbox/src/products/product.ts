import type { Kind } from '../store/kind.ts'
import type { Metadata } from '../wire/metadata.ts'

export type PackageDimensions = {
  readonly height: number
  readonly length: number
  readonly weight: number
  readonly width: number
}

export interface Product {
  id: string
  created: number
  deleted: boolean
  active: boolean
  default_price: string | null
  description: string | null
  images: readonly string[]
  marketing_features: readonly { readonly name: string }[]
  metadata: Metadata
  name: string
  package_dimensions: PackageDimensions | null
  shippable: boolean | null
  statement_descriptor: string | null
  tax_code: string | null
  type: 'good' | 'service'
  unit_label: string | null
  updated: number
  url: string | null
}

export const products: Kind<Product> = {
  table: 'products',
  type: 'Product',
  prefix: 'prod_',
  idLength: 14,
  customIdsIn: 'product',
  noun: 'product',
  indexes: [],
  isDeleted: (product) => product.deleted,
  format: (product, view) => ({
    id: product.id,
    object: 'product',
    active: product.active,
    created: product.created,
    default_price: product.default_price,
    description: product.description,
    images: product.images,
    livemode: view.livemode,
    marketing_features: product.marketing_features,
    metadata: product.metadata,
    name: product.name,
    package_dimensions: product.package_dimensions,
    shippable: product.shippable,
    statement_descriptor: product.statement_descriptor,
    tax_code: product.tax_code,
    tax_details: null,
    type: product.type,
    unit_label: product.unit_label,
    updated: product.updated,
    url: product.url,
  }),
}
