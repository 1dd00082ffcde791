import { z } from 'zod'
import { auditedTransaction } from '../audit/audited-transaction.ts'
import { EXPORT_FORMATS, exportFilter } from '../audit/export.ts'
import { personEndpoint, type PersonEndpoint } from './endpoint.ts'

const MEDIA_TYPE = { jsonl: 'application/jsonl', csv: 'text/csv' } as const

/** What signed-in people see of the audit log. */
export const auditEndpoints: PersonEndpoint[] = [
  personEndpoint({
    name: 'list_audit',
    method: 'GET',
    path: '/audit',
    summary: 'The latest rows of the audit log, or those about one subject; oldest first.',
    input: z.strictObject({
      subject: z.string().min(1).max(120).optional(),
      limit: z.int().min(1).max(500).default(100),
    }),
    run: async (hub, person, input) => ({
      rows: await hub.context.audit.list(person.workspace, {
        limit: input.limit,
        ...(input.subject === undefined ? {} : { subject: input.subject }),
      }),
    }),
  }),
  personEndpoint({
    name: 'verify_audit',
    method: 'GET',
    path: '/audit/verify',
    summary: 'Walks the whole chain of the audit log, through sealed segments and against checkpoints.',
    input: z.strictObject({}),
    run: (hub, person) => hub.context.audit.verify(person.workspace),
  }),
  personEndpoint({
    name: 'checkpoint_audit',
    method: 'GET',
    path: '/audit/checkpoint',
    summary: 'What is in the audit log by now, to be kept elsewhere: it shows later what was taken away.',
    input: z.strictObject({}),
    run: async (hub, person) => ({
      checkpoint: (await hub.context.audit.checkpoint(person.workspace)) ?? null,
    }),
  }),
  personEndpoint({
    name: 'export_audit',
    method: 'GET',
    path: '/audit/export',
    summary:
      'The audit log with the hash of each row, as JSONL or CSV, while it is read; the log says who took it.',
    produces: Object.values(MEDIA_TYPE),
    input: z.strictObject({ format: z.enum(EXPORT_FORMATS).default('jsonl'), ...exportFilter }),
    async run({ context }, person, { format, ...filter }) {
      await auditedTransaction(context, (tx) =>
        context.audit.append(tx, {
          actor: person,
          action: 'audit.exported',
          subject: person.workspace,
          detail: { format, ...filter },
        }),
      )
      const texts = context.audit.export(person.workspace, { format, filter })
      return new Response(ReadableStream.from(texts).pipeThrough(new TextEncoderStream()), {
        headers: {
          'content-type': `${MEDIA_TYPE[format]}; charset=utf-8`,
          'content-disposition': `attachment; filename="clawlink-audit.${format}"`,
          'x-content-type-options': 'nosniff',
          'cache-control': 'no-store',
        },
      })
    },
  }),
]
