import type { Kind } from '../store/kind.ts'
import type { Transaction } from '../store/transaction.ts'

/** A mail that Stripe would send in live mode; here it is only kept. */
export interface OutgoingEmail {
  id: string
  created: number
  to: string
  subject: string
  /** The object that it is about: `in_…`, `cn_…`. */
  about: string
}

export const emails: Kind<OutgoingEmail> = {
  table: 'emails',
  // Not an object of Stripe's: no operation answers it.
  type: 'OutgoingEmail',
  prefix: 'mail_',
  idLength: 24,
  noun: 'email',
  indexes: ['about'],
  format: ({ id, created, to, subject, about }) => ({ id, object: 'email', about, created, subject, to }),
}

export function recordEmail(
  tx: Transaction,
  email: Pick<OutgoingEmail, 'to' | 'subject' | 'about'>,
): OutgoingEmail {
  return tx.put(emails, { id: tx.newId(emails), created: tx.now, ...email })
}
