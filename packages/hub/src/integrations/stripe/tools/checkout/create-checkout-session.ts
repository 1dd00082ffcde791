import { cleanLine } from '../../../../contract/clean-text.ts'
import { formatMoney } from '../../../../contract/money.ts'
import { defineTool } from '../../define-tool.ts'
import { EXAMPLE } from '../../example-ids.ts'
import { textAt } from '../../json.ts'
import { amountWarnings } from '../../wording/amount-warnings.ts'
import { becomes, moneyBecomes, textBecomes } from '../../wording/changes.ts'
import { linesAreTold, linesOf, readCatalogue } from '../../wording/checkout-lines.ts'
import {
  checkoutWarnings,
  expiryText,
  harmlessData,
  isWholeTotal,
  refuseWrongMode,
  refuseWrongUrls,
  secretWarning,
  subscriptionRows,
  toldData,
  totalOf,
} from '../../wording/checkout-terms.ts'
import { readDiscounts } from '../../wording/discount-params.ts'
import { readGivenCustomer } from '../../wording/living-customer.ts'
import { customerName } from '../../wording/names.ts'
import { refuseBadUrls, shownUrl, urlWarnings } from '../../wording/urls.ts'
import { readUsualAmount } from '../../wording/usual-amount.ts'

const URLS = ['success_url', 'cancel_url', 'return_url']
const WHERE: Record<string, string> = {
  success_url: 'Afterwards the customer is sent to',
  cancel_url: 'Who gives up is sent to',
  return_url: 'The customer comes back to',
}

const DOES: Record<string, string> = {
  payment: 'pays',
  subscription: 'subscribes',
  setup: 'saves a payment method',
}

