/**
 * What people say who do not know Stripe's words, by tool: everyday verbs and things, and Stripe's own values. Words
 * that the tool's name, description and guidance hold already are not repeated.
 */
export const TOOL_WORDS: Record<string, string> = {
  stripe_list_customers:
    'everyone who buys, all clients buyers, newest, recent, show people, customer base, everybody who signed up since',
  stripe_get_customer: 'look up client, on file, store credit left, who is, profile, contact details',
  stripe_create_customer: 'add register new client buyer person, sign up account',
  stripe_update_customer:
    'change edit correct client email address phone name moved, default card, default payment method, tax exempt',
  stripe_delete_customer: 'erase remove get rid of client person for good, gdpr, forget, duplicate',
  stripe_create_customer_balance_transaction:
    'store credit, goodwill, give euros dollars credit next bill, adjust owes, debit balance',
  stripe_create_customer_session:
    'client secret, pricing table, elements, buy button, logged in, saved cards in elements',
  stripe_search_customers:
    'find somebody someone called named, part of e-mail, metadata order id, look for client',
  stripe_list_payment_intents:
    'recent payments, what did people pay today, paid, sales revenue, failed declined payments this week, transactions',
  stripe_get_payment_intent:
    'did it go through, why did payment fail, status of a payment, declined, check payment',
  stripe_create_payment_intent:
    'charge bill a customer card, take a payment, collect money dollars, pay now, sell once, one-time, bill the saved card of a customer off session while not on the site, one-time sale',
  stripe_confirm_payment_intent:
    'go ahead with payment waiting, requires_confirmation, try another card, retry payment, execute',
  stripe_capture_payment_intent:
    'take collect money funds authorized held hold on card, requires_capture, settle authorization',
  stripe_cancel_payment_intent:
    'release the hold, void authorization, abandon payment never completed, give up payment',
  stripe_get_balance: 'how much money do we have, available pending funds, account',
  stripe_list_balance_transactions:
    'fees stripe took, ledger, everything that moved money, net after fees, accounting, bookkeeping, which sales add up to the deposit, reconcile line by line',
  stripe_create_charge: 'charge token tok_visa source, legacy old, src card token',
  stripe_capture_charge: 'take money authorized charge made with capture=false, legacy, uncaptured',
  stripe_create_refund:
    'give send money back, return, reimburse, repay customer, wants dollars back, money back, order broken, undo payment, reverse a payment that went through twice, double charge, overcharged',
  stripe_list_subscriptions:
    'who pays every month, members memberships plans, cancelled members, past_due trialing unpaid, recurring customers, churn',
  stripe_get_subscription: 'when does plan renew, details of membership, next billing date, trial end',
  stripe_create_subscription:
    'sign up subscribe client monthly yearly plan, start recurring billing, free trial days, membership',
  stripe_update_subscription:
    'upgrade downgrade switch plan, change seats quantity, yearly monthly billing, extend trial, move to pro',
  stripe_cancel_subscription:
    'stop charging billing them, end quit terminate membership plan, wants out, unsubscribe, at the end of the month period, customer wants out, does not want to continue, leave, opt out',
  stripe_pause_subscription:
    'put on hold, freeze suspend billing membership plan, break, pause_collection, skip a month, travelling',
  stripe_resume_subscription:
    'unpause, start charging again after break, reactivate restart continue plan that was on hold, unfreeze, back again',
  stripe_list_subscription_items:
    'what is included in subscription, si_ ids, prices and quantities on running plan',
  stripe_create_subscription_item:
    'add-on addon add option extra second price onto running existing plan membership, also bill',
  stripe_delete_subscription_item: 'drop remove take off add-on product option from running plan membership',
  stripe_list_invoices:
    'who owes us, unpaid overdue outstanding open bills, everything we billed, receivables, debts',
  stripe_get_invoice: 'look at bill, what is on this bill, pdf of a bill, hosted link, paid yet',
  stripe_create_invoice:
    'bill a client for work consulting, write up new bill, one-off invoice net 30 days, prepare a bill for a job, terms',
  stripe_finalize_invoice: 'lock draft bill so it can be paid, make official, turn draft into open, issue',
  stripe_send_invoice: 'email mail bill to client, remind reminder to pay, mail out again, dunning',
  stripe_void_invoice: 'cancel annul invalidate open bill, mistake, already finalized issued wrong',
  stripe_delete_invoice: 'throw away discard draft bill never finalized',
  stripe_create_preview_invoice:
    'what will next bill be, how much would upgrade cost today, upcoming, proration, simulate estimate quote change, what will they be charged if I switch, what would change, without changing anything, dry run',
  stripe_add_invoice_lines: 'put rows positions lines on draft bill, hours of work, line items onto',
  stripe_create_invoice_item:
    'one-time fee on next bill, charge extra with next renewal, setup fee, invoiceitem, surcharge, add to her bill',
  stripe_list_invoice_items: 'waiting to be billed, pending items, extras not on a bill yet, unbilled',
  stripe_create_credit_note: 'reduce lower correct bill already issued paid, goods came back, credit memo',
  stripe_create_checkout_session:
    'hosted payment page, send page link where she can buy pay, sell a plan through page, cart, shop',
  stripe_get_checkout_session:
    'did shopper finish paying on page, payment_status of checkout, cart completed abandoned',
  stripe_expire_checkout_session:
    'kill close checkout link payment page so nobody can use pay it, invalidate',
  stripe_list_products: 'what do we sell, catalogue catalog of goods articles items services',
  stripe_get_product: 'is this article item still on sale',
  stripe_create_product: 'add new item article merchandise service to shop sell',
  stripe_update_product:
    'rename article, other description picture image, bring archived product back, reactivate, active',
  stripe_delete_product:
    'stop selling article, retire old goods, take item out of shop, discontinue, deactivate, hide, active=false',
  stripe_create_price:
    'make cost, how much it costs, euros dollars a month for plan, metered pricing per unit gigabyte, tariff tier, charge more, raise the price, new price instead of old',
  stripe_list_prices: 'how much do our plans cost, price list, tariffs of one product, rates',
  stripe_create_coupon: 'percent off, discount black friday sale, half price first months, voucher, rebate',
  stripe_list_coupons: 'which discounts do we have, all vouchers, rebates sales, deals, offers',
  stripe_delete_coupon: 'end stop summer sale discount, remove voucher, nobody new should get',
  stripe_create_promotion_code: 'code that customers type in, promo, voucher code limited uses, gift code',
  stripe_create_billing_portal_session:
    'let customer change own card, self service link to manage plan, customer portal login',
  stripe_create_billing_portal_configuration:
    'decide what customers may do in self service, portal settings, forbid allow cancelling, features',
  stripe_list_disputes:
    'chargebacks, contested with bank, complaints, open disputes, retrievals inquiries, charge backs',
  stripe_get_dispute: 'deadline for evidence, why cardholder complain, how is chargeback doing, reason',
  stripe_close_dispute:
    'give up on chargeback, concede, do not fight, accept as lost, forfeit, let the cardholder win, not worth fighting',
  stripe_list_payouts:
    'deposits to our bank, when does our money arrive, pay outs, bank transfers withdrawals, pay-outs to bank account',
  stripe_get_payout:
    'has it landed arrived, why did transfer to our bank bounce fail, details of one deposit withdrawal',
  stripe_create_payout:
    'send our money to bank, withdraw withdrawal, instant cash out, pay out, pay outs, move money to my bank today',
  stripe_cancel_payout: 'stop withdrawal that has not left yet, call off deposit',
  stripe_list_payment_methods: 'which cards on file, saved cards, bank account stored, wallet',
  stripe_attach_payment_method: 'save link this card to client, pm_card_visa, add card',
  stripe_detach_payment_method:
    'forget remove delete old saved card visa from account, take expired card off file',
  stripe_create_payment_method: 'pm from card token, register iban sepa debit bank account',
  stripe_create_setup_intent:
    'save card for later without charging, permission to charge card in future, off session set-up, mandate, collect card info details now without taking any money, bill later',
  stripe_confirm_setup_intent: 'finish saving the card, requires_confirmation, complete set-up seti',
  stripe_cancel_setup_intent: 'gave up saving card, abort stop setup of a card',
}

