import { formatAmount } from '../money.ts'
import { html } from '../pages/html.ts'
import type { Html } from '../pages/html.ts'
import type { LineItem } from './line-item.ts'

/** What is bought, a row each. */
export function itemRows(items: readonly LineItem[]): Html[] {
  return items.map(
    (item) =>
      html`<tr>
        <td>
          ${item.description}${item.quantity > 1 && html` <span class="soft">× ${item.quantity}</span>`}
        </td>
        <td>${formatAmount(item.amount_subtotal, item.currency)}</td>
      </tr>`,
  )
}
