import { execFile } from 'node:child_process'
import type { CommandContext } from '../command.ts'
import { failure, HubRefusal, UsageError } from '../errors.ts'
import { EXIT, type ExitCode } from '../exit-codes.ts'
import { safe } from '../safe-text.ts'
import { DEFAULT_HUB, usualHub } from '../settings.ts'
import { findOnPath } from './find-on-path.ts'

const PLUGIN = 'clawlink-plugin'
const ALSO_ALLOW = 'tools.alsoAllow'
const HUB_URL = `plugins.entries.${PLUGIN}.config.hubUrl`

/** OpenClaw takes its time to start. */
const ANSWER_TIMEOUT_MS = 120_000

/**
 * OpenClaw changes its own configuration; what its plugin may do, a person says there. `config set` replaces a list, so
 * the list is read first, and the plugin is added to it or taken out.
 */
export async function initOpenClaw({ deps, out, options, settings }: CommandContext): Promise<ExitCode> {
  const foreign = ['stdio', 'global', 'project'].find((name) => options[name] !== undefined)
  if (foreign !== undefined) {
    throw new UsageError(`OpenClaw has a plugin for the hub: --${foreign} means nothing there.`)
  }
  const program = findOnPath('openclaw', deps.env)
  if (program === undefined) {
    throw refused(
      'openclaw_not_found',
      'There is no openclaw on the PATH. Nothing was changed.',
      'Run this where OpenClaw is installed, or follow docs/openclaw.md there.',
    )
  }
  const openclaw: OpenClaw = (words) => finish(program, words, deps.env)
  const isUndo = options['undo'] === true
  const isDryRun = options['dryRun'] === true
  const allowed = await readAllowed(openclaw)
  const command = isUndo ? withoutPlugin(allowed) : withPlugin(allowed)
  if (command !== undefined && !isDryRun) await mustWork(openclaw, command)

  const byHand = isUndo ? UNDO_BY_HAND : installByHand(await usualHub(settings))
  if (out.json) {
    out.data({
      client: 'OpenClaw',
      ...(isDryRun ? { dry_run: true } : {}),
      commands: command === undefined ? [] : [['openclaw', ...command]],
      next_commands: byHand,
    })
    return EXIT.done
  }
  if (command === undefined) out.line(safe`Nothing to change in OpenClaw's configuration.`)
  else out.line(safe`${isDryRun ? 'Would run' : 'Ran'}  openclaw ${command.map(quoted).join(' ')}`)
  out.line(safe`Next, as far as it is not done: ${byHand.join(' && ')}`)
  if (!isUndo) out.line(safe`Then send /new in the chat, and ask for Stripe.`)
  return EXIT.done
}

/** The list as it was read, `undefined` where there is none. */
type Allowed = string[] | undefined

function withPlugin(allowed: Allowed): string[] | undefined {
  if (allowed?.includes(PLUGIN) === true) return undefined
  return replaceList(allowed, [...(allowed ?? []), PLUGIN])
}

function withoutPlugin(allowed: Allowed): string[] | undefined {
  if (allowed?.includes(PLUGIN) !== true) return undefined
  const others = allowed.filter((name) => name !== PLUGIN)
  return others.length === 0 ? ['config', 'unset', ALSO_ALLOW] : replaceList(allowed, others)
}

/** Refused by OpenClaw if somebody has changed the list since it was read. */
function replaceList(allowed: Allowed, names: string[]): string[] {
  const unchanged =
    allowed === undefined ? ['--expect-current-absent'] : ['--expect-current-json', JSON.stringify(allowed)]
  return ['config', 'set', ALSO_ALLOW, JSON.stringify(names), '--strict-json', ...unchanged]
}

const UNDO_BY_HAND = [`openclaw plugins uninstall ${PLUGIN}`, 'openclaw gateway restart']

function installByHand(hub: string): string[] {
  return [
    `openclaw plugins install clawhub:${PLUGIN}`,
    // After that: OpenClaw complains of settings of a plugin that is not there.
    ...(hub === DEFAULT_HUB ? [] : [`openclaw config set ${HUB_URL} ${hub}`]),
    'openclaw gateway restart',
  ]
}

/** What cannot be read ends the command, so that nothing is replaced unseen. */
async function readAllowed(openclaw: OpenClaw): Promise<Allowed> {
  const { code, stdout, stderr } = await openclaw(['config', 'get', ALSO_ALLOW, '--json'])
  let answer: unknown
  try {
    answer = JSON.parse(stdout)
  } catch {
    throw notUnderstood(firstLine(stderr) || firstLine(stdout) || `it answered nothing about ${ALSO_ALLOW}`)
  }
  if (code !== 0) {
    const { error } = answer as { error?: { message?: string } }
    if (/valid but unset/.test(error?.message ?? '')) return undefined
    throw notUnderstood(error?.message ?? `it refused to say what ${ALSO_ALLOW} is`)
  }
  if (Array.isArray(answer) && answer.every((name) => typeof name === 'string')) return answer
  throw notUnderstood(`${ALSO_ALLOW} is not a list of names`)
}

async function mustWork(openclaw: OpenClaw, words: string[]): Promise<void> {
  const { code, stdout, stderr } = await openclaw(words)
  if (code !== 0) throw notUnderstood(firstLine(stderr) || firstLine(stdout) || `${words.join(' ')} failed`)
}

function notUnderstood(reason: string): HubRefusal {
  return refused(
    'openclaw_failed',
    `OpenClaw: ${reason}`,
    'See `openclaw config validate` and docs/openclaw.md.',
  )
}

function refused(code: string, message: string, nextStep: string): HubRefusal {
  const { wire, exit } = failure(EXIT.failed, code, message, nextStep)
  return new HubRefusal(wire, exit)
}

interface Finished {
  code: number
  stdout: string
  stderr: string
}
type OpenClaw = (words: string[]) => Promise<Finished>

function finish(program: string, words: string[], env: NodeJS.ProcessEnv): Promise<Finished> {
  return new Promise((resolve) => {
    const options = { env, timeout: ANSWER_TIMEOUT_MS }
    const child = execFile(program, words, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr })
    })
    child.stdin?.end()
  })
}

const firstLine = (text: string): string => text.trim().split('\n')[0] ?? ''

function quoted(word: string): string {
  return /^[\w./:=-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}
