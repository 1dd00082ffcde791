import { createPrice } from '../prices/create-price.ts'
import type { CreatePrice } from '../prices/create-price.ts'
import { prices } from '../prices/price.ts'
import type { Transaction } from '../store/transaction.ts'
import { textOr } from '../wire/contact.ts'
import { emptyParam, invalidParam, invalidRequest } from '../wire/errors.ts'
import { inParam } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { products } from './product.ts'
import type { PackageDimensions, Product } from './product.ts'

export interface ProductParams {
  active?: boolean
  default_price?: string
  description?: string
  images?: readonly string[] | ''
  marketing_features?: readonly { name: string }[] | ''
  metadata?: MetadataParam
  name?: string
  package_dimensions?: PackageDimensions | ''
  shippable?: boolean
  statement_descriptor?: string
  tax_code?: string
  unit_label?: string
  url?: string
}

export interface CreateProduct extends ProductParams {
  id?: string
  name: string
  type?: 'good' | 'service'
  default_price_data?: Omit<CreatePrice, 'product'>
}

/** Stripe's own bounds. */
const MAX_IMAGES = 8
const MAX_FEATURES = 15

/** @throws StripeError 400 for wrong fields or an id that is taken */
export function createProduct(tx: Transaction, params: CreateProduct): Product {
  if (params.name === '') throw emptyParam('name')
  const id = params.id ?? tx.newId(products)
  checkCustomId(id)
  const present = tx.get(products, id)
  if (present && !present.deleted) {
    throw invalidRequest(`Product already exists.`, { code: 'resource_already_exists', param: 'id' })
  }
  const blank: Product = {
    id,
    created: tx.now,
    deleted: false,
    active: true,
    default_price: null,
    description: null,
    images: [],
    marketing_features: [],
    metadata: {},
    name: params.name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    type: params.type ?? 'service',
    unit_label: null,
    updated: tx.now,
    url: null,
  }
  const product = tx.put(products, merged(blank, params))
  tx.emit('product.created', products, product)
  if (!params.default_price_data) return product
  const price = createPrice(tx, { ...params.default_price_data, product: id }, 'default_price_data')
  return tx.update('product.updated', products, { ...product, default_price: price.id })
}

/** @throws StripeError 400 for wrong fields */
export function updateProduct(tx: Transaction, product: Product, params: ProductParams): Product {
  if (params.name === '') throw emptyParam('name')
  const changed = merged(product, params)
  if (params.default_price !== undefined && params.default_price !== '') {
    const price = inParam(tx, prices, params.default_price, 'default_price')
    if (price.product !== product.id) {
      throw invalidParam(
        'default_price',
        `The price \`${price.id}\` does not belong to the product \`${product.id}\`.`,
      )
    }
  }
  return tx.update('product.updated', products, {
    ...changed,
    default_price: textOr(product.default_price, params.default_price),
    updated: tx.now,
  })
}

/** @throws StripeError 400 while the product has prices, archived ones included */
export function deleteProduct(tx: Transaction, product: Product): void {
  if (tx.rows(prices, 'product', product.id).length > 0) {
    throw invalidRequest('This product cannot be deleted because it has one or more user-created prices.')
  }
  tx.emit('product.deleted', products, product)
  tx.put(products, { ...product, deleted: true })
}

function checkCustomId(id: string): void {
  if (!/^[A-Za-z0-9_-]{1,255}$/.test(id)) {
    throw invalidParam('id', 'Ids may only contain letters, numbers, hyphens and underscores.')
  }
}

function merged(product: Product, params: ProductParams): Product {
  if (params.images && params.images.length > MAX_IMAGES) {
    throw invalidParam('images', `You may only specify up to ${MAX_IMAGES} images.`)
  }
  if (params.marketing_features && params.marketing_features.length > MAX_FEATURES) {
    throw invalidParam('marketing_features', `You may only specify up to ${MAX_FEATURES} marketing features.`)
  }
  return {
    ...product,
    active: params.active ?? product.active,
    description: textOr(product.description, params.description),
    images: params.images === '' ? [] : (params.images ?? product.images),
    marketing_features:
      params.marketing_features === '' ? [] : (params.marketing_features ?? product.marketing_features),
    metadata: mergeMetadata(product.metadata, params.metadata),
    name: params.name ?? product.name,
    package_dimensions:
      params.package_dimensions === '' ? null : (params.package_dimensions ?? product.package_dimensions),
    shippable: params.shippable ?? product.shippable,
    statement_descriptor: textOr(product.statement_descriptor, params.statement_descriptor),
    tax_code: textOr(product.tax_code, params.tax_code),
    unit_label: textOr(product.unit_label, params.unit_label),
    url: textOr(product.url, params.url),
  }
}
