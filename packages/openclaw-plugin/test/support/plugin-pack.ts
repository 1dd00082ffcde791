import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { buildPlugin } from '../../../../scripts/build-plugin.ts'

export interface Packed {
  folder: string
  tarball: string
  name: string
  version: string
  files: string[]
}

/** The plugin exactly as it is published. */
export async function packPlugin(into: string): Promise<Packed> {
  const folder = await buildPlugin(join(into, 'plugin'))
  const { stdout } = await promisify(execFile)('npm', ['pack', '--json', '--pack-destination', into], {
    cwd: folder,
  })
  const [packed] = JSON.parse(stdout) as Array<{
    filename: string
    name: string
    version: string
    files: Array<{ path: string }>
  }>
  if (packed === undefined) throw new Error(`npm packed nothing: ${stdout}`)
  const { filename, name, version, files } = packed
  return { folder, tarball: join(into, filename), name, version, files: files.map(({ path }) => path) }
}
