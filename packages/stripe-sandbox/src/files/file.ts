import type { Kind } from '../store/kind.ts'
import { innerList } from '../wire/lists.ts'

/** What is known of an uploaded file; its contents are not kept. */
export interface StoredFile {
  id: string
  created: number
  filename: string
  purpose: string
  size: number
  type: string | null
}

export const files: Kind<StoredFile> = {
  table: 'files',
  type: 'File',
  prefix: 'file_',
  idLength: 24,
  noun: 'file upload',
  indexes: ['purpose'],
  format: (file) => ({
    id: file.id,
    object: 'file',
    created: file.created,
    expires_at: null,
    filename: file.filename,
    links: innerList(`/v1/file_links?file=${file.id}`, []),
    purpose: file.purpose,
    size: file.size,
    title: null,
    type: file.type,
    url: null,
  }),
}
