import { STATEMENT_DESCRIPTOR } from '../charges/charge.ts'
import { bankAccounts, bankAccountsOf } from '../payouts/bank-account.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import type { JsonObject } from '../store/json.ts'
import type { Transaction } from '../store/transaction.ts'
import { accountInvalid } from '../wire/auth.ts'

/** The account that a key belongs to: an ordinary one that may charge cards and be paid out. */
export function formatAccount(tx: Transaction): JsonObject {
  const { account } = tx
  return {
    id: account.id,
    object: 'account',
    business_profile: {
      annual_revenue: null,
      estimated_worker_count: null,
      mcc: '5734',
      minority_owned_business_designation: null,
      name: 'Sandbox Business',
      product_description: null,
      specified_commercial_transactions_act_url: null,
      support_address: null,
      support_email: null,
      support_phone: null,
      support_url: null,
      url: null,
    },
    business_type: 'company',
    capabilities: { card_payments: 'active', transfers: 'active' },
    charges_enabled: true,
    controller: { type: 'account' },
    country: 'US',
    created: account.created,
    default_currency: 'usd',
    details_submitted: true,
    email: 'owner@example.com',
    external_accounts: {
      object: 'list',
      data: bankAccountsOf(tx).map((bank) => bankAccounts.format(bank, tx)),
      has_more: false,
      url: `/v1/accounts/${account.id}/external_accounts`,
    },
    metadata: {},
    payouts_enabled: true,
    settings: {
      branding: { icon: null, logo: null, primary_color: null, secondary_color: null },
      card_payments: {
        decline_on: { avs_failure: false, cvc_failure: false },
        statement_descriptor_prefix: STATEMENT_DESCRIPTOR,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      dashboard: { display_name: 'Sandbox Business', timezone: 'Etc/UTC' },
      payments: {
        statement_descriptor: STATEMENT_DESCRIPTOR,
        statement_descriptor_kana: null,
        statement_descriptor_kanji: null,
        statement_descriptor_prefix_kana: null,
        statement_descriptor_prefix_kanji: null,
      },
      payouts: {
        debit_negative_balances: true,
        // Nothing is paid out unless it is asked for.
        schedule: { delay_days: 2, interval: 'manual' },
        statement_descriptor: null,
      },
    },
    type: 'standard',
  }
}

export const accountFamily: Family = {
  kinds: [],
  routes: [
    route('accounts.retrieveCurrent', [], ({ tx }) => formatAccount(tx)),
    route('accounts.retrieve', [], ({ tx, id, key }) => {
      if (id !== tx.account.id) throw accountInvalid(key, id)
      return formatAccount(tx)
    }),
  ],
}
