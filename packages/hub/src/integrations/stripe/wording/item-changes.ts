import { Problem } from '../../../contract/problem.ts'
import type { Change, Params, Read } from '../../define.ts'
import { idAt, integerAt, objectAt, textAt } from '../json.ts'
import { becomes } from './changes.ts'
import { holdsOnly } from './holds-only.ts'
import { isMetered, itemsOf, itemText } from './subscriptions.ts'
import { wrongParam } from './wrong-param.ts'

/** What is told of an item; anything else in it is for whoever approves to read. */
const TOLD = ['id', 'price', 'price_data', 'quantity', 'deleted']
const TOLD_PRICE_DATA = ['currency', 'product', 'recurring', 'unit_amount', 'unit_amount_decimal']

/** One item of a subscription as it is and as it will be. */
export interface ItemChange {
  /** Absent for one that is added. */
  id: string | undefined
  before: string | null
  /** Absent for one that is removed. */
  after: string | undefined
  price: string | undefined
  quantity: { before: string | null; after: number } | undefined
  recycles: boolean
}

export interface ItemsChange {
  items: ItemChange[]
  warnings: string[]
  /** Another interval begins a new billing cycle. */
  recycles: boolean
  /** Whether `items` tell all that is sent of them. */
  told: boolean
}

/** A recurring price, with its product. @throws Problem for what Stripe would refuse */
export async function readRecurringPrice(read: Read, id: string, at: string): Promise<Params> {
  if (id.startsWith('prod_')) {
    throw new Problem('invalid_params', `"${at}" takes a price (price_…); ${id} is a product.`, {
      nextStep: 'Choose one of the product’s prices with stripe_list_prices.',
    })
  }
  const price = await read('prices.retrieve', { id, expand: ['product'] })
  if (objectAt(price, 'recurring') === undefined)
    throw wrongParam(
      at,
      `${id} is a one-time price: a subscription takes recurring ones (one-time ones go into add_invoice_items)`,
    )
  if (price['active'] === false) throw wrongParam(at, `${id} is archived: Stripe takes active prices alone`)
  return price
}

/** The price that an item names or describes. */
export async function readItemPrice(read: Read, item: Params, at: string): Promise<Params | undefined> {
  const id = textAt(item, 'price') ?? textAt(item, 'plan')
  return id === undefined ? objectAt(item, 'price_data') : readRecurringPrice(read, id, `${at}.price`)
}

/** Reads what `items` of an update do. @throws Problem for what Stripe would refuse */
export async function readItemsChange(
  read: Read,
  subscription: Params,
  given: Params[],
): Promise<ItemsChange> {
  const present = itemsOf(subscription)
  const items: ItemChange[] = []
  for (const [index, item] of given.entries())
    items.push(await readItemChange(read, present, item, `items[${index}]`))
  const removed = items.filter(({ after }) => after === undefined).length
  const added = items.filter(({ id }) => id === undefined)
  if (removed > 0 && present.length - removed + added.length === 0) refuseLast(subscription)
  return {
    items,
    warnings: added.flatMap(({ after }) => addedWarning(after ?? '', present, items)),
    recycles: textAt(subscription, 'status') !== 'trialing' && items.some((item) => item.recycles),
    told: given.every(isItemTold),
  }
}

/** Rows for items, checked in the answer where the place is sure, else by a read of the item. */
export function itemRows(subscription: Params, { items }: ItemsChange): Change[] {
  const alone = itemsOf(subscription).length === 1 && items.length === 1
  return items.flatMap(({ id, before, after, price, quantity }) => {
    if (after === undefined) return [{ what: `Item ${id ?? ''}`, before, after: 'removed' }]
    if (id === undefined) return [{ what: 'New item', before: null, after }]
    const at = alone ? 'items.data.0.' : ''
    const read = alone ? undefined : { operation: 'subscriptionItems.retrieve', params: { id } }
    return [
      price === undefined
        ? { what: `Item ${id}`, before, after }
        : becomes(`Item ${id}`, before, after, `${at}price`, price, read),
      ...(quantity === undefined
        ? []
        : [
            becomes(
              `Quantity of ${id}`,
              quantity.before,
              String(quantity.after),
              `${at}quantity`,
              quantity.after,
              read,
            ),
          ]),
    ]
  })
}

