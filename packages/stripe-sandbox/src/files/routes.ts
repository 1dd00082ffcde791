import { route } from '../route.ts'
import type { Family } from '../route.ts'
import { invalidParam, invalidRequest } from '../wire/errors.ts'
import { inRange, listPage } from '../wire/lists.ts'
import type { ListParams, RangeParam } from '../wire/lists.ts'
import { inPath } from '../wire/lookup.ts'
import { files } from './file.ts'

interface CreateFile {
  file: string
  purpose: string
}

interface ListFiles extends ListParams {
  created?: RangeParam
  purpose?: string
}

const listed = ['limit', 'starting_after', 'ending_before', 'created', 'purpose'] as const
/** What banks read. */
const EVIDENCE_TYPES = ['pdf', 'png', 'jpg']

export const fileFamily: Family = {
  kinds: [files],
  routes: [
    route<CreateFile>('files.create', ['file', 'purpose'], ({ tx, params, upload }) => {
      if (!upload) {
        throw invalidRequest('Files are uploaded in a body of type multipart/form-data.', { param: 'file' })
      }
      if (params.purpose === 'dispute_evidence' && !EVIDENCE_TYPES.includes(upload.type ?? '')) {
        throw invalidParam(
          'file',
          `Evidence files must be of one of these types: ${EVIDENCE_TYPES.join(', ')}.`,
        )
      }
      const file = tx.put(files, {
        id: tx.newId(files),
        created: tx.now,
        filename: upload.name,
        purpose: params.purpose,
        size: upload.size,
        type: upload.type ?? null,
      })
      return files.format(file, tx)
    }),
    route('files.retrieve', [], ({ tx, id }) => files.format(inPath(tx, files, id, 'file'), tx)),
    route<ListFiles>('files.list', listed, ({ tx, params, url }) =>
      listPage(tx, files, {
        url,
        params,
        ...(params.purpose === undefined ? {} : { rows: tx.rows(files, 'purpose', params.purpose) }),
        where: (file) => inRange(params.created, file.created),
      }),
    ),
  ],
}
