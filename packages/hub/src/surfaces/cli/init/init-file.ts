import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CommandContext } from '../command.ts'
import { UsageError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { optionOf } from '../input.ts'
import { safe } from '../safe-text.ts'
import { usualHub } from '../settings.ts'
import { entryFor, type FileClient, type Machine } from './clients.ts'
import { backupOf, carryOut, readConfig, resolveFile } from './config-file.ts'
import type { ServerEntry } from './config-format.ts'
import { findOnPath } from './find-on-path.ts'
import { planInit, planUndo, type Found, type Plan } from './plan.ts'

/** A client that keeps its servers in a file: the hub's is put there, or taken out. */
export async function initFile(context: CommandContext, client: FileClient): Promise<ExitCode> {
  const { options } = context
  const isUndo = options['undo'] === true
  const isStdio = options['stdio'] === true || client.isStdioAlone === true
  const url = await mcpUrl(context)
  const file = await resolveFile(fileOf(context, client, url))
  const found: Found = {
    file,
    format: await client.format(),
    section: client.section,
    text: await readConfig(file),
    backup: await readConfig(backupOf(file)),
  }
  const entry = entryFor(client, isStdio ? { command: bridgeCommand(context, client) } : { url })
  const plan = isUndo ? planUndo(found) : planInit(found, entry)
  if (options['dryRun'] !== true) await carryOut(found, plan)
  tell(
    context,
    client,
    found,
    plan,
    isUndo ? undefined : { entry, next: client.next[isStdio ? 'stdio' : 'http'] },
  )
  return EXIT.done
}

function fileOf(context: CommandContext, client: FileClient, url: string): string {
  const { deps, options } = context
  const machine: Machine = {
    platform: process.platform,
    env: deps.env,
    userHome: deps.env['HOME'] || homedir(),
  }
  if (client.projectFile === undefined || options['global'] === true) {
    if (options['project'] !== undefined)
      throw new UsageError(`${client.title} has one file for all projects.`)
    if (client.userFile !== undefined) return client.userFile(machine)
    throw new UsageError(
      `${client.title} writes its file for all projects itself: run \`${client.userCommand} ${url}\`. Without --global, init writes ${client.projectFile} in the project.`,
    )
  }
  return join(resolve(optionOf(context, 'project') ?? process.cwd()), client.projectFile)
}

async function mcpUrl({ settings }: CommandContext): Promise<string> {
  return `${await usualHub(settings)}/mcp`
}

/**
 * By its name where that works, so that a file can be shared with others; else by its place on this machine. What a
 * desktop starts does not have the PATH of a shell, and nothing but npm finds what npm alone has put on it.
 */
function bridgeCommand({ deps, settings, options }: CommandContext, client: FileClient): string[] {
  const found = client.isStdioAlone === true ? undefined : findOnPath('clawlink', deps.env)
  const isNamed = found !== undefined && !found.includes('node_modules')
  const program = fileURLToPath(new URL('../../../../bin/clawlink.js', import.meta.url))
  return [
    ...(isNamed ? ['clawlink'] : [process.execPath, program]),
    'mcp',
    ...(options['home'] === undefined ? [] : ['--home', settings.home]),
    ...(settings.askedHub === undefined ? [] : ['--hub', settings.askedHub]),
  ]
}

const DONE: Record<Plan['change'], string> = {
  none: 'Nothing to change in',
  write: 'Wrote',
  restore: 'Restored as it was:',
  remove_entry: 'Took the server out, and kept your other changes:',
  delete: 'Deleted, since init had made it:',
}
const WOULD: Record<Plan['change'], string> = {
  none: 'Nothing to change in',
  write: 'Would write',
  restore: 'Would restore as it was:',
  remove_entry: 'Would take the server out, and keep your other changes:',
  delete: 'Would delete, since init had made it:',
}

function tell(
  { out, options }: CommandContext,
  client: FileClient,
  { file, backup }: Found,
  plan: Plan,
  written: { entry: ServerEntry; next: string } | undefined,
): void {
  const isDryRun = options['dryRun'] === true
  const hasBackup =
    plan.change === 'write' && (plan.backup === 'make' || (plan.backup === 'keep' && backup !== undefined))
  if (out.json) {
    out.data({
      client: client.title,
      file,
      change: plan.change,
      ...(isDryRun ? { dry_run: true } : {}),
      ...(hasBackup ? { backup: backupOf(file) } : {}),
      ...(written === undefined ? {} : { server: written.entry, next_step: written.next }),
    })
    return
  }
  out.line(safe`${(isDryRun ? WOULD : DONE)[plan.change]} ${file}`)
  if (hasBackup) out.line(safe`Backup  ${backupOf(file)}`)
  if (written !== undefined) {
    out.line(safe`Server  ${JSON.stringify(written.entry)}`)
    if (!isDryRun) out.line(safe`Next    ${written.next}`)
  }
}
