import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { View } from '../store/kind.ts'
import { invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath, missing } from '../wire/lookup.ts'
import { products } from './product.ts'
import type { Product } from './product.ts'
import { createProduct, deleteProduct, updateProduct } from './save-product.ts'
import type { CreateProduct, ProductParams } from './save-product.ts'

interface ListProducts extends ListParams {
  active?: boolean
  created?: RangeParam
  ids?: readonly string[]
  shippable?: boolean
  type?: string
  url?: string
}

const fields = [
  'active',
  'description',
  'images',
  'marketing_features',
  'metadata',
  'name',
  'package_dimensions',
  'shippable',
  'statement_descriptor',
  'tax_code',
  'unit_label',
  'url',
] as const
const listed = [
  'limit',
  'starting_after',
  'ending_before',
  'active',
  'created',
  'ids',
  'shippable',
  'type',
  'url',
] as const

/** @throws StripeError 404 also for a deleted product, unlike customers */
export function livingProduct(view: View, id: string): Product {
  const product = inPath(view, products, id)
  if (product.deleted) throw missing(products, id, { param: 'id', status: 404 })
  return product
}

export const productFamily: Family = {
  kinds: [products],
  routes: [
    route<CreateProduct>(
      'products.create',
      [...fields, 'id', 'type', 'default_price_data'],
      ({ tx, params }) => products.format(createProduct(tx, params), tx),
    ),
    route('products.retrieve', [], ({ tx, id }) => products.format(livingProduct(tx, id), tx)),
    route<ProductParams>('products.update', [...fields, 'default_price'], ({ tx, id, params }) =>
      products.format(updateProduct(tx, livingProduct(tx, id), params), tx),
    ),
    route('products.del', [], ({ tx, id }) => {
      deleteProduct(tx, livingProduct(tx, id))
      return { id, object: 'product', deleted: true }
    }),
    route<ListProducts>('products.list', listed, ({ tx, params, url }) => {
      const { active, ids, shippable, type, url: page } = params
      if (ids && (params.starting_after !== undefined || params.ending_before !== undefined)) {
        throw invalidRequest('You may not specify ids together with starting_after or ending_before.', {
          param: 'ids',
          stored: false,
        })
      }
      return listPage(tx, products, {
        url,
        params,
        where: (product) =>
          inRange(params.created, product.created) &&
          (active === undefined || product.active === active) &&
          (ids === undefined || ids.includes(product.id)) &&
          (shippable === undefined || product.shippable === shippable) &&
          (type === undefined || product.type === type) &&
          (page === undefined || product.url === page),
      })
    }),
  ],
}