export function isItemTold(item: Params): boolean {
  const data = item['price_data']
  return holdsOnly(item, TOLD) && (data === undefined || holdsOnly(data, TOLD_PRICE_DATA))
}

/** A subscription has at least one item. */
export function refuseLast(subscription: Params): never {
  throw new Problem(
    'invalid_state',
    `This is the last item of ${textAt(subscription, 'id') ?? 'the subscription'}: Stripe keeps at least one.`,
    { nextStep: 'To end the subscription: stripe_cancel_subscription.' },
  )
}

async function readItemChange(read: Read, present: Params[], item: Params, at: string): Promise<ItemChange> {
  const id = textAt(item, 'id')
  const price = await readItemPrice(read, item, at)
  if (id === undefined) return addedItem(present, item, price, at)
  const old = present.find((candidate) => textAt(candidate, 'id') === id)
  if (old === undefined) {
    throw new Problem('subscription_item_not_found', `${id} is no item of this subscription.`, {
      nextStep: 'Take the ids from stripe_list_subscription_items.',
    })
  }
  const before = itemText(old)
  if (item['deleted'] === true)
    return { id, before, after: undefined, price: undefined, quantity: undefined, recycles: false }
  const after = { price: price ?? objectAt(old, 'price'), quantity: item['quantity'] ?? old['quantity'] }
  refuseMeteredQuantity(after.price, item, at)
  return {
    id,
    before,
    after: itemText(after),
    price: idAt(after, 'price'),
    quantity:
      item['quantity'] === undefined
        ? undefined
        : { before: shownQuantity(old), after: integerAt(item, 'quantity') },
    recycles: price !== undefined && !sameInterval(price, objectAt(old, 'price') ?? {}),
  }
}

function addedItem(present: Params[], item: Params, price: Params | undefined, at: string): ItemChange {
  if (item['deleted'] === true) throw wrongParam(`${at}.id`, `"${at}" needs the id of the item to remove`)
  if (price === undefined) {
    throw new Problem(
      'invalid_params',
      `"${at}" needs an id (si_…) to change an item, or a price to add one.`,
      {
        nextStep: 'Take the id from stripe_list_subscription_items.',
      },
    )
  }
  const same = present.find((candidate) => idAt(candidate, 'price') === textAt(price, 'id'))
  if (same !== undefined) {
    throw new Problem(
      'invalid_params',
      `The subscription has an item with the price ${textAt(price, 'id') ?? ''} already: ${textAt(same, 'id') ?? ''}.`,
      {
        nextStep: `To change its quantity, give items [{"id": "${textAt(same, 'id') ?? ''}", "quantity": …}] to stripe_update_subscription.`,
      },
    )
  }
  refuseMeteredQuantity(price, item, at)
  const quantity = item['quantity'] ?? (isMetered(price) ? undefined : 1)
  return {
    id: undefined,
    before: null,
    after: itemText({ price, quantity }),
    price: textAt(price, 'id'),
    quantity: typeof quantity === 'number' ? { before: null, after: quantity } : undefined,
    recycles: false,
  }
}

function shownQuantity(item: Params): string | null {
  const quantity = item['quantity']
  return typeof quantity === 'number' ? String(quantity) : null
}

function sameInterval(left: Params, right: Params): boolean {
  const [a, b] = [objectAt(left, 'recurring') ?? {}, objectAt(right, 'recurring') ?? {}]
  return a['interval'] === b['interval'] && (a['interval_count'] ?? 1) === (b['interval_count'] ?? 1)
}

function refuseMeteredQuantity(price: Params | undefined, item: Params, at: string): void {
  if (item['quantity'] !== undefined && price !== undefined && isMetered(price))
    throw wrongParam(`${at}.quantity`, 'A metered price has no quantity: usage is reported instead')
}

/** Whoever gives a price without an id often means to swap, and then pays for both. */
function addedWarning(after: string, present: Params[], items: ItemChange[]): string[] {
  const untouched = present.filter((item) => items.every(({ id }) => id !== textAt(item, 'id')))
  if (untouched.length === 0) return []
  const kept = untouched.map((item) => `${textAt(item, 'id') ?? ''} (${itemText(item)})`).join(', ')
  return [
    `${after} is added, as it has no id: ${kept} stays and is paid for as well. To swap, give the id with the new price.`,
  ]
}
