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

interface Step {
  words: string[]
  why: string
}

/**
 * OpenClaw changes its own configuration; what its plugin may do, a person says there. `config set` replaces a list, so
 * the list is read first, and the plugin is added to it or taken out.
 */
export async function initOpenClaw(context: CommandContext): Promise<ExitCode> {
  const { deps, out, options } = context
  const foreign = ['stdio', 'global', 'project'].find((name) => options[name] !== undefined)
  if (foreign !== undefined)
    throw new UsageError(`OpenClaw has a plugin for the hub: --${foreign} means nothing there.`)
  const program = findOnPath('openclaw', deps.env)
  if (program === undefined) {
    const { wire, exit } = failure(
      EXIT.failed,
      'openclaw_not_found',
      'There is no openclaw on the PATH. Nothing was changed.',
      'Run this where OpenClaw is installed, or follow docs/openclaw.md there.',
    )
    throw new HubRefusal(wire, exit)
  }
  const openclaw = async (words: string[]): Promise<Finished> => finish(program, words, deps.env)
  const isUndo = options['undo'] === true
  const allowed = await readAllowed(openclaw)
  const wanted = isUndo ? allowed.filter((name) => name !== PLUGIN) : [...new Set([...allowed, PLUGIN])]
  const steps = [...allowStep(allowed, wanted), ...(isUndo ? [] : await hubStep(context, openclaw))]
  if (options['dryRun'] !== true) for (const { words } of steps) await mustWork(openclaw, words)

  const byHand = isUndo
    ? [`openclaw plugins uninstall ${PLUGIN}`, 'openclaw gateway restart']
    : [`openclaw plugins install clawhub:${PLUGIN}`, 'openclaw gateway restart']
  if (out.json) {
    out.data({
      client: 'OpenClaw',
      ...(options['dryRun'] === true ? { dry_run: true } : {}),
      commands: steps.map(({ words }) => ['openclaw', ...words]),
      next_commands: byHand,
    })
    return EXIT.done
  }
  for (const { words, why } of steps) {
    out.line(
      safe`${options['dryRun'] === true ? 'Would run' : 'Ran'}  openclaw ${words.map(quoted).join(' ')}`,
    )
    out.line(safe`     ${why}`)
  }
  if (steps.length === 0) out.line(safe`Nothing to change in OpenClaw's configuration.`)
  out.line(safe`Next, as far as it is not done: ${byHand.join(' && ')}`)
  if (!isUndo) out.line(safe`Then send /new in the chat, and ask for Stripe.`)
  return EXIT.done
}

function allowStep(allowed: string[], wanted: string[]): Step[] {
  if (wanted.length === allowed.length) return []
  return [
    wanted.length === 0
      ? { words: ['config', 'unset', ALSO_ALLOW], why: 'It allowed this plugin alone.' }
      : {
          words: ['config', 'set', ALSO_ALLOW, JSON.stringify(wanted), '--strict-json'],
          why: `What it allowed before stays: ${allowed.filter((name) => name !== PLUGIN).join(', ') || 'nothing'}.`,
        },
  ]
}

type OpenClaw = (words: string[]) => Promise<Finished>

/** The plugin finds the hub at its usual address by itself. */
async function hubStep({ settings }: CommandContext, openclaw: OpenClaw): Promise<Step[]> {
  const hub = await usualHub(settings)
  const present = await readSetting(openclaw, HUB_URL)
  if (hub === (present ?? DEFAULT_HUB)) return []
  return [
    { words: ['config', 'set', HUB_URL, JSON.stringify(hub), '--strict-json'], why: 'Where the hub is.' },
  ]
}

async function readAllowed(openclaw: OpenClaw): Promise<string[]> {
  const value = await readSetting(openclaw, ALSO_ALLOW)
  if (value === undefined) return []
  if (Array.isArray(value) && value.every((name) => typeof name === 'string')) return value
  throw notUnderstood(`${ALSO_ALLOW} is not a list of names`)
}

/** `undefined` where it is not set; anything else that is not a value ends the command before it changes anything. */
async function readSetting(openclaw: OpenClaw, path: string): Promise<unknown> {
  const { code, stdout, stderr } = await openclaw(['config', 'get', path, '--json'])
  let answer: unknown
  try {
    answer = JSON.parse(stdout)
  } catch {
    throw notUnderstood(firstLine(stderr) || firstLine(stdout) || `it answered nothing about ${path}`)
  }
  if (code === 0) return answer
  const { error } = answer as { error?: { message?: string } }
  if (/valid but unset|not found/i.test(error?.message ?? '')) return undefined
  throw notUnderstood(error?.message ?? `it refused to say what ${path} is`)
}

async function mustWork(openclaw: OpenClaw, words: string[]): Promise<void> {
  const { code, stdout, stderr } = await openclaw(words)
  if (code !== 0) throw notUnderstood(firstLine(stderr) || firstLine(stdout) || `${words.join(' ')} failed`)
}

function notUnderstood(reason: string): HubRefusal {
  const { wire, exit } = failure(
    EXIT.failed,
    'openclaw_failed',
    `OpenClaw: ${reason}`,
    'See `openclaw config validate` and docs/openclaw.md.',
  )
  return new HubRefusal(wire, exit)
}

interface Finished {
  code: number
  stdout: string
  stderr: string
}

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
