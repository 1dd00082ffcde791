import type { CliDeps } from './deps.ts'

export { StartError, type CliDeps, type Diagnosis, type LocalHub, type RunningHub } from './deps.ts'

export function runCli(_argv: string[], _deps: CliDeps): Promise<number> {
  return Promise.resolve(2)
}
