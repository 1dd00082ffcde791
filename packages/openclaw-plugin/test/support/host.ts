import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'

/** The real OpenClaw and ClawHub, installed here by their own lockfile. */
export const HOST = join(import.meta.dirname, '..', 'host')
export const OPENCLAW_FOLDER = join(HOST, 'node_modules/openclaw')
export const OPENCLAW = join(OPENCLAW_FOLDER, 'openclaw.mjs')
export const CLAWHUB = join(HOST, 'node_modules/clawhub/bin/clawdhub.js')

const STAMP = join(HOST, 'node_modules/.installed')
const LOCK = join(HOST, '.cache/installing')
const POLL_MS = 200

/** For `beforeAll`: 650 MB take a minute when they are not there yet. */
export const INSTALL_TIMEOUT_MS = 5 * 60_000

const run = promisify(execFile)

/** Installs it unless exactly this lockfile is installed. Test files that come together install it once. */
export async function installHost(): Promise<void> {
  const wanted = createHash('sha256')
    .update(readFileSync(join(HOST, 'package-lock.json')))
    .digest('hex')
  const isInstalled = (): boolean => existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted
  while (!isInstalled()) {
    if (!takeLock()) {
      await sleep(POLL_MS)
      continue
    }
    try {
      if (!isInstalled()) {
        await run('npm', ['ci', '--no-workspaces', '--ignore-scripts'], {
          cwd: HOST,
          maxBuffer: 64 * 1024 * 1024,
        })
        writeFileSync(STAMP, wanted)
      }
    } catch (error) {
      throw new Error(
        `The real OpenClaw cannot be installed, and without it nothing is proved. Run \`npm ci\` in ${HOST} and see why.`,
        { cause: error },
      )
    } finally {
      rmSync(LOCK, { force: true })
    }
  }
}

/** The process that holds it is named in it, so that one that died is not waited for. */
function takeLock(): boolean {
  mkdirSync(dirname(LOCK), { recursive: true })
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch {
    if (!isAlive(Number(readHolder()))) rmSync(LOCK, { force: true })
    return false
  }
}

function readHolder(): string {
  try {
    return readFileSync(LOCK, 'utf8')
  } catch {
    return String(process.pid)
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
