import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const CLAWLINK = fileURLToPath(new URL('../packages/hub/bin/clawlink.js', import.meta.url))

export interface HubProcess {
  home: string
  url: string
  setupLink: string
  sandboxUrl: string
  /** From the spawn to the line that says where it listens. */
  startMilliseconds: number
  residentMegabytes(): number
  stop(): Promise<void>
}

/** A hub in a process and a home of its own; `home` is kept when it is given. */
export async function startHubProcess(home?: string): Promise<HubProcess> {
  const folder = home ?? mkdtempSync(join(tmpdir(), 'clawlink-bench-'))
  const started = performance.now()
  const child = spawn(process.execPath, [CLAWLINK, 'serve', '--home', folder, '--port', '0', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  const line = await new Promise<string>((resolve) => createInterface(child.stdout).once('line', resolve))
  const listening = JSON.parse(line) as { url: string; setup_link?: string; sandbox_url?: string }
  await fetch(`${listening.url}/readyz`)
  return {
    home: folder,
    url: listening.url,
    setupLink: listening.setup_link ?? '',
    sandboxUrl: listening.sandbox_url ?? '',
    startMilliseconds: performance.now() - started,
    residentMegabytes: () => {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8')
      return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)
    },
    async stop() {
      child.kill('SIGTERM')
      await gone
      if (home === undefined) rmSync(folder, { recursive: true, force: true })
    },
  }
}