export const createCheckoutSession = defineTool({
  name: 'stripe_create_checkout_session',
  group: 'Checkout Sessions',
  description: 'Create a hosted checkout page',
  mode: 'write',
  effect: 'change',
  operation: 'checkout.sessions.create',
  usual: [
    'mode',
    'line_items',
    'success_url',
    'cancel_url',
    'customer',
    'customer_email',
    'currency',
    'metadata',
  ],
  required: ['mode'],
  rules: [
    { atMostOne: ['customer', 'customer_account', 'customer_email'] },
    { atMostOne: ['allow_promotion_codes', 'discounts'] },
    { when: 'mode', is: 'payment', needs: ['line_items'] },
    {
      when: 'mode',
      is: 'payment',
      excludes: ['subscription_data', 'setup_intent_data', 'payment_method_collection'],
    },
    { when: 'mode', is: 'subscription', needs: ['line_items'] },
    {
      when: 'mode',
      is: 'subscription',
      excludes: ['payment_intent_data', 'setup_intent_data', 'customer_creation', 'invoice_creation'],
    },
    {
      when: 'mode',
      is: 'setup',
      excludes: [
        'line_items',
        'discounts',
        'payment_intent_data',
        'subscription_data',
        'invoice_creation',
        'payment_method_collection',
        'submit_type',
      ],
    },
    { param: 'subscription_data.trial_period_days', min: 1 },
    { atMostOne: ['subscription_data.trial_period_days', 'subscription_data.trial_end'] },
  ],
  guidance: {
    whenToUse:
      'To let a customer pay, subscribe or save a card on a page of Stripe, through a link that you give them. To charge a saved card without the customer, stripe_create_payment_intent.',
    askBefore: [
      'What is bought, in which quantity, once or as a subscription.',
      'Where the page leads afterwards (success_url), and who gets the link.',
    ],
    safeDefaults: [
      'Take prices of stripe_list_prices; price_data {currency, unit_amount, product_data: {name}} makes one on the way.',
      'mode: payment (once), subscription (with a recurring price), setup (save a card; needs currency).',
      'It expires after 24 hours; expires_at may say sooner, from 30 minutes on.',
    ],
    examples: [
      {
        title: 'Sell two of something',
        params: {
          mode: 'payment',
          line_items: [{ price: EXAMPLE.price, quantity: 2 }],
          success_url: 'https://example.com/thanks?session={CHECKOUT_SESSION_ID}',
          cancel_url: 'https://example.com/cart',
        },
      },
      {
        title: 'Start a subscription of a customer',
        params: {
          mode: 'subscription',
          customer: EXAMPLE.customer,
          line_items: [{ price: EXAMPLE.otherPrice, quantity: 1 }],
          success_url: 'https://example.com/welcome',
        },
      },
    ],
    followups: [
      'Give url to the customer; it is null once the session is not open.',
      'stripe_get_checkout_session says whether it was paid; stripe_expire_checkout_session ends it.',
    ],
  },
  async prepare(given, read) {
    const params = { ui_mode: 'hosted_page', ...given }
    refuseWrongUrls(params)
    refuseBadUrls(params, URLS)
    const mode = textAt(params, 'mode') ?? ''
    const catalogue = await readCatalogue(params, read)
    const planned = linesOf(params, catalogue)
    refuseWrongMode(params, planned)
    const discounts = await readDiscounts(read, params)
    const customer = await readGivenCustomer(read, params)
    const currency = textAt(planned[0]?.price ?? params, 'currency')
    const usual =
      currency === undefined ? undefined : await readUsualAmount(read, currency, textAt(params, 'customer'))
    return {
      params,
      facts: {
        customer: customer === undefined ? null : customerName(customer),
        lines: planned.map(({ product, text }) => `${product}: ${text}`).join('\n'),
        discounts: discounts.join('\n'),
      },
      describe(sent) {
        const lines = linesOf(sent, catalogue)
        const whom =
          customer === undefined
            ? (textAt(sent, 'customer_email') ?? 'whoever has the link')
            : customerName(customer)
        const total = totalOf(sent, lines)
        const isWhole = isWholeTotal(sent, customer)
        return {
          summary: `Make a checkout page on which ${cleanLine(whom, 160)} ${DOES[mode] ?? mode}${total === undefined ? '' : `: ${formatMoney(total)}${isWhole ? '' : ', before discounts and extras'}`}`,
          changes: [
            becomes('Page', null, `open ${expiryText(sent)}`, 'status', 'open'),
            becomes('Mode', null, mode, 'mode', mode),
            ...lines.map(({ product, text }, index) => ({
              what: `Line ${index + 1}: ${product}`,
              before: null,
              after: text,
            })),
            ...(total === undefined
              ? []
              : [moneyBecomes('Sum of the lines', null, total, 'amount_subtotal')]),
            ...(total !== undefined && isWhole
              ? [moneyBecomes('To pay on the page', null, total, 'amount_total')]
              : []),
            ...discounts.map((name) => ({ what: 'Discount', before: null, after: name })),
            ...subscriptionRows(sent, lines),
            ...textBecomes('Customer', sent, 'customer', () => whom),
            ...URLS.flatMap((name) => textBecomes(WHERE[name] ?? name, sent, name, shownUrl)),
          ],
          warnings: [
            secretWarning(sent),
            ...(total === undefined
              ? []
              : amountWarnings(total, { customerCurrency: textAt(customer ?? {}, 'currency'), usual })),
            ...checkoutWarnings(sent),
            ...urlWarnings(sent, URLS),
          ],
          irreversible: '',
          told: [
            'mode',
            'customer',
            'customer_email',
            'expires_at',
            'discounts',
            ...URLS,
            ...(linesAreTold(sent) ? ['line_items'] : []),
            'allow_promotion_codes',
            ...toldData(sent),
          ],
          literal: [
            ...harmlessData(sent),
            'allowed_payment_method_types',
            'billing_address_collection',
            'client_reference_id',
            'currency',
            'custom_fields',
            'custom_text',
            'customer_creation',
            'customer_update',
            'excluded_payment_method_types',
            'locale',
            'metadata',
            'name_collection',
            'payment_method_collection',
            'phone_number_collection',
            'redirect_on_completion',
            'submit_type',
            'ui_mode',
          ],
        }
      },
    }
  },
})
