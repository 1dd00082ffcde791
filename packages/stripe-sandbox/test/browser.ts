import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import chromium, { setupLambdaEnvironment } from '@sparticuz/chromium'
import { chromium as playwright, type Browser } from 'playwright-core'

/** Where Linux and macOS have a Chromium or Chrome of their own. */
const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]

/** Nothing of it may go out to the network: the pages under test are on this machine. */
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** The browser that is there: the one that `CHROME_PATH` names, else the machine's, else the one that comes from npm. */
export async function findBrowser(): Promise<{ executablePath: string; args: string[] }> {
  const installed = [process.env['CHROME_PATH'] ?? '', ...INSTALLED].find(
    (path) => path !== '' && existsSync(path),
  )
  if (installed !== undefined) return { executablePath: installed, args: QUIET }
  // The package brings the libraries that a bare machine lacks, but unpacks them only where it thinks it is at home.
  process.env['AWS_EXECUTION_ENV'] ??= 'AWS_Lambda_nodejs22.x'
  setupLambdaEnvironment(join(tmpdir(), 'al2023', 'lib'))
  return { executablePath: await chromium.executablePath(), args: [...chromium.args, ...QUIET] }
}

/** Starts it without a window. A test that has no browser fails, and says what to do. */
export async function startBrowser(): Promise<Browser> {
  try {
    return await playwright.launch(await findBrowser())
  } catch (error) {
    throw new Error('No browser could be started. Install Chromium or Chrome, or set CHROME_PATH to one.', {
      cause: error,
    })
  }
}
