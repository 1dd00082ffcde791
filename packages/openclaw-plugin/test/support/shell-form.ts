import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A command as the skill writes it, as the call of a tool that it means. The shell itself undoes the quoting. */
export async function toolCallOf(line: string): Promise<{ tool: string; args: Record<string, unknown> }> {
  const { stdout } = await promisify(execFile)('/bin/sh', ['-c', `set -- ${line}; printf '%s\\0' "$@"`])
  const [tool = '', ...flags] = stdout.split('\0').slice(0, -1)
  const args: Record<string, unknown> = {}
  for (let at = 0; at < flags.length; at += 2) {
    const name = (flags[at] ?? '').replace(/^--/, '').replaceAll('-', '_')
    const value = flags[at + 1] ?? ''
    args[name] = name === 'params' ? JSON.parse(value) : name === 'fields' ? value.split(',') : value
  }
  return { tool, args }
}
