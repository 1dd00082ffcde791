import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface StripePackage {
  /** The folder of its ES modules and type declarations. */
  folder: string
  version: string
  apiVersion: string
}

/** Finds the installed package, if any, by path, since its `exports` hides the files that we read. */
export function findStripePackage(): StripePackage | undefined {
  const entryPoint = resolveStripe()
  if (entryPoint === undefined) return undefined
  let root = dirname(entryPoint)
  // The entry point sits some folders deep, each of which may hold a package.json of its own.
  while (packageNameOf(root) !== 'stripe') {
    if (dirname(root) === root) throw new Error('The installed stripe package has no package.json.')
    root = dirname(root)
  }
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const folder = join(root, 'esm')
  const apiVersion = /ApiVersion = '([^']+)'/.exec(readFileSync(join(folder, 'apiVersion.js'), 'utf8'))?.[1]
  if (apiVersion === undefined)
    throw new Error(`stripe ${version} does not state its API version where expected.`)
  return { folder, version, apiVersion }
}

function resolveStripe(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve('stripe')
  } catch {
    return undefined
  }
}

function packageNameOf(folder: string): unknown {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }).name
  } catch {
    return undefined
  }
}
