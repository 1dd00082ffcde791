import { styleText } from 'node:util'
import type { CliDeps } from './deps.ts'
import { Safe, safe, safeJson } from './safe-text.ts'
import { wrap } from './wrap.ts'

type Style = Parameters<typeof styleText>[0]

/** Where a command writes. People get lines, scripts get JSON; a command asks `json` which of them is there. */
export interface Output {
  json: boolean
  width: number
  line(text: Safe): void
  /** A line with text from outside: on a terminal it is broken here, so that no part of it begins a line of its own. */
  wrapped(text: Safe): void
  /** One JSON text on one line. */
  data(value: unknown): void
  /** For a person beside the output proper: progress, warnings, errors. */
  aside(text: Safe): void
  style(style: Style, text: string | Safe): Safe
  /** Shows that something is waited for, and how far it is; the function it answers ends that. */
  waiting(text: Safe | (() => Safe)): () => void
}

const DEFAULT_WIDTH = 80
const FRAME_MS = 120
const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏']

export function createOutput(deps: CliDeps, json: boolean): Output {
  const { stdout, stderr, env } = deps
  const hasColours = stdout.isTTY && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb'
  const style = (format: Style, text: string | Safe): Safe => {
    const clean = text instanceof Safe ? text : safe`${text}`
    return hasColours ? new Safe(styleText(format, clean.toString(), { validateStream: false })) : clean
  }
  const aside = (text: Safe): void => void stderr.write(`${text.toString()}\n`)
  // Some terminals that are none (a recorder, a build's log) claim to be 0 wide.
  const width = stdout.columns || DEFAULT_WIDTH
  const line = (text: string): void => void stdout.write(`${text}\n`)
  return {
    json,
    width,
    line: (text) => line(text.toString()),
    wrapped: (text) => (stdout.isTTY ? wrap(text.toString(), width) : [text.toString()]).forEach(line),
    data: (value) => void stdout.write(`${safeJson(value)}\n`),
    aside,
    style,
    // Not the spinner of the prompts library: that one takes the keyboard, and Ctrl-C then ends with success.
    waiting(told) {
      const text = typeof told === 'function' ? told : () => told
      if (!stderr.isTTY || env['TERM'] === 'dumb') {
        aside(text())
        return () => {}
      }
      let frame = 0
      const draw = (): void => {
        stderr.write(`\r\u001B[2K${FRAMES[frame % FRAMES.length] ?? ''} ${text().toString()}`)
        frame += 1
      }
      draw()
      const timer = setInterval(draw, FRAME_MS)
      return () => {
        clearInterval(timer)
        stderr.write('\r\u001B[2K')
      }
    },
  }
}
