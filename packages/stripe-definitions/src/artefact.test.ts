import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { artefactPath, BUILDER_SOURCES, readArtefact, writeArtefact } from './artefact.ts'
import type { Definitions } from './definitions.ts'
import { loadDefinitions } from './load.ts'

const SMALL: Definitions = {
  stripeVersion: '1.2.3',
  apiVersion: '2026-01-01.test',
  operations: [],
  objects: {},
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'stripe-definitions-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

test('what was written is read back, and nothing else is left in the folder', async () => {
  const folder = await temporaryFolder()
  const path = join(folder, 'made', 'definitions.json.gz')
  writeArtefact(path, SMALL)
  writeArtefact(path, { ...SMALL, stripeVersion: '1.2.4' })
  expect(readArtefact(path)).toEqual({ ...SMALL, stripeVersion: '1.2.4' })
  expect(await readdir(join(folder, 'made'))).toEqual(['definitions.json.gz'])
})

test('a missing or damaged artefact counts as none', async () => {
  const path = join(await temporaryFolder(), 'definitions.json.gz')
  expect(readArtefact(path)).toBeUndefined()
  await writeFile(path, 'half a file')
  expect(readArtefact(path)).toBeUndefined()
})

test('the name of the artefact tells the stripe version and the builder', () => {
  expect(basename(artefactPath())).toMatch(/^definitions-23\.1\.0-[0-9a-f]{12}\.json\.gz$/)
})

test('a process loads the definitions once', async () => {
  expect(await loadDefinitions()).toBe(await loadDefinitions())
})

test('the hash in the name covers every file that the builder is made of', () => {
  const sources = new Set(['artefact'])
  const follow = (name: string): void => {
    if (sources.has(name)) return
    sources.add(name)
    const text = readFileSync(join(import.meta.dirname, `${name}.ts`), 'utf8')
    for (const [, imported = ''] of text.matchAll(/from '\.\/([\w-]+)\.ts'/g)) follow(imported)
  }
  follow('derive-definitions')
  expect([...sources].sort()).toEqual([...BUILDER_SOURCES].sort())
})
