import { createPrice } from './create-price.ts'
import { createProduct } from './create-product.ts'
import { deleteProduct } from './delete-product.ts'
import { getProduct } from './get-product.ts'
import { listPrices } from './list-prices.ts'
import { listProducts } from './list-products.ts'
import { updateProduct } from './update-product.ts'

export const products = [
  listProducts,
  getProduct,
  createProduct,
  updateProduct,
  deleteProduct,
  createPrice,
  listPrices,
]
