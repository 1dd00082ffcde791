import { invoices } from '../invoices/invoice.ts'
import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { textOr } from '../wire/contact.ts'
import { inRange, innerList, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inParam, inPath } from '../wire/lookup.ts'
import { mergeMetadata } from '../wire/metadata.ts'
import type { MetadataParam } from '../wire/metadata.ts'
import { createCreditNote, draftCreditNote, voidCreditNote } from './create-credit-note.ts'
import type { CreateCreditNote } from './create-credit-note.ts'
import { creditNotes, formatCreditNoteLine } from './credit-note.ts'

interface ListCreditNotes extends ListParams {
  created?: RangeParam
  customer?: string
  invoice?: string
}

const fields = [
  'amount',
  'credit_amount',
  'effective_at',
  'email_type',
  'invoice',
  'lines',
  'memo',
  'metadata',
  'out_of_band_amount',
  'reason',
  'refund_amount',
  'refunds',
] as const

export const creditNoteFamily: Family = {
  kinds: [creditNotes],
  routes: [
    route<CreateCreditNote>('creditNotes.create', fields, ({ tx, params }) =>
      creditNotes.format(createCreditNote(tx, params), tx),
    ),
    // Shows what creating it would: nothing is stored.
    route<CreateCreditNote>('creditNotes.preview', fields, ({ tx, params }) => {
      const invoice = inParam(tx, invoices, params.invoice, 'invoice')
      return creditNotes.format(draftCreditNote(tx, invoice, params), tx)
    }),
    route('creditNotes.retrieve', [], ({ tx, id }) =>
      creditNotes.format(inPath(tx, creditNotes, id, 'id'), tx),
    ),
    route<{ memo?: string; metadata?: MetadataParam }>(
      'creditNotes.update',
      ['memo', 'metadata'],
      ({ tx, id, params }) => {
        const note = inPath(tx, creditNotes, id, 'id')
        const updated = tx.update('credit_note.updated', creditNotes, {
          ...note,
          memo: textOr(note.memo, params.memo),
          metadata: mergeMetadata(note.metadata, params.metadata),
        })
        return creditNotes.format(updated, tx)
      },
    ),
    route('creditNotes.voidCreditNote', [], ({ tx, id }) =>
      creditNotes.format(voidCreditNote(tx, inPath(tx, creditNotes, id, 'id')), tx),
    ),
    // A credit note has few lines, so that they come in one page.
    route('creditNotes.listLineItems', [], ({ tx, id, url }) => {
      const note = inPath(tx, creditNotes, id, 'id')
      return innerList(
        url,
        note.lines.map((line) => formatCreditNoteLine(line, tx)),
      )
    }),
    route<ListCreditNotes>(
      'creditNotes.list',
      ['limit', 'starting_after', 'ending_before', 'created', 'customer', 'invoice'],
      ({ tx, params, url }) =>
        listPage(tx, creditNotes, {
          url,
          params,
          where: (note) =>
            inRange(params.created, note.created) &&
            (params.customer === undefined || note.customer === params.customer) &&
            (params.invoice === undefined || note.invoice === params.invoice),
        }),
    ),
  ],
}
