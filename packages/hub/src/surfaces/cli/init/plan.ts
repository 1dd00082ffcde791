import { isDeepStrictEqual } from 'node:util'
import { UsageError } from '../errors.ts'
import {
  ConfigSyntax,
  entryIn,
  isTable,
  SERVER_NAME,
  type Config,
  type ConfigFormat,
  type ServerEntry,
} from './config-format.ts'

/** A configuration file as it was found. */
export interface Found {
  file: string
  format: ConfigFormat
  section: string
  /** `undefined` where there is no file. */
  text: string | undefined
  /** What the file was before we wrote into it; `undefined` where there was none. */
  backup: string | undefined
}

/** What is to become of the file and of the backup beside it. */
export type Plan =
  | { change: 'none' }
  | { change: 'write' | 'restore' | 'remove_entry'; text: string; backup: 'make' | 'keep' | 'drop' }
  | { change: 'delete' }

export function planInit(found: Found, entry: ServerEntry): Plan {
  const { text } = found
  const present = text === undefined ? undefined : entryOf(found, text)
  if (alreadySays(present, entry)) return { change: 'none' }
  if (present !== undefined && !isOurs(present)) {
    throw refused(
      found,
      `names another server ${SERVER_NAME}. Rename or remove it there, then run this again`,
    )
  }
  const next = edit(found, text ?? '', entry)
  // What we wrote before is nobody's to keep; the file as it was without us is.
  if (text === undefined) return { change: 'write', text: next, backup: 'drop' }
  return { change: 'write', text: next, backup: present === undefined ? 'make' : 'keep' }
}

/** Back to the very bytes from before, if nothing else has changed since; else our server alone goes. */
export function planUndo(found: Found): Plan {
  const { text, backup } = found
  if (text === undefined) return { change: 'none' }
  const present = entryOf(found, text)
  if (present === undefined) return { change: 'none' }
  if (!isOurs(present)) {
    throw refused(found, `has a server ${SERVER_NAME} that is not as init wrote it. Remove it there yourself`)
  }
  if (isWhatWeMade(found, backup, present, text)) {
    return backup === undefined ? { change: 'delete' } : { change: 'restore', text: backup, backup: 'drop' }
  }
  return { change: 'remove_entry', text: edit(found, text, undefined), backup: 'drop' }
}

function isWhatWeMade(found: Found, before: string | undefined, entry: ServerEntry, text: string): boolean {
  try {
    return edit(found, before ?? '', entry) === text
  } catch {
    // An old backup that cannot be read is no reason to keep our server in the file.
    return false
  }
}

/** What a person added to it does not matter. */
function alreadySays(present: unknown, entry: ServerEntry): boolean {
  return (
    isTable(present) && Object.entries(entry).every(([key, value]) => isDeepStrictEqual(present[key], value))
  )
}

/** As init writes it for some hub, and nothing added by anybody. */
function isOurs(entry: unknown): entry is ServerEntry {
  if (!isTable(entry)) return false
  const { type, url, command, args, ...others } = entry
  if (Object.keys(others).length > 0) return false
  if (typeof url === 'string') {
    return (type ?? 'http') === 'http' && command === undefined && args === undefined && url.endsWith('/mcp')
  }
  return (
    (type ?? 'stdio') === 'stdio' &&
    typeof command === 'string' &&
    Array.isArray(args) &&
    args.every((word) => typeof word === 'string') &&
    args.includes('mcp') &&
    [command, args[0]].some((word) => /(?:^|[\\/])clawlink(?:\.js)?$/.test(word ?? ''))
  )
}

/** The edited text, once it is proved to mean the same with our server in it, or without, and nothing else. */
function edit(found: Found, text: string, entry: ServerEntry | undefined): string {
  const { format, section } = found
  const next = format.edit(text, section, entry)
  const wanted = changed(read(found, text), section, entry)
  let isProved = false
  try {
    isProved = isDeepStrictEqual(plain(format.read(next)), plain(wanted))
  } catch (error) {
    if (!(error instanceof ConfigSyntax)) throw error
  }
  if (!isProved) {
    throw refused(
      found,
      `keeps its servers in a way that cannot be edited safely. Change ${section} there yourself`,
    )
  }
  return next
}

function changed(config: Config, section: string, entry: ServerEntry | undefined): Config {
  const { [section]: servers = {}, ...others } = config
  const { [SERVER_NAME]: _present, ...rest } = isTable(servers) ? servers : {}
  const next = entry === undefined ? rest : { ...rest, [SERVER_NAME]: entry }
  return Object.keys(next).length === 0 ? others : { ...others, [section]: next }
}

/** For comparing: some parsers make objects of kinds of their own. An empty section says as much as none. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain)
  if (!isTable(value) || value instanceof Date) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([key, one]) => [key, plain(one)] as const)
      .filter(([, one]) => !isTable(one) || one instanceof Date || Object.keys(one).length > 0),
  )
}

function read(found: Found, text: string): Config {
  return orRefused(found, () => found.format.read(text))
}

function entryOf(found: Found, text: string): unknown {
  return orRefused(found, () => entryIn(found.format.read(text), found.section))
}

function orRefused<T>(found: Found, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (!(error instanceof ConfigSyntax)) throw error
    throw refused(found, `cannot be read (${error.message}). Mend it, then run this again`)
  }
}

function refused({ file }: Found, reason: string): UsageError {
  return new UsageError(`${file} ${reason}. Nothing was changed.`)
}