/** The same for the operations that no curated tool is for: of a whole family, or of one operation. */
export const OTHER_WORDS: Record<string, string> = {
  'balanceSettings.update': 'change payout schedule daily weekly monthly',
  'billing.creditGrants': 'prepaid usage credits',
  'billing.meterEvents': 'report usage used consumption of customer',
  'billing.meters': 'usage metering consumption',
  'billing.meters.listEventSummaries': 'how much usage used this month',
  charges: 'payment',
  'checkout.sessions.listLineItems': 'what did they buy, bought, cart content',
  creditNotes: 'credit memo',
  customers: 'client',
  'customers.createFundingInstructions': 'bank details for wire transfer',
  disputes: 'chargeback evidence fight win shipping receipt tracking number proof',
  'entitlements.activeEntitlements': 'which features is customer entitled to, access',
  events: 'log history what happened',
  fileLinks: 'public url address of uploaded file share',
  'identity.verificationSessions': 'check passport identity document of a person, kyc',
  invoices: 'bill',
  'invoices.update': 'due date memo footer',
  paymentIntents: 'payment',
  'paymentIntents.incrementAuthorization': 'raise increase hold hotel guest',
  'paymentIntents.update': 'amount description not confirmed yet',
  paymentLinks: 'reusable link to share post sell, QR code that always goes to the same page',
  paymentMethodConfigurations: 'turn on off klarna apple pay google pay wallets',
  prices: 'deactivate activate',
  'radar.earlyFraudWarnings': 'fraud warning',
  'radar.valueListItems': 'block allow list email card ip',
  quotes: 'offer proposal estimate for a client before they buy',
  'reporting.reportRuns': 'report reconciliation run csv',
  'products.search': 'find item whose name contains, by metadata',
  'promotionCodes.update': 'turn off deactivate promo code',
  'refunds.list': 'that we made, money given back last month',
  reviews: 'manual review fraud waiting',
  shippingRates: 'delivery shipping cost options',
  subscriptionSchedules: 'switch plan later from a date on next january, phases',
  'tax.calculations': 'work out calculate sales tax vat order',
  'tax.registrations': 'registered for vat gst sales tax country',
  taxIds: 'vat number',
  taxRates: 'vat gst sales tax percent, put on bills',
  'terminal.readers': 'card reader terminal device in person',
  'terminal.readers.processPaymentIntent':
    'take a payment on the card terminal, push amount to card machine at the till',
  'testHelpers.testClocks': 'simulate time travel jump ahead month',
  topups: 'add funds to our balance from the bank, put money from my bank into stripe balance, fund account',
  'terminal.readers.list': 'all card readers',
  transfers: 'move money to connected account',
  'transfers.create': 'pay a seller on marketplace their share',
  'v2.core.accounts': 'v2 account',
  'subscriptionSchedules.create':
    'plan a change price increase ahead, first months at one price then another, planned in phases',
  webhookEndpoints:
    'webhooks url notify, endpoints urls being notified when something happens, call my server when a payment succeeds',
}

/** Methods of the SDK in the words that people have for them. */
export const METHOD_WORDS: Record<string, string> = {
  create: 'add new make register',
  createReversal: 'take back undo',
  del: 'delete remove',
  list: 'all which show',
  markUncollectible: 'write off bad debt',
  pay: 'collect charge right now, mark paid cash',
  retrieve: 'get show look details',
  update: 'change edit',
}

/** What an id in a query stands for. */
export const ID_WORDS: Record<string, string> = {
  ch: 'charge charges retrieve',
  cn: 'credit note',
  cs: 'checkout session get',
  cus: 'customer get',
  di: 'dispute get',
  dp: 'dispute get',
  du: 'dispute get',
  ii: 'invoice item',
  in: 'invoice get',
  pi: 'payment intent get',
  plink: 'payment link',
  pm: 'payment method',
  po: 'payout get',
  price: 'price',
  prod: 'product get',
  promo: 'promotion code',
  re: 'refund refunds retrieve',
  seti: 'setup intent',
  si: 'subscription item',
  sub: 'subscription get',
  tr: 'transfer',
  txn: 'balance transaction',
  we: 'webhook endpoint',
}
