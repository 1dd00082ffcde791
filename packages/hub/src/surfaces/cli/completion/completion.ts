import { readdirSync, statSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Candidate, CommandNode } from './command-tree.ts'
import { complete } from './complete.ts'

export interface Completion {
  /** The words after the program's name, up to the cursor. */
  words: string[]
  /** Where the commands are kept between two keystrokes. */
  cacheFile: string
  /** What was kept is of no use to another version, nor once the program's own sources have changed. */
  version: string
  sources: string
  /** Loads the whole program, which takes longer than anybody waits for a key. */
  loadTree: () => Promise<CommandNode>
}

interface Kept {
  stamp: string
  tree: CommandNode
}

/** The lines that the scripts of the shells read: a candidate, a tab, what it is. */
export async function answerCompletion(completion: Completion): Promise<string> {
  return complete(await currentTree(completion), completion.words)
    .map(line)
    .join('')
}

function line({ value, summary }: Candidate): string {
  return summary === '' ? `${value}\n` : `${value}\t${summary.replaceAll(/\s+/g, ' ')}\n`
}

async function currentTree({ cacheFile, version, sources, loadTree }: Completion): Promise<CommandNode> {
  const stamp = `${version} ${newestChange(sources)}`
  const kept = await readKept(cacheFile)
  if (kept?.stamp === stamp) return kept.tree
  const tree = await loadTree()
  // Where it cannot be kept, the next key takes as long as this one did.
  await keep(cacheFile, { stamp, tree }).catch(() => {})
  return tree
}

async function readKept(file: string): Promise<Kept | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Kept
  } catch {
    return undefined
  }
}

async function keep(file: string, kept: Kept): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 })
  const temporary = `${file}.${process.pid}.tmp`
  await writeFile(temporary, JSON.stringify(kept), { mode: 0o600 })
  await rename(temporary, file)
}

/** At once, not one promise per file: this is most of what a key waits for. */
function newestChange(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const times = files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs)
  return `${folder} ${files.length} ${Math.max(...times)}`
}
