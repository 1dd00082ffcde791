import { randomBytes } from 'node:crypto'
import { lstat, mkdir, open, readFile, realpath, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../errors.ts'
import type { Found, Plan } from './plan.ts'

export const backupOf = (file: string): string => `${file}.clawlink-backup`

/** Follows a link, since people keep their configuration in a repository and link to it: the link stays one. */
export async function resolveFile(file: string): Promise<string> {
  try {
    return await realpath(file)
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw unusable(file, error)
    const link = await lstat(file).catch(() => undefined)
    if (link === undefined) return file
    throw new UsageError(`${file} is a link to a file that is not there. Nothing was changed.`)
  }
}

/** `undefined` where there is none. */
export async function readConfig(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw unusable(file, error)
  }
}

/** The backup is on disk before the file changes, and the file is the old one or the new one at any moment. */
export async function carryOut({ file, text }: Found, plan: Plan): Promise<void> {
  if (plan.change === 'none') return
  const backup = backupOf(file)
  try {
    if (plan.change === 'delete') return await rm(file)
    const mode = await modeOf(file)
    if (plan.backup === 'make') await replaceFile(backup, text ?? '', mode)
    await replaceFile(file, plan.text, mode)
    if (plan.backup === 'drop') await rm(backup, { force: true })
  } catch (error) {
    throw unusable(file, error)
  }
}

async function replaceFile(file: string, text: string, mode: number | undefined): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const temporary = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(temporary, 'wx')
    try {
      if (mode !== undefined) await handle.chmod(mode)
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** Who may read the file stays as it was; a new one is as the system makes new files. */
async function modeOf(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).mode & 0o777
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined
    throw error
  }
}

function unusable(file: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error
  return new UsageError(`${file} cannot be used (${error.code}). Nothing was changed.`)
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
