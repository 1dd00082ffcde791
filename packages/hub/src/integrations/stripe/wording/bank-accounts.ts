import { cleanLine } from '../../../contract/clean-text.ts'
import { Problem } from '../../../contract/problem.ts'
import type { Params, Read } from '../../define.ts'
import { listAt, objectAt, textAt } from '../json.ts'
import { cardName } from './names.ts'
import { readIfAllowed } from './read-if-allowed.ts'

/** As many payouts as are looked through for one to the same place. */
const PAYOUTS_READ = 20

/** `STRIPE TEST BANK ••6789 (ba_…)`, or the debit card that instant payouts go to. */
export function bankName(account: Params): string {
  const id = cleanLine(textAt(account, 'id') ?? 'unknown', 60)
  const card = textAt(account, 'object') === 'card' ? cardName({ card: account }) : undefined
  const bank = `${cleanLine(textAt(account, 'bank_name') ?? 'bank account', 60)} ••${cleanLine(textAt(account, 'last4') ?? '????', 4)}`
  return `${card ?? bank} (${id})`
}

/**
 * Where a payout goes: the account that is named, or the one that Stripe takes by default. Undefined where the key
 * may not know, for Stripe shows an account its own bank accounts only sometimes, and then by earlier payouts.
 *
 * @throws Problem where it is known that there is none
 */
export async function readBank(
  read: Read,
  destination: string | undefined,
  currency: string,
): Promise<Params | undefined> {
  const isIt = (account: Params): boolean =>
    destination === undefined
      ? account['default_for_currency'] === true && textAt(account, 'currency') === currency
      : textAt(account, 'id') === destination
  const own = objectAt((await readIfAllowed(read, 'accounts.retrieveCurrent', {})) ?? {}, 'external_accounts')
  const found = listAt(own ?? {}, 'data').find(isIt)
  if (found !== undefined) return found
  if (own !== undefined && own['has_more'] === false) throw noBank(destination, currency)
  const earlier = await readIfAllowed(read, 'payouts.list', {
    limit: PAYOUTS_READ,
    expand: ['data.destination'],
    ...(destination === undefined ? {} : { destination }),
  })
  return listAt(earlier ?? {}, 'data')
    .map((payout) => objectAt(payout, 'destination') ?? {})
    .find(isIt)
}

function noBank(destination: string | undefined, currency: string): Problem {
  return new Problem(
    'bank_account_not_found',
    destination === undefined
      ? `No bank account of this account takes ${cleanLine(currency.toUpperCase(), 12)}.`
      : `${cleanLine(destination, 60)} is no bank account of this account.`,
    {
      nextStep:
        'Leave destination out for the default one of the currency, or let the owner add a bank account in the Stripe Dashboard.',
    },
  )
}
