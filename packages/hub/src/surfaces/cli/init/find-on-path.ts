import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Where a program is that a shell would find by its name. */
export function findOnPath(name: string, env: Record<string, string | undefined>): string | undefined {
  const endings = process.platform === 'win32' ? ['.cmd', '.exe'] : ['']
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter((folder) => folder !== '')
    .flatMap((folder) => endings.map((ending) => join(folder, name + ending)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK)
        return true
      } catch {
        return false
      }
    })
}
